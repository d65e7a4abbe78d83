import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InProcessCoordination } from '../../../src/coordination/in-process/in-process-coordination.ts';
import '../../built.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'antares-coordination-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

interface ThreadReport {
  readonly violations: number;
  readonly numbers: readonly bigint[];
}

function startThread(data: Record<string, unknown>): Worker {
  return new Worker(join(import.meta.dirname, 'lock-in-thread.mjs'), { workerData: data });
}

function firstMessage<T>(worker: Worker): Promise<T> {
  return new Promise((done, failed) => {
    worker.once('message', done);
    worker.once('error', failed);
  });
}

describe('coordination of real threads', () => {
  it('no two threads are ever in one region, and no locus number is given out twice', async () => {
    const handle = (await InProcessCoordination.create(folder)).handle();
    const owners = new SharedArrayBuffer(4 * 40);
    const workers = Array.from({ length: 4 }, (_, seed) =>
      startThread({ handle, owners, rounds: 1500, seed, regionCount: 40, mayHang: false }),
    );
    const reports = await Promise.all(workers.map((worker) => firstMessage<ThreadReport>(worker)));
    expect(reports.map(({ violations }) => violations)).toEqual([0, 0, 0, 0]);
    const numbers = reports.flatMap((report) => report.numbers);
    expect(numbers.length).toBeGreaterThan(2000);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it('regions of a thread that was killed while it held them come free, and the others go on', async () => {
    const coordination = await InProcessCoordination.create(folder);
    const owners = new SharedArrayBuffer(4 * 40);
    const start = (seed: number): Worker =>
      startThread({ handle: coordination.handle(), owners, rounds: 30, seed, regionCount: 40, mayHang: true });
    for (let seed = 0; seed < 3; seed += 1) {
      const worker = start(seed);
      const { holding } = await firstMessage<{ holding: number[] }>(worker);
      await worker.terminate();
      const started = performance.now();
      const lease = await coordination.lockRegions(holding, { leaseMs: 1000, waitMs: 30_000 });
      expect(performance.now() - started).toBeLessThan(20_000);
      const owner = new Int32Array(owners);
      for (const region of holding) owner[region] = 0;
      await lease.release();
    }
  });

  it('threads killed at any moment leave no region locked for good', async () => {
    const coordination = await InProcessCoordination.create(folder);
    for (let seed = 0; seed < 8; seed += 1) {
      const worker = startThread({
        handle: coordination.handle(),
        owners: new SharedArrayBuffer(4 * 40),
        rounds: 1_000_000,
        seed,
        regionCount: 40,
        mayHang: true,
      });
      await new Promise((done) => worker.once('online', done));
      await new Promise((done) => setTimeout(done, 60 + 7 * seed));
      await worker.terminate();
    }
    const all = Array.from({ length: 40 }, (_, i) => i);
    const lease = await coordination.lockRegions(all, { leaseMs: 1000, waitMs: 30_000 });
    expect(lease.isHeld()).toBe(true);
    await lease.release();
  });

  it('processes killed at any moment never give a locus number out that another had', async () => {
    const given: bigint[] = [];
    for (let round = 0; round < 5; round += 1) {
      await Promise.all(
        [0, 1].map(async (side) => {
          const child = spawn(process.execPath, [join(import.meta.dirname, 'number-until-killed.mjs'), folder], {
            stdio: ['ignore', 'pipe', 'inherit'],
          });
          let isStarted = false;
          for await (const line of createInterface({ input: child.stdout })) {
            given.push(BigInt(line));
            if (!isStarted) setTimeout(() => child.kill('SIGKILL'), 20 + 13 * side + 17 * round);
            isStarted = true;
          }
        }),
      );
    }
    expect(given.length).toBeGreaterThan(50);
    const sorted = [...given].sort((a, b) => (a < b ? -1 : 1));
    for (let i = 1; i < sorted.length; i += 1) expect(sorted[i]! - sorted[i - 1]!).toBeGreaterThanOrEqual(64n);
  });
});
