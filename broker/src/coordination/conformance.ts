import type { Coordination } from './coordination.ts';

/** What the suite needs of a test runner. */
export interface TestApi {
  describe(title: string, define: () => void): void;
  it(title: string, run: () => Promise<void>): void;
  beforeEach(run: () => Promise<void>): void;
  afterEach(run: () => Promise<void>): void;
  expect(actual: unknown): {
    toBe(expected: unknown): void;
    toEqual(expected: unknown): void;
    rejects: { toMatchObject(expected: object): Promise<void> };
  };
}

/** A coordination to test: two holders of the same one, and what to do afterwards. */
export interface CoordinationFixture {
  readonly one: Coordination;
  readonly other: Coordination;
  /** Closes both and opens one again on the same durable state, as after a restart. */
  reopen(): Promise<Coordination>;
  dispose(): Promise<void>;
}

/** What every adapter of coordination must do. */
export function coordinationConformance(
  { describe, it, beforeEach, afterEach, expect }: TestApi,
  open: () => Promise<CoordinationFixture>,
): void {
  const LOCK = { leaseMs: 10_000, waitMs: 50 };
  let fixture: CoordinationFixture;
  beforeEach(async () => {
    fixture = await open();
  });
  afterEach(() => fixture.dispose());

  describe('region locks', () => {
    it('a region in one holder’s hands cannot be had by another', async () => {
      const lease = await fixture.one.lockRegions([100], LOCK);
      await expect(fixture.other.lockRegions([100], LOCK)).rejects.toMatchObject({ code: 'COORDINATION_LOCK_TIMEOUT' });
      await lease.release();
      await (await fixture.other.lockRegions([100], LOCK)).release();
    });

    it('several regions are had all or none', async () => {
      const held = await fixture.one.lockRegions([3], LOCK);
      await expect(fixture.other.lockRegions([1, 2, 3], LOCK)).rejects.toMatchObject({
        code: 'COORDINATION_LOCK_TIMEOUT',
      });
      await (await fixture.one.lockRegions([1, 2], LOCK)).release();
      await held.release();
    });

    it('one who waits gets the region when it is given back', async () => {
      const held = await fixture.one.lockRegions([7, 8], LOCK);
      const waiting = fixture.other.lockRegions([8, 9], { leaseMs: 10_000, waitMs: 5_000 });
      await held.release();
      await (await waiting).release();
    });

    it('the regions of a holder that died are free when its lease ends', async () => {
      await fixture.one.lockRegions([5], { leaseMs: 20, waitMs: 50 });
      await (await fixture.other.lockRegions([5], { leaseMs: 10_000, waitMs: 5_000 })).release();
    });

    it('a lease that has ended frees nothing of the next holder when it is released late', async () => {
      const late = await fixture.one.lockRegions([5], { leaseMs: 20, waitMs: 50 });
      const next = await fixture.other.lockRegions([5], { leaseMs: 10_000, waitMs: 5_000 });
      await late.release();
      await expect(fixture.one.lockRegions([5], LOCK)).rejects.toMatchObject({ code: 'COORDINATION_LOCK_TIMEOUT' });
      await next.release();
    });

    it('tokens grow from lease to lease', async () => {
      const first = await fixture.one.lockRegions([1], LOCK);
      const second = await fixture.other.lockRegions([2], LOCK);
      expect(second.token > first.token).toBe(true);
      await first.release();
      await second.release();
    });

    it('holders that want overlapping sets of many regions all get through', async () => {
      let inside = 0;
      let most = 0;
      const work = async (holder: Coordination, offset: number): Promise<void> => {
        for (let round = 0; round < 10; round += 1) {
          const regions = Array.from({ length: 50 }, (_, i) => i + offset).concat(1_000);
          const lease = await holder.lockRegions(regions, { leaseMs: 10_000, waitMs: 10_000 });
          inside += 1;
          most = Math.max(most, inside);
          await new Promise((resolve) => setImmediate(resolve));
          inside -= 1;
          await lease.release();
        }
      };
      await Promise.all([work(fixture.one, 0), work(fixture.other, 25), work(fixture.one, 40)]);
      expect(most).toBe(1);
    });
  });

  describe('locus numbers', () => {
    it('begin at 1 in each year', async () => {
      expect(await fixture.one.nextLocusNumbers(2020, 1)).toBe(1n);
      expect(await fixture.one.nextLocusNumbers(2021, 1)).toBe(1n);
    });

    it('are given out once, to whomever', async () => {
      const seen = new Set<bigint>();
      const take = async (holder: Coordination): Promise<void> => {
        for (let i = 0; i < 200; i += 1) {
          const first = await holder.nextLocusNumbers(2020, 7);
          for (let k = 0n; k < 7n; k += 1n) seen.add(first + k);
        }
      };
      await Promise.all([take(fixture.one), take(fixture.other)]);
      expect(seen.size).toBe(2 * 200 * 7);
    });

    it('are never given out again after a restart', async () => {
      let last = 0n;
      for (let i = 0; i < 20; i += 1) last = await fixture.other.nextLocusNumbers(2020, 1_000);
      const reopened = await fixture.reopen();
      expect((await reopened.nextLocusNumbers(2020, 1)) >= last + 1_000n).toBe(true);
      await reopened.close();
    });
  });
}
