import { describe, expect, it } from 'vitest';
import { ChunkPool } from '../../../src/disk/chunk-pool.ts';
import { ChunkMemory } from '../../../src/sources/files/chunk-memory.ts';

const SIZE = 65_536;

describe('memory of chunks', () => {
  it('a chunk is used again once it was released, and not before', () => {
    const memory = new ChunkMemory(new ChunkPool({ chunkBytes: SIZE, mostBytes: 16 * SIZE }));
    const first = memory.take();
    memory.handOut(first);
    const second = memory.take();
    memory.handOut(second);
    expect(second).not.toBe(first);
    memory.releaseBefore(1);
    expect([first, second]).not.toContain(memory.take());
    memory.releaseBefore(2);
    expect(memory.take()).toBe(first);
    expect(memory.take()).not.toBe(second);
    memory.releaseBefore(3);
    expect(memory.take()).toBe(second);
    expect(memory.handedOut).toBe(2);
  });

  it('knows which of its chunks bytes lie in', () => {
    const memory = new ChunkMemory(new ChunkPool({ chunkBytes: SIZE, mostBytes: 16 * SIZE }));
    const chunks = [memory.take(), memory.take()];
    for (const chunk of chunks) memory.handOut(chunk);
    for (const chunk of chunks) expect(memory.chunkOf(chunk.bytes.subarray(5, 9))).toBe(chunk);
    expect(memory.chunkOf(new Uint8Array(4))).toBeUndefined();
    memory.releaseBefore(2);
    expect(memory.chunkOf(chunks[0]!.bytes)).toBeUndefined();
  });
});
