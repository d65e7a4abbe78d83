import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from '../model/errors.ts';
import type { Coordination, RegionLease } from './coordination.ts';

/** The few words of a test runner that the suite needs; passed in, so that nothing of it is part of the broker. */
export interface CoordinationTestRunner {
  describe(title: string, define: () => void): void;
  it(title: string, test: () => Promise<void>): void;
}

/** An adapter under test: one shared state that many take part in. */
export interface CoordinationUnderTest {
  /** Takes part, as another worker would. The suite closes it. */
  join(): Promise<Coordination>;
  /** Starts everything anew, as after a restart; what is durable stays. Everybody has left by then. */
  restart(): Promise<void>;
  /** Removes the state. */
  remove(): Promise<void>;
}

/** What every adapter of coordination does. */
export function coordinationConformance(
  runner: CoordinationTestRunner,
  name: string,
  create: () => Promise<CoordinationUnderTest>,
): void {
  const { describe, it } = runner;
  const together = (
    title: string,
    run: (a: Coordination, b: Coordination, shared: CoordinationUnderTest) => Promise<void>,
  ): void => {
    it(title, async () => {
      const shared = await create();
      const a = await shared.join();
      const b = await shared.join();
      try {
        await run(a, b, shared);
      } finally {
        await a.close();
        await b.close();
        await shared.remove();
      }
    });
  };
  const patient = { leaseMs: 60_000, waitMs: 30_000 };
  const atOnce = { leaseMs: 60_000, waitMs: 0 };

  describe(`${name} as coordination`, () => {
    together('regions are held by one at a time, and come free when released', async (a, b) => {
      const lease = await a.lockRegions([3, 5, 9], patient);
      assert.ok(lease.isHeld());
      for (const regions of [[5], [1, 3], [9, 10], [3, 5, 9], [0, 4, 5, 6]]) {
        await rejectsWith('COORDINATION_LOCK_TIMEOUT', () => b.lockRegions(regions, atOnce));
        await rejectsWith('COORDINATION_LOCK_TIMEOUT', () => a.lockRegions(regions, atOnce));
      }
      const beside = await b.lockRegions([1, 4, 6, 10, 2 ** 52 - 1], atOnce);
      await lease.release();
      assert.ok(!lease.isHeld());
      const next = await b.lockRegions([3, 5, 9], atOnce);
      await lease.release();
      assert.ok(next.isHeld() && beside.isHeld());
      await next.release();
      await beside.release();
    });

    together('all or none: who does not get every region holds none', async (a, b) => {
      const lease = await a.lockRegions([7], patient);
      await rejectsWith('COORDINATION_LOCK_TIMEOUT', () => b.lockRegions([6, 7, 8], { leaseMs: 60_000, waitMs: 20 }));
      const rest = await a.lockRegions([6, 8], atOnce);
      await rest.release();
      await lease.release();
    });

    together('a waiter gets its regions when they are released, and says how long it waited', async (a, b) => {
      const lease = await a.lockRegions([1, 2, 3], patient);
      let got: RegionLease | undefined;
      const waiting = b.lockRegions([2], patient).then((next) => {
        got = next;
      });
      await sleep(40);
      assert.equal(got, undefined);
      await lease.release();
      await waiting;
      assert.ok(got!.isHeld());
      assert.ok(got!.waitedMs >= 30);
      await got!.release();
    });

    together('no regions are never waited for', async (a, b) => {
      const lease = await a.lockRegions([], atOnce);
      const other = await b.lockRegions([], atOnce);
      await lease.release();
      await other.release();
    });

    together('the lease of a holder that fell silent ends by itself, and it is told', async (a, b) => {
      const lost = await a.lockRegions([1, 2], { leaseMs: 50, waitMs: 0 });
      const lease = await b.lockRegions([2, 3], patient);
      assert.ok(!lost.isHeld());
      await rejectsWith('COORDINATION_LEASE_LOST', () => lost.renew(1000));
      await lost.release();
      assert.ok(lease.isHeld());
      await rejectsWith('COORDINATION_LOCK_TIMEOUT', () => a.lockRegions([2], atOnce));
      await lease.release();
    });

    together('a renewed lease lasts', async (a, b) => {
      const lease = await a.lockRegions([1], { leaseMs: 150, waitMs: 0 });
      for (let i = 0; i < 5; i += 1) {
        await sleep(50);
        await lease.renew(150);
      }
      assert.ok(lease.isHeld());
      await rejectsWith('COORDINATION_LOCK_TIMEOUT', () => b.lockRegions([1], atOnce));
      await lease.release();
    });

    together('fencing tokens rise, over a restart too', async (a, b, shared) => {
      const tokens: bigint[] = [];
      for (const client of [a, b, a]) {
        const lease = await client.lockRegions([1], patient);
        tokens.push(lease.token);
        await lease.release();
      }
      await a.close();
      await b.close();
      await shared.restart();
      const again = await shared.join();
      tokens.push((await again.lockRegions([1], patient)).token);
      await again.close();
      for (let i = 1; i < tokens.length; i += 1) assert.ok(tokens[i]! > tokens[i - 1]!);
    });

    together('many who want overlapping regions all get their turn, never two at once', async (a, b) => {
      const holders = new Map<number, number>();
      let turns = 0;
      await Promise.all(
        Array.from({ length: 24 }, async (_, who) => {
          const client = who % 2 === 0 ? a : b;
          for (let round = 0; round < 8; round += 1) {
            const regions = [who % 5, 5 + ((who + round) % 5), 10 + ((who * 7 + round) % 3)];
            const lease = await client.lockRegions(regions, patient);
            for (const region of regions) {
              assert.equal(holders.get(region), undefined);
              holders.set(region, who);
            }
            await sleep(round % 3 === 0 ? 1 : 0);
            for (const region of regions) holders.delete(region);
            turns += 1;
            await lease.release();
          }
        }),
      );
      assert.equal(turns, 24 * 8);
    });

    together('as many regions as promised can be locked, one more is refused', async (a) => {
      const { maxRegions } = a.supports;
      const lease = await a.lockRegions(
        Array.from({ length: maxRegions }, (_, i) => 3 * i),
        patient,
      );
      await lease.release();
      await rejectsWith('COORDINATION_TOO_MANY_REGIONS', () =>
        a.lockRegions(
          Array.from({ length: maxRegions + 1 }, (_, i) => i),
          patient,
        ),
      );
    });

    together('regions out of order, doubled or not whole are the mistake of a programmer', async (a) => {
      for (const regions of [[2, 1], [1, 1], [1.5], [-1], [Number.NaN], [2 ** 53]]) {
        await assert.rejects(() => a.lockRegions(regions, patient), TypeError);
      }
      await assert.rejects(() => a.lockRegions([1], { leaseMs: 0, waitMs: 0 }), TypeError);
    });

    together('a named lease is one holder’s, apart from others and from regions', async (a, b) => {
      const lease = await a.tryLease('index rebuild', { leaseMs: 60_000 });
      assert.ok(lease !== undefined);
      assert.ok(lease.isHeld());
      assert.equal(await b.tryLease('index rebuild', { leaseMs: 60_000 }), undefined);
      const other = await b.tryLease('notices', { leaseMs: 40 });
      assert.ok(other !== undefined);
      await lease.release();
      const next = await b.tryLease('index rebuild', { leaseMs: 60_000 });
      assert.ok(next !== undefined);
      await sleep(80);
      assert.ok((await a.tryLease('notices', { leaseMs: 60_000 })) !== undefined);
      await next.release();
    });

    together('locus numbers begin at 1 in each year, and no two are equal', async (a, b, shared) => {
      assert.equal(await a.nextLocusNumbers(2020, 1), 1n);
      assert.equal(await a.nextLocusNumbers(2021, 1), 1n);
      const seen = new Set<bigint>([1n]);
      const take = async (client: Coordination, count: number): Promise<void> => {
        const first = await client.nextLocusNumbers(2020, count);
        for (let i = 0n; i < BigInt(count); i += 1n) {
          assert.ok(!seen.has(first + i), `${first + i} was given out twice`);
          seen.add(first + i);
        }
      };
      await Promise.all(Array.from({ length: 60 }, (_, i) => take(i % 2 === 0 ? a : b, 1 + ((i * 37) % 400))));
      await take(a, 100_000);
      await a.close();
      await b.close();
      await shared.restart();
      const again = await shared.join();
      await Promise.all([take(again, 10), take(again, 5000)]);
      await again.close();
      await assert.rejects(() => a.nextLocusNumbers(2020, 0), TypeError);
      await assert.rejects(() => a.nextLocusNumbers(20, 1), TypeError);
    });
  });
}

async function rejectsWith(code: string, run: () => Promise<unknown>): Promise<void> {
  await assert.rejects(run, (error) => errorCode(error) === code);
}
