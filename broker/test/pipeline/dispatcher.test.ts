import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Dispatcher, type OpenSource } from '../../src/pipeline/dispatcher.ts';
import { BLOCK_STRIDE, type Lane, type LaneBlock, type LaneResult } from '../../src/pipeline/lane.ts';
import { SourceTracker } from '../../src/pipeline/source-tracker.ts';

const NOTHING: LaneResult = {
  received: 0,
  stored: 0,
  duplicate: 0,
  rejected: 0,
  reasons: {},
  lociCreated: 0,
  pending: [],
  newTags: {},
  crashes: [],
};

/** A lane that notes the order in which packets are done, takes its time, and keeps no more order than it must. */
class NotingLane implements Lane {
  readonly seen: { readonly key: number; readonly ordinal: number }[];
  readonly blocks: number[] = [];
  readonly #delayMs: () => number;
  readonly #submitted: Promise<unknown>[] = [];

  constructor(seen: NotingLane['seen'], delayMs: () => number) {
    this.seen = seen;
    this.#delayMs = delayMs;
  }

  takeMemory(bytes: number): SharedArrayBuffer {
    return new SharedArrayBuffer(bytes);
  }

  submit(block: LaneBlock): Promise<LaneResult> {
    this.blocks.push(block.names.length);
    const before = block.followsOn ? Promise.all(this.#submitted) : Promise.resolve([]);
    const done = before.then(async () => {
      await sleep(this.#delayMs());
      for (let i = 0; i < block.names.length; i += 1) {
        const at = i * BLOCK_STRIDE;
        const key = new Uint8Array(block.memory, block.packets[at]!, 1)[0]!;
        this.seen.push({ key, ordinal: block.packets[at + 2]! });
      }
      return { ...NOTHING, received: block.names.length };
    });
    this.#submitted.push(done);
    return done;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function source(): OpenSource {
  return { id: 's', name: 's', survey: undefined, useL1Filters: false, tracker: new SourceTracker() };
}

function packet(key: number, ordinal: number) {
  return { bytes: new Uint8Array([key]), ordinal, name: `${ordinal}`, receivedAtMs: Date.now() };
}

describe('the dispatcher', () => {
  it('keeps the order of packets that share a key, with lanes of very different speed', async () => {
    const seen: NotingLane['seen'] = [];
    let state = 3;
    const random = (): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
    const lanes = [0, 1, 2].map(() => new NotingLane(seen, () => random() * 4));
    const dispatcher = new Dispatcher({
      lanes,
      // Each packet touches two neighbouring keys, so that chains of packets bridge lanes now and then.
      conflictKeys: (bytes) => [bytes[0]!, (bytes[0]! + 1) % 40],
      publish: () => Promise.resolve(),
      maxBlockPackets: 8,
      maxBlockBytes: 1000,
    });
    const from = source();
    for (let ordinal = 0; ordinal < 600; ordinal += 1)
      await dispatcher.offer(packet(Math.floor(random() * 40), ordinal), from);
    await dispatcher.drain();
    expect(seen.length).toBe(600);
    for (let key = 0; key < 40; key += 1) {
      const touching = seen
        .filter((one) => one.key === key || (one.key + 1) % 40 === key)
        .map(({ ordinal }) => ordinal);
      expect(touching).toEqual([...touching].sort((a, b) => a - b));
    }
    expect(from.tracker.lowWater).toBe(600);
  });

  it('a lane that is idle gets a single packet at once; a busy one gathers a block', async () => {
    const lane = new NotingLane([], () => 20);
    const dispatcher = new Dispatcher({
      lanes: [lane],
      conflictKeys: () => [],
      publish: () => Promise.resolve(),
      maxBlockPackets: 50,
      maxBlockBytes: 1000,
    });
    const from = source();
    await dispatcher.offer(packet(1, 0), from);
    await sleep(5);
    expect(lane.blocks).toEqual([1]);
    for (let ordinal = 1; ordinal < 200; ordinal += 1) await dispatcher.offer(packet(1, ordinal), from);
    await dispatcher.drain();
    expect(lane.blocks.reduce((sum, size) => sum + size, 0)).toBe(200);
    expect(lane.blocks.length).toBeLessThan(8);
  });

  it('what a lane fails with reaches whoever offers or drains', async () => {
    const failing: Lane = {
      takeMemory: (bytes) => new SharedArrayBuffer(bytes),
      submit: () => Promise.reject(new Error('gone')),
      close: () => Promise.resolve(),
    };
    const dispatcher = new Dispatcher({
      lanes: [failing],
      conflictKeys: () => [],
      publish: () => Promise.resolve(),
      maxBlockPackets: 5,
      maxBlockBytes: 1000,
    });
    await dispatcher.offer(packet(1, 0), source());
    await expect(dispatcher.drain()).rejects.toThrow('gone');
  });

  it('publishes the messages of a lane in the order of its commits, and hands their sequences back', async () => {
    let n = 0n;
    const lane: Lane = {
      takeMemory: (bytes) => new SharedArrayBuffer(bytes),
      submit: () => {
        n += 1n;
        return Promise.resolve({
          ...NOTHING,
          pending: [{ sequence: n, streams: ['x'], key: 'k', value: new Uint8Array() }],
        });
      },
      close: () => Promise.resolve(),
    };
    const published: bigint[] = [];
    const dispatcher = new Dispatcher({
      lanes: [lane],
      conflictKeys: () => [],
      publish: async (_lane, messages) => {
        await sleep(Math.random() * 3);
        published.push(...messages.map(({ sequence }) => sequence));
      },
      maxBlockPackets: 1,
      maxBlockBytes: 1000,
    });
    const from = source();
    for (let ordinal = 0; ordinal < 20; ordinal += 1) await dispatcher.offer(packet(1, ordinal), from);
    await dispatcher.drain();
    expect(published).toEqual(Array.from({ length: 20 }, (_, i) => BigInt(i + 1)));
    expect(dispatcher.takePublished().length).toBeGreaterThan(0);
  });
});
