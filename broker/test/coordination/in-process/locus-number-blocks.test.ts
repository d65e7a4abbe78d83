import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  firstOfBlock,
  LocusNumberBlocks,
  sizeOfBlock,
} from '../../../src/coordination/in-process/locus-number-blocks.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'antares-numbers-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('blocks of locus numbers', () => {
  it('cover every number from 1 on exactly once', () => {
    expect(firstOfBlock(0)).toBe(1n);
    for (let index = 0; index < 400; index += 1)
      expect(firstOfBlock(index + 1)).toBe(firstOfBlock(index) + sizeOfBlock(index));
  });

  it('a year of 400 million loci needs less than ten thousand of them', () => {
    expect(firstOfBlock(10_000)).toBeGreaterThan(400_000_000n);
  });

  it('are used up to the last number as long as nobody else takes one', async () => {
    const blocks = new LocusNumberBlocks(folder);
    const given: bigint[] = [];
    for (const count of [100, 100, 100, 256, 1, 1000]) {
      const first = await blocks.take(2020, count);
      given.push(...Array.from({ length: count }, (_, i) => first + BigInt(i)));
    }
    expect(given).toEqual(Array.from({ length: 1557 }, (_, i) => BigInt(i + 1)));
    expect(await readdir(join(folder, '2020'))).toHaveLength(7);
  });

  it('give numbers in a row though others take blocks in between', async () => {
    const a = new LocusNumberBlocks(folder);
    const b = new LocusNumberBlocks(folder);
    expect(await a.take(2020, 200)).toBe(1n);
    expect(await b.take(2020, 200)).toBe(257n);
    // The 56 that are left of the first block do not do, and the next block is not its neighbour.
    expect(await a.take(2020, 100)).toBe(513n);
  });

  it('say which folder cannot be written', async () => {
    const blocks = new LocusNumberBlocks(join(folder, '\0'));
    await expect(blocks.take(2020, 1)).rejects.toMatchObject({ code: 'COORDINATION_UNREACHABLE' });
  });
});
