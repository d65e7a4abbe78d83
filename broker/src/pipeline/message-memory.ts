import type { PendingMessage } from '../alert-store/alert-store.ts';
import { copyBytes } from '../disk/copy-bytes.ts';

/** Messages whose values lie in a shared memory, one behind the other. */
export interface LaidMessages {
  readonly heads: readonly Omit<PendingMessage, 'value'>[];
  /** Where each value ends in the memory [bytes]; the first begins at 0. */
  readonly ends: Float64Array;
}

/**
 * Lays the values of messages into a memory that another thread reads them from. A copy of some kilobytes each: handing
 * over a buffer for each message costs the thread that gets them more, in collecting what it cannot use again.
 *
 * @returns  undefined when they do not fit
 */
export function layMessages(messages: readonly PendingMessage[], memory: SharedArrayBuffer): LaidMessages | undefined {
  const ends = new Float64Array(messages.length);
  let end = 0;
  messages.forEach(({ value }, i) => {
    end += value.length;
    ends[i] = end;
  });
  if (end > memory.byteLength) return undefined;
  const into = new Uint8Array(memory);
  const heads = messages.map(({ value, ...head }, i) => {
    copyBytes(value, into, ends[i]! - value.length);
    return head;
  });
  return { heads, ends };
}

/** The messages that were laid into a memory; their values are views of it. */
export function readMessages({ heads, ends }: LaidMessages, memory: SharedArrayBuffer): PendingMessage[] {
  return heads.map((head, i) => {
    const start = i === 0 ? 0 : ends[i - 1]!;
    return { ...head, value: new Uint8Array(memory, start, ends[i]! - start) };
  });
}
