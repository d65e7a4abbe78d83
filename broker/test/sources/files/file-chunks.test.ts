import { randomBytes } from 'node:crypto';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CHUNK_BYTES, Chunk, ChunkPool } from '../../../src/disk/chunk-pool.ts';
import { ChunkMemory } from '../../../src/sources/files/chunk-memory.ts';
import { fileChunks } from '../../../src/sources/files/file-chunks.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

async function readAll(path: string, memory?: ChunkMemory, onChunk?: () => void): Promise<Buffer> {
  const parts: Buffer[] = [];
  const counter = { bytesRead: 0 };
  for await (const chunk of fileChunks(path, counter, memory)) {
    parts.push(Buffer.from(chunk));
    memory?.releaseBefore(memory.handedOut + 1);
    onChunk?.();
  }
  const whole = Buffer.concat(parts);
  expect(counter.bytesRead).toBe(whole.length);
  return whole;
}

const newPool = (): ChunkPool => new ChunkPool({ mostBytes: 8 * CHUNK_BYTES });

async function newFolder(): Promise<string> {
  const { path, dispose } = await temporaryFolder();
  onTestFinished(dispose);
  return path;
}

describe('the chunks of a file', () => {
  it('are its bytes, of whatever length it is, past the cache and through it', async () => {
    const folder = await newFolder();
    for (const length of [0, 1, 511, 4_096, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES - 5]) {
      const path = join(folder, `${length}`);
      const content = randomBytes(length);
      writeFileSync(path, content);
      expect((await readAll(path)).equals(content)).toBe(true);
      const pool = newPool();
      expect((await readAll(path, new ChunkMemory(pool))).equals(content)).toBe(true);
      expect(pool.out).toBe(0);
    }
  });

  it('go on in a file that grows while it is read', async () => {
    const path = join(await newFolder(), 'growing');
    const content = randomBytes(2 * CHUNK_BYTES + 100_000);
    const more = randomBytes(CHUNK_BYTES);
    writeFileSync(path, content);
    let count = 0;
    const read = await readAll(path, new ChunkMemory(newPool()), () => {
      count += 1;
      if (count === 2) appendFileSync(path, more);
    });
    // What was added is seen or not, as the moment has it; what is seen are the bytes in order.
    expect(read.length).toBeGreaterThanOrEqual(content.length);
    expect(Buffer.concat([content, more]).subarray(0, read.length).equals(read)).toBe(true);
  });

  it('are read the usual way into memory that does not begin at a page', async () => {
    const path = join(await newFolder(), 'file');
    const content = randomBytes(CHUNK_BYTES + 12_345);
    writeFileSync(path, content);
    class OddMemory extends ChunkMemory {
      override take(): Chunk {
        return new Chunk(new Uint8Array(new SharedArrayBuffer(CHUNK_BYTES + 8), 8, CHUNK_BYTES), newPool());
      }
    }
    expect((await readAll(path, new OddMemory(newPool()))).equals(content)).toBe(true);
  });

  it('leave no chunk behind when the reader goes away half-way', async () => {
    const path = join(await newFolder(), 'file');
    writeFileSync(path, randomBytes(3 * CHUNK_BYTES));
    const pool = newPool();
    const memory = new ChunkMemory(pool);
    for await (const chunk of fileChunks(path, { bytesRead: 0 }, memory)) {
      expect(chunk.length).toBe(CHUNK_BYTES);
      // The one at hand, and the one that is being read.
      expect(pool.out).toBe(2);
      break;
    }
    expect(pool.out).toBe(1);
    memory.releaseAll();
    expect(pool.out).toBe(0);
  });
});
