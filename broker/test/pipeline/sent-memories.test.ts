import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { MemoryReceiver, MemorySender, type SentMemory } from '../../src/pipeline/sent-memories.ts';

describe('memories between threads', () => {
  test('are sent once, named afterwards, and are the same object each time', () => {
    const { port1, port2 } = new MessageChannel();
    const sender = new MemorySender();
    const receiver = new MemoryReceiver();
    const pass = (memory: SharedArrayBuffer): SharedArrayBuffer => {
      port1.postMessage(sender.send(memory));
      return receiver.receive(receiveMessageOnPort(port2)!.message as SentMemory);
    };
    const memories = [new SharedArrayBuffer(8), new SharedArrayBuffer(8)];
    const first = memories.map(pass);
    new Uint8Array(memories[1]!)[3] = 7;
    expect(new Uint8Array(first[1]!)[3]).toBe(7);
    expect(memories.map(pass).every((memory, i) => memory === first[i])).toBe(true);
    expect(sender.send(memories[0]!).memory).toBeUndefined();
    port1.close();
  });

  test('that were forgotten are held by neither side, and are sent anew', () => {
    const sender = new MemorySender();
    const receiver = new MemoryReceiver();
    const memory = new SharedArrayBuffer(8);
    for (let round = 0; round < 100; round += 1) {
      const sent = sender.send(memory);
      expect(sent.memory).toBe(memory);
      receiver.receive(sent);
      receiver.forget(sender.forget(memory)!);
      expect(receiver.size).toBe(0);
    }
    expect(sender.forget(memory)).toBeUndefined();
    expect(() => receiver.receive({ number: 0 })).toThrow(TypeError);
  });
});
