/**
 * Coordination among workers, wherever they run: locks on sky regions, and numbers that are given out once.
 *
 * The paper, section 10: no two alerts of one locus at the same time, and a counter behind the ids of loci.
 *
 * Concurrency: every call may be made at any time by any holder. Durability: numbers are never given out twice, whatever
 * dies; locks need not survive anything, since a lease ends by itself.
 */
export interface Coordination {
  /**
   * Locks sky regions, all of them or none.
   *
   * While the lease runs nobody else holds any of them. A holder that dies loses them when the lease ends.
   * Redis: one Lua script over one key a region, `SET key token NX PX leaseMs` for all or for none; retried with jitter.
   *
   * @param regions  HTM ids at one level, ascending, each once; empty locks nothing
   * @throws COORDINATION_LOCK_TIMEOUT  when they could not be had within `waitMs`
   */
  lockRegions(regions: readonly number[], options: LockOptions): Promise<RegionLease>;

  /**
   * Numbers for new loci of a year: `count` of them, beginning with the one returned, 1 at the least. Gaps are allowed.
   * Redis: `INCRBY locus-number:<year> count`.
   *
   * @param year   four digits
   * @param count  1 to 100,000
   */
  nextLocusNumbers(year: number, count: number): Promise<bigint>;

  close(): Promise<void>;
}

/** How long to hold, and how long to wait. */
export interface LockOptions {
  /** The regions are free again after this, even when nobody releases them [ms]. */
  readonly leaseMs: number;
  /** How long to try [ms]. */
  readonly waitMs: number;
}

/** Regions in one's hands. */
export interface RegionLease {
  /** Grows with every lease given out: a store can refuse the writes of a holder that was overtaken. */
  readonly token: bigint;
  /** Gives the regions back; a second call, or one after the lease has ended, does nothing. */
  release(): Promise<void>;
}
