import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reserveTokenEpoch } from '../../../src/coordination/in-process/token-epochs.ts';

describe('epochs of fencing tokens', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'antares-epochs-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('rise however fast a process is started again', async () => {
    const epochs: bigint[] = [];
    for (let i = 0; i < 50; i += 1) epochs.push(await reserveTokenEpoch(folder));
    for (let i = 1; i < epochs.length; i += 1) expect(epochs[i]! > epochs[i - 1]!).toBe(true);
  });

  it('rise when the clock went back', async () => {
    const later = BigInt(Math.floor(Date.now() / 1000) + 86_400);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, String(later).padStart(16, '0')), '');
    expect(await reserveTokenEpoch(folder)).toBe(later + 1n);
  });

  it('follow the clock when the folder was lost', async () => {
    const before = await reserveTokenEpoch(folder);
    await rm(folder, { recursive: true });
    expect((await reserveTokenEpoch(folder)) >= before).toBe(true);
  });

  it('are different for processes that start together, and leave one file or two behind', async () => {
    const epochs = await Promise.all(Array.from({ length: 20 }, () => reserveTokenEpoch(folder)));
    expect(new Set(epochs).size).toBe(20);
    await reserveTokenEpoch(folder);
    expect((await readdir(folder)).length).toBe(1);
  });
});
