// A thread that locks random regions again and again, and checks that it is alone in them. Run as a worker, from the built
// broker.
import { parentPort, workerData } from 'node:worker_threads';
import { InProcessCoordination } from '../../../dist/coordination/in-process/in-process-coordination.js';

const { handle, owners, rounds, seed, regionCount, mayHang } = workerData;
const coordination = InProcessCoordination.attach(handle);
const owner = new Int32Array(owners);
const me = seed + 1;
let state = seed;
const random = (below) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
};
let violations = 0;
for (let round = 0; round < rounds; round += 1) {
  const wanted = new Set(Array.from({ length: 1 + random(12) }, () => random(regionCount)));
  const regions = [...wanted].sort((a, b) => a - b);
  const lease = await coordination.lockRegions(regions, { leaseMs: mayHang ? 300 : 60_000, waitMs: 60_000 });
  // Plain reads and writes on purpose: only the lock makes them right.
  for (const region of regions) {
    if (owner[region] !== 0) violations += 1;
    owner[region] = me;
  }
  for (let i = random(2000); i > 0; i -= 1) state ^= i & 1;
  if (mayHang && round === rounds - 1) {
    parentPort.postMessage({ holding: regions });
    for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
  }
  for (const region of regions) {
    if (owner[region] !== me) violations += 1;
    owner[region] = 0;
  }
  await lease.release();
}
const numbers = [];
for (let i = 0; i < 50; i += 1) {
  const count = 1 + random(40);
  const first = await coordination.nextLocusNumbers(2020, count);
  for (let n = 0n; n < BigInt(count); n += 1n) numbers.push(first + n);
}
parentPort.postMessage({ violations, numbers });
