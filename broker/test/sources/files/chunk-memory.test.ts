import { describe, expect, it } from 'vitest';
import { ChunkMemory } from '../../../src/sources/files/chunk-memory.ts';

describe('memory of chunks', () => {
  it('a chunk is used again once it was released, and not before', () => {
    const memory = new ChunkMemory(65_536);
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
});
