import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChangeFeed, type ChangeMessage } from '../../src/operations/change-feed.ts';
import type { StoredRecord, StreamReader } from '../../src/streams/streams.ts';
import { CHANGED_LOCI } from '../../src/streams/topic-name.ts';
import { type HandMadePipeline, handMadePipeline, type MadeAlert } from '../pipeline/hand-made-alerts.ts';

describe('the feed of changes', () => {
  let pipeline: HandMadePipeline;
  let records: StoredRecord[];
  /** How often loci were read. */
  let reads: number;
  let isStoreGone: boolean;
  let feed: ChangeFeed;

  beforeEach(async () => {
    pipeline = await handMadePipeline();
    records = [];
    reads = 0;
    isStoreGone = false;
    const reader: Partial<StreamReader> = {
      async *follow(_topic, from) {
        yield records.filter(({ offset }) => offset >= from);
      },
    };
    const store = new Proxy(pipeline.store, {
      get(target, name) {
        if (name === 'getLocusRecords') reads += 1;
        if (isStoreGone) return () => Promise.reject(new Error('gone'));
        const value = Reflect.get(target, name, target) as unknown;
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    feed = new ChangeFeed(store, reader as StreamReader);
  });
  afterEach(() => pipeline.dispose());

  /** Runs alerts as one batch, and appends what it announces. */
  async function run(...alerts: readonly MadeAlert[]): Promise<void> {
    for (const { streams, key, value } of (await pipeline.run(...alerts)).pending) {
      if (streams[0] !== CHANGED_LOCI) continue;
      records.push({ topic: feed.topic, offset: BigInt(records.length), key, value, timestampMs: 1_000 });
    }
  }

  async function readFrom(offset: bigint): Promise<ChangeMessage[]> {
    const messages: ChangeMessage[] = [];
    for await (const message of feed.follow(offset, new AbortController().signal)) messages.push(message);
    return messages;
  }

  const idsOf = ({ arrived }: ChangeMessage): (string | undefined)[] => arrived.map((alert) => alert?.alertId);

  it('gives the alerts of every message with their loci, from any offset on, in the same order each time', async () => {
    await run({ id: 'a', ra: 10, dec: 0 }, { id: 'b', ra: 20, dec: 0 }, { id: 'c', ra: 10, dec: 0 });
    await run({ id: 'd', ra: 20, dec: 0 });
    const all = await readFrom(0n);
    expect(all.map(idsOf)).toEqual([['a', 'c', 'b'], ['d']]);
    expect(all.map(({ offset, publishedAtMs }) => [offset, publishedAtMs])).toEqual([
      [0n, 1_000],
      [1n, 1_000],
    ]);
    expect(all[0]!.arrived.map((alert) => alert!.record.ra)).toEqual([10, 10, 20]);
    expect((await readFrom(1n)).map(idsOf)).toEqual([['d']]);
    expect((await readFrom(0n)).map(idsOf)).toEqual(all.map(idsOf));
  });

  it('gives a locus as it is when it is read', async () => {
    await run({ id: 'a', ra: 10, dec: 0 });
    await run({ id: 'b', ra: 10, dec: 0 });
    const [first] = await readFrom(0n);
    expect(first!.arrived[0]!.record.numAlerts).toBe(2);
  });

  it('reads the loci of a message once for all who follow', async () => {
    await run({ id: 'a', ra: 10, dec: 0 });
    await run({ id: 'b', ra: 20, dec: 0 });
    await Promise.all(Array.from({ length: 50 }, () => readFrom(0n)));
    expect(reads).toBe(2);
  });

  it('reads again what failed', async () => {
    await run({ id: 'a', ra: 10, dec: 0 });
    isStoreGone = true;
    await expect(readFrom(0n)).rejects.toThrow('gone');
    isStoreGone = false;
    expect((await readFrom(0n)).map(idsOf)).toEqual([['a']]);
  });

  it('has nothing to tell of a message that names loci without new alerts', async () => {
    await run({ id: 'a', ra: 10, dec: 0, history: [{ id: 'h', mjd: 59_990, ra: 10, dec: 0 }] });
    await run({ id: 'b', ra: 10, dec: 0, history: [{ id: 'i', mjd: 59_991, ra: 10, dec: 0 }] });
    expect((await readFrom(0n)).map(idsOf)).toEqual([['a'], ['b']]);
  });
});
