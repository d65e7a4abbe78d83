import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SegmentFile } from '../../../src/alert-store/lmdb/segment-file.ts';
import { PAGE_BYTES, PageMemory } from '../../../src/disk/page-memory.ts';
import { temporaryDirectory } from './temporary-store.ts';

const MEGABYTE = 1 << 20;

/** Bytes that tell where they were. */
function bytesOf(length: number, seed: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + seed * 7 + (i >> 8)) & 0xff);
}

async function newFile(memory = new PageMemory(MEGABYTE)): Promise<{ file: SegmentFile; path: string }> {
  const path = join(temporaryDirectory(), 'a.seg');
  const file = await SegmentFile.create(path, memory);
  onTestFinished(() => file.close());
  return { file, path };
}

/** Appends parts, as long as they say. */
function append(file: SegmentFile, parts: readonly Uint8Array[]): Promise<number> {
  return file.append(
    parts,
    parts.reduce((sum, { length }) => sum + length, 0),
  );
}

describe('a segment file', () => {
  it('holds every part where it was said to be, whatever their lengths and memory', async () => {
    const { file, path } = await newFile();
    const shared = new Uint8Array(new SharedArrayBuffer(9_000)).subarray(17, 8_017);
    shared.set(bytesOf(8_000, 9));
    const appends = [
      [bytesOf(1, 1)],
      [bytesOf(PAGE_BYTES, 2)],
      [bytesOf(16, 3), bytesOf(PAGE_BYTES - 16, 4), bytesOf(0, 5), bytesOf(5_000, 6)],
      [shared],
    ];
    for (const parts of appends) {
      const start = await append(file, parts);
      expect(start % PAGE_BYTES).toBe(0);
      const whole = Buffer.concat(parts);
      expect(readFileSync(path).subarray(start, start + whole.length)).toEqual(whole);
    }
    expect(statSync(path).size).toBe(file.bytes);
    await file.datasync();
  });

  it('takes more than its memory holds, in several writes', async () => {
    const { file, path } = await newFile();
    const parts = [bytesOf(700_000, 1), bytesOf(3 * MEGABYTE + 5, 2), bytesOf(MEGABYTE, 3), bytesOf(348_571, 4)];
    await append(file, parts);
    const start = await append(file, [bytesOf(100, 5)]);
    const written = readFileSync(path);
    const whole = Buffer.concat(parts);
    expect(written.subarray(0, whole.length).equals(whole)).toBe(true);
    expect(written.subarray(start, start + 100)).toEqual(Buffer.from(bytesOf(100, 5)));
  });

  it('what another append left in the memory does not get into the filling', async () => {
    const { file, path } = await newFile();
    await append(file, [bytesOf(PAGE_BYTES, 1).fill(255)]);
    await append(file, [new Uint8Array(1)]);
    expect(
      readFileSync(path)
        .subarray(PAGE_BYTES)
        .every((byte) => byte === 0),
    ).toBe(true);
  });

  it('is never made over one that is there', async () => {
    const { path } = await newFile();
    await expect(SegmentFile.create(path, new PageMemory(MEGABYTE))).rejects.toMatchObject({ code: 'EEXIST' });
    mkdirSync(`${path}.folder`);
    await expect(SegmentFile.create(`${path}.folder`, new PageMemory(MEGABYTE))).rejects.toMatchObject({
      code: 'EEXIST',
    });
  });

  it('is written the usual way where the memory does not lie as direct writing wants it', async () => {
    class OddMemory extends PageMemory {
      override take(): Uint8Array<ArrayBuffer> {
        return new Uint8Array(new ArrayBuffer(MEGABYTE + 8), 8, MEGABYTE);
      }
    }
    const { file, path } = await newFile(new OddMemory(MEGABYTE));
    const parts = [bytesOf(10_000, 1), bytesOf(2 * MEGABYTE, 2)];
    await append(file, parts);
    const whole = Buffer.concat(parts);
    expect(readFileSync(path).subarray(0, whole.length).equals(whole)).toBe(true);
  });
});
