import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AntaresError } from '../../src/model/errors.ts';
import type { LaneBlock, LaneResult } from '../../src/pipeline/lane.ts';
import { LaneRunner } from '../../src/pipeline/lane-runner.ts';
import { type HandMadePipeline, handMadePipeline, type MadeAlert } from './hand-made-alerts.ts';

let pipeline: HandMadePipeline;
let stalls: (string | undefined)[];
let runner: LaneRunner;

beforeEach(async () => {
  pipeline = await handMadePipeline();
  stalls = [];
  runner = new LaneRunner(pipeline.context, { onStall: (reason) => stalls.push(reason?.code) });
});

afterEach(async () => {
  vi.restoreAllMocks();
  await pipeline.dispose();
});

let ordinal = 0;

function block(followsOn: boolean, ...alerts: readonly MadeAlert[]): LaneBlock {
  const bytes = alerts.map((alert) => new TextEncoder().encode(JSON.stringify(alert)));
  const memory = new SharedArrayBuffer(bytes.reduce((sum, { length }) => sum + length, 0));
  const packets: number[] = [];
  let offset = 0;
  for (const one of bytes) {
    new Uint8Array(memory).set(one, offset);
    packets.push(0, offset, one.length, ordinal++, 1_700_000_000_000);
    offset += one.length;
  }
  return {
    memories: [memory],
    packets: Float64Array.from(packets),
    sourceOf: new Uint16Array(alerts.length),
    names: alerts.map(({ id }) => id),
    faults: new Map(),
    sources: [{ id: 'made', name: 'made', survey: undefined, useL1Filters: true }],
    lowWater: new Map(),
    published: [],
    followsOn,
    messageMemory: new SharedArrayBuffer(0),
  };
}

/** Holds back the first commit until it is let go, and says how many were asked for. */
function holdFirstCommit(): { readonly commits: () => number; readonly letGo: () => void } {
  const { store } = pipeline;
  const commit = store.commit.bind(store);
  let letGo = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  let count = 0;
  vi.spyOn(store, 'commit').mockImplementation(async (batch) => {
    count += 1;
    if (count === 1) await held;
    await commit(batch);
  });
  return { commits: () => count, letGo };
}

const SUPERNOVA = { ra: 150, dec: 20, object: 'ZTF18a' };
const NOVA = { ra: 250, dec: -20, object: 'ZTF18b' };

describe('a lane', () => {
  test('computes the next block while the store makes the one before it durable', async () => {
    const { commits, letGo } = holdFirstCommit();
    const first = runner.run(block(false, { id: 'a1', ...SUPERNOVA }));
    const second = runner.run(block(false, { id: 'b1', ...NOVA }));
    // The second is even done before the first.
    expect(await second).toMatchObject({ stored: 1, lociCreated: 1 });
    expect(commits()).toBe(2);
    letGo();
    expect(await first).toMatchObject({ stored: 1, lociCreated: 1 });
    expect(await pipeline.loci()).toEqual([['a1'], ['b1']]);
  });

  test('begins a block that follows on others when they are durable, and so finds their loci', async () => {
    const { commits, letGo } = holdFirstCommit();
    const results: Promise<LaneResult>[] = [
      runner.run(block(false, { id: 'a1', ...SUPERNOVA })),
      runner.run(block(false, { id: 'b1', ...NOVA })),
      runner.run(block(true, { id: 'a2', ...SUPERNOVA, mjd: 60_001 }, { id: 'b2', ...NOVA, mjd: 60_001 })),
    ];
    await results[1];
    expect(commits()).toBe(2);
    letGo();
    expect((await Promise.all(results)).map(({ lociCreated }) => lociCreated)).toEqual([1, 1, 0]);
    expect(await pipeline.loci()).toEqual([
      ['a1', 'a2'],
      ['b1', 'b2'],
    ]);
  });

  test('runs a block again that a full store refused, with its schemas, and says when it is over', async () => {
    const { store, context } = pipeline;
    const markKept = vi.spyOn(context.decoder, 'markKept');
    const commit = store.commit.bind(store);
    const offered: number[] = [];
    vi.spyOn(store, 'commit').mockImplementation(async (batch) => {
      offered.push(batch.schemas.size);
      if (offered.length === 1) throw new AntaresError('ALERT_STORE_FULL', 'no room');
      await commit(batch);
    });
    const first = runner.run(block(false, { id: 'a1', ...SUPERNOVA }));
    const second = runner.run(block(false, { id: 'b1', ...NOVA }));
    expect(await second).toMatchObject({ stored: 1 });
    expect(markKept).toHaveBeenCalledTimes(1);
    expect(await first).toMatchObject({ stored: 1, lociCreated: 1 });
    expect(markKept).toHaveBeenCalledTimes(2);
    expect(offered).toEqual([1, 1, 1]);
    expect(stalls).toEqual(['ALERT_STORE_FULL', undefined]);
    expect(await pipeline.loci()).toEqual([['a1'], ['b1']]);
  });

  test('goes on with the blocks behind one that failed for good', async () => {
    const { store } = pipeline;
    vi.spyOn(store, 'commit').mockRejectedValueOnce(new AntaresError('ALERT_STORE_DAMAGED', 'a page is missing'));
    const first = runner.run(block(false, { id: 'a1', ...SUPERNOVA }));
    const second = runner.run(block(true, { id: 'b1', ...NOVA }));
    await expect(first).rejects.toMatchObject({ code: 'ALERT_STORE_DAMAGED' });
    expect(await second).toMatchObject({ stored: 1 });
    await runner.finished();
  });
});
