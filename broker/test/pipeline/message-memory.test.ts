import { describe, expect, test } from 'vitest';
import type { PendingMessage } from '../../src/alert-store/alert-store.ts';
import { layMessages, readMessages } from '../../src/pipeline/message-memory.ts';

function messages(...lengths: readonly number[]): PendingMessage[] {
  return lengths.map((length, i) => ({
    sequence: BigInt(i),
    streams: ['a', 'b'],
    key: `ANT${i}`,
    value: new Uint8Array(length).fill(i + 1),
  }));
}

describe('messages in shared memory', () => {
  test('are read as they were laid, whatever lay there before', () => {
    const memory = new SharedArrayBuffer(100);
    new Uint8Array(memory).fill(255);
    for (const some of [messages(), messages(0), messages(60, 0, 40), messages(1, 2, 3)]) {
      const laid = layMessages(some, memory)!;
      expect(readMessages(structuredClone(laid), memory)).toEqual(some);
    }
  });

  test('are refused as a whole when they do not fit', () => {
    const memory = new SharedArrayBuffer(100);
    expect(layMessages(messages(60, 41), memory)).toBeUndefined();
    expect(new Uint8Array(memory).every((byte) => byte === 0)).toBe(true);
  });
});
