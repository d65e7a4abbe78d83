import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Chunk, ChunkPool } from '../../src/disk/chunk-pool.ts';
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

function bytesOf({ memories, packets }: LaneBlock, i: number): Uint8Array {
  const [memory, offset, length] = packets.subarray(i * BLOCK_STRIDE);
  return new Uint8Array(memories[memory!]!, offset, length);
}

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

  submit(block: LaneBlock): Promise<LaneResult> {
    this.blocks.push(block.names.length);
    const before = block.followsOn ? Promise.all(this.#submitted) : Promise.resolve([]);
    const done = before.then(async () => {
      await sleep(this.#delayMs());
      for (let i = 0; i < block.names.length; i += 1) {
        const key = bytesOf(block, i)[0]!;
        this.seen.push({ key, ordinal: block.packets[i * BLOCK_STRIDE + 3]! });
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
      pool: new ChunkPool({ mostBytes: 0 }),
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
      pool: new ChunkPool({ mostBytes: 0 }),
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
      submit: () => Promise.reject(new Error('gone')),
      close: () => Promise.resolve(),
    };
    const dispatcher = new Dispatcher({
      lanes: [failing],
      pool: new ChunkPool({ mostBytes: 0 }),
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
      pool: new ChunkPool({ mostBytes: 0 }),
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

  it('the bytes of a packet are not written over while a lane has it, in chunks of many sources and copied ones', async () => {
    const CHUNK = 65_536;
    const SEED = 11;
    let state = SEED;
    const random = (): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
    // Little memory, so that chunks are used again as soon as may be, and some are refused to be held.
    const pool = new ChunkPool({ chunkBytes: CHUNK, mostBytes: 24 * CHUNK });
    const seen: number[] = [];
    let wrong = 0;
    let blocks = 0;
    const pattern = (ordinal: number): number => (ordinal * 37 + 11) & 0xff;
    const check = (block: LaneBlock): void => {
      for (let i = 0; i < block.names.length; i += 1) {
        const ordinal = block.packets[i * BLOCK_STRIDE + 3]!;
        const bytes = bytesOf(block, i);
        if (bytes.length === 0 || !bytes.every((byte) => byte === pattern(ordinal))) wrong += 1;
      }
    };
    class CheckingLane implements Lane {
      async submit(block: LaneBlock): Promise<LaneResult> {
        // Into its memory, as a lane may at any time.
        blocks += 1;
        const mark = blocks & 0xff;
        const value = new Uint8Array(block.messageMemory, 0, 64).fill(mark);
        await sleep(random() * 5);
        check(block);
        await sleep(random() * 5);
        check(block);
        for (let i = 0; i < block.names.length; i += 1) seen.push(block.packets[i * BLOCK_STRIDE + 3]!);
        return { ...NOTHING, pending: [{ sequence: 1n, streams: [], key: `${mark}`, value }] };
      }
      close(): Promise<void> {
        return Promise.resolve();
      }
    }
    const hold = vi.spyOn(Chunk.prototype, 'hold');
    onTestFinished(() => hold.mockRestore());
    const dispatcher = new Dispatcher({
      lanes: [new CheckingLane(), new CheckingLane(), new CheckingLane()],
      pool,
      conflictKeys: () => [],
      publish: async (_lane, messages) => {
        await sleep(random() * 3);
        for (const { key, value } of messages) if (value.some((byte) => byte !== Number(key))) wrong += 1;
      },
      maxBlockPackets: 20,
      maxBlockBytes: 2 * CHUNK,
    });
    let next = 0;
    const from = source();
    // Three sources that read into chunks of the pool, hand out packets, and give the chunk up.
    const read = async (): Promise<void> => {
      for (let round = 0; round < 40; round += 1) {
        const chunk: Chunk = pool.take();
        for (let at = 0; ; ) {
          const length = 1 + Math.floor(random() * 9_000);
          if (at + length > CHUNK) break;
          const ordinal = next++;
          const inChunk = chunk.bytes.subarray(at, at + length).fill(pattern(ordinal));
          const isInChunk = random() < 0.8;
          const bytes = isInChunk ? inChunk : Uint8Array.from(inChunk);
          await dispatcher.offer(
            { bytes, chunk: isInChunk ? chunk : undefined, ordinal, name: `${ordinal}`, receivedAtMs: Date.now() },
            from,
          );
          at += length;
        }
        chunk.release();
      }
    };
    await Promise.all([read(), read(), read()]);
    await dispatcher.drain();
    expect(wrong, `seed ${SEED}`).toBe(0);
    expect(seen.length).toBe(next);
    expect(new Set(seen).size).toBe(next);
    const answers = hold.mock.results.map(({ value }) => value as boolean);
    expect(answers).toContain(true);
    expect(answers).toContain(false);
    expect(pool.out).toBe(0);
  });

  it('a packet that lies in a chunk is not copied; one that does not is', async () => {
    const pool = new ChunkPool({ chunkBytes: 65_536, mostBytes: 8 * 65_536 });
    const blocks: LaneBlock[] = [];
    const lane: Lane = {
      submit: (block) => {
        blocks.push(block);
        return Promise.resolve(NOTHING);
      },
      close: () => Promise.resolve(),
    };
    const dispatcher = new Dispatcher({
      lanes: [lane],
      pool,
      conflictKeys: () => [],
      publish: () => Promise.resolve(),
      maxBlockPackets: 10,
      maxBlockBytes: 65_536,
    });
    const chunk = pool.take();
    chunk.bytes.set([5, 6], 100);
    const from = source();
    await dispatcher.offer({ ...packet(0, 0), bytes: chunk.bytes.subarray(100, 101), chunk }, from);
    await dispatcher.offer(packet(9, 1), from);
    await dispatcher.offer({ ...packet(0, 2), bytes: chunk.bytes.subarray(101, 102), chunk }, from);
    await dispatcher.drain();
    const [block] = blocks;
    expect([0, 1, 2].map((i) => bytesOf(block!, i)[0])).toEqual([5, 9, 6]);
    expect([0, 1, 2].map((i) => block!.memories[block!.packets[i * BLOCK_STRIDE]!] === chunk.bytes.buffer)).toEqual([
      true,
      false,
      true,
    ]);
    expect(block!.memories).toHaveLength(2);
    expect(pool.out).toBe(1);
  });

  it('takes a packet that is larger than a block and a chunk by itself', async () => {
    const seen: NotingLane['seen'] = [];
    const lane = new NotingLane(seen, () => 1);
    const pool = new ChunkPool({ chunkBytes: 65_536, mostBytes: 8 * 65_536 });
    const dispatcher = new Dispatcher({
      lanes: [lane],
      pool,
      conflictKeys: () => [],
      publish: () => Promise.resolve(),
      maxBlockPackets: 10,
      maxBlockBytes: 1000,
    });
    const from = source();
    await dispatcher.offer(packet(1, 0), from);
    await dispatcher.offer({ ...packet(2, 1), bytes: new Uint8Array(200_000).fill(2) }, from);
    await dispatcher.offer(packet(3, 2), from);
    await dispatcher.drain();
    expect(seen.map(({ key }) => key)).toEqual([1, 2, 3]);
    expect(lane.blocks).toEqual([1, 1, 1]);
    expect(pool.out).toBe(0);
  });

  it('while nothing can be published, a bounded number of blocks is taken, and all go on afterwards', async () => {
    let sequence = 0n;
    const lane: Lane = {
      submit: () => {
        sequence += 1n;
        return Promise.resolve({ ...NOTHING, pending: [{ sequence, streams: [], key: '', value: new Uint8Array(1) }] });
      },
      close: () => Promise.resolve(),
    };
    let letGo = (): void => undefined;
    const stalled = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const pool = new ChunkPool({ chunkBytes: 65_536, mostBytes: 8 * 65_536 });
    const dispatcher = new Dispatcher({
      lanes: [lane],
      pool,
      conflictKeys: () => [],
      publish: () => stalled,
      maxBlockPackets: 1,
      maxBlockBytes: 1000,
    });
    const from = source();
    let offered = 0;
    const offering = (async () => {
      for (; offered < 50; offered += 1) await dispatcher.offer(packet(1, offered), from);
    })();
    await sleep(20);
    expect(offered).toBeLessThan(10);
    expect(pool.out).toBeLessThan(10);
    letGo();
    await offering;
    await dispatcher.drain();
    expect(sequence).toBe(50n);
    expect(pool.out).toBe(0);
  });
});
