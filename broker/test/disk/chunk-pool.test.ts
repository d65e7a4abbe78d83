import { describe, expect, it } from 'vitest';
import { ChunkPool } from '../../src/disk/chunk-pool.ts';

const SIZE = 65_536;

function newPool(mostChunks: number): { readonly pool: ChunkPool; readonly dropped: SharedArrayBuffer[] } {
  const dropped: SharedArrayBuffer[] = [];
  const pool = new ChunkPool({
    chunkBytes: SIZE,
    mostBytes: mostChunks * SIZE,
    onDrop: (memory) => dropped.push(memory),
  });
  return { pool, dropped };
}

describe('a pool of chunks', () => {
  it('uses a chunk again when its taker and everyone who held it have released it, and not before', () => {
    const { pool } = newPool(8);
    const chunk = pool.take();
    expect(chunk.hold()).toBe(true);
    expect(chunk.hold()).toBe(true);
    for (let i = 0; i < 3; i += 1) {
      const other = pool.take();
      expect(other).not.toBe(chunk);
      other.release();
      chunk.release();
    }
    expect(pool.out).toBe(0);
    expect(pool.take()).toBe(chunk);
  });

  it('a chunk that nobody has can be neither held nor released', () => {
    const chunk = newPool(8).pool.take();
    chunk.release();
    expect(() => chunk.release()).toThrow(TypeError);
    expect(() => chunk.hold()).toThrow(TypeError);
  });

  it('refuses to have chunks held while too much is out, and drops what comes back beyond it', () => {
    const { pool, dropped } = newPool(2);
    const chunks = [pool.take(), pool.take(), pool.take()];
    expect(chunks[0]!.hold()).toBe(false);
    chunks[2]!.release();
    expect(dropped).toEqual([chunks[2]!.bytes.buffer]);
    expect(chunks[0]!.hold()).toBe(true);
    chunks[0]!.release();
    chunks[0]!.release();
    chunks[1]!.release();
    expect(dropped).toHaveLength(1);
    expect(pool.out).toBe(0);
  });

  it('makes room for what is larger than a chunk, and drops it afterwards', () => {
    const { pool, dropped } = newPool(8);
    const large = pool.take(3 * SIZE + 1);
    expect(large.bytes.length).toBeGreaterThan(3 * SIZE);
    large.release();
    expect(dropped).toEqual([large.bytes.buffer]);
    expect(pool.take(SIZE).bytes.length).toBe(SIZE);
  });
});
