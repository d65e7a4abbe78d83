/**
 * Coordination: what lets many workers, threads or processes, act as one broker. The paper, section 7.
 *
 * A lock on sky regions keeps two workers from changing one locus at the same time; a counter names loci; leases choose
 * one of many for work that only one should do. Everything taken expires, so that a worker that died holds nobody up.
 *
 * Concurrency: all calls at any time. Locks are not re-entrant: who holds a region and asks for it again waits for itself.
 */
export interface Coordination {
  /**
   * Locks regions, all or none: nobody else holds any of them until the lease is released or expires.
   *
   * Among those who wait for a region, earlier comes first where the adapter can (`supports.fairness`); nobody waits in a
   * circle, since nothing is held while waiting.
   * Redis: one Lua script that tests EXISTS on all `region:<id>` and, if none does, SETs each to the token with PX leaseMs and
   * INCRs `fence`; a waiter tries again after a moment.
   *
   * @param regions  HTM ids at one level, the same for everybody, ascending, each once; none locks nothing
   * @throws COORDINATION_LOCK_TIMEOUT              they did not come free within `waitMs`; nothing is held
   * @throws COORDINATION_TOO_MANY_REGIONS  beyond `supports.maxRegions`
   * @throws COORDINATION_UNREACHABLE
   */
  lockRegions(regions: ArrayLike<number>, options: LockOptions): Promise<RegionLease>;

  /**
   * Takes a named lease if it is free: for work that one of many should do (an index rebuild, the notices of a night).
   * Redis: SET `lease:<name>` token NX PX leaseMs.
   *
   * @returns  undefined when somebody else has it
   * @throws COORDINATION_UNREACHABLE
   */
  tryLease(name: string, options: LeaseOptions): Promise<Lease | undefined>;

  /**
   * Numbers for new loci: `count` of them that follow each other, never given out before or after, to anybody, across
   * restarts, kills and power cuts. Gaps are allowed. Each year counts from 1.
   * Redis: INCRBY `locus-number:<year>` count, minus count, plus 1; appendfsync always.
   *
   * @param year   observation year, four digits
   * @param count  1 to `MAX_LOCUS_NUMBERS`
   * @returns      the first of them
   * @throws COORDINATION_UNREACHABLE  nothing was given out
   */
  nextLocusNumbers(year: number, count: number): Promise<bigint>;

  readonly supports: CoordinationSupport;

  /** Frees what is open. Leases that are still held stay so until they expire. */
  close(): Promise<void>;
}

/** What an adapter can do, where adapters differ. */
export interface CoordinationSupport {
  /** Whether holders in several processes exclude each other. */
  readonly manyProcesses: boolean;
  /** Whether those who wait for a region get it in the order in which they came. */
  readonly fairness: boolean;
  /** Regions that one lock can take. */
  readonly maxRegions: number;
}

/** How long something is taken for. */
export interface LeaseOptions {
  /** After this the lease is void, whether or not its holder still lives [ms], > 0. Well above the longest piece of work. */
  readonly leaseMs: number;
}

/** How regions are locked. */
export interface LockOptions extends LeaseOptions {
  /** How long to wait for them [ms], ≥ 0. */
  readonly waitMs: number;
}

/** Something taken until it is released or expires. */
export interface Lease {
  /**
   * Fencing token: rises with every lease, over restarts too. A store that remembers the highest it has seen can refuse
   * the late write of a holder whose lease had expired.
   */
  readonly token: bigint;

  /** Whether it is still held, as far as this holder can know. Redis: by the local clock. */
  isHeld(): boolean;

  /**
   * Holds it for `leaseMs` from now.
   * Redis: Lua: if the key holds our token, PEXPIRE.
   *
   * @throws COORDINATION_LEASE_LOST  it had expired: somebody else may hold it
   */
  renew(leaseMs: number): Promise<void>;

  /**
   * Gives it back. Does nothing when it had expired, or was given back.
   * Redis: Lua: if the key holds our token, DEL.
   */
  release(): Promise<void>;
}

/** A lock on sky regions. */
export interface RegionLease extends Lease {
  /** How long it was waited for [ms]. */
  readonly waitedMs: number;
}

/** Most locus numbers that one call may ask for. */
export const MAX_LOCUS_NUMBERS = 1_000_000;

/** What can go wrong with coordination, with a sentence on when it appears. The keys are stable. */
export const COORDINATION_ERRORS = {
  COORDINATION_LOCK_TIMEOUT:
    'Regions did not come free in time: somebody holds them for longer than the waiting time, mostly a worker that died and whose lease has not expired.',
  COORDINATION_TOO_MANY_REGIONS:
    'One lock asks for more regions than the adapter can lock at once. Make the batch smaller.',
  COORDINATION_LEASE_LOST:
    'A lease had expired before it was renewed: its holder was too slow, or stood still. Work under it must not be written.',
  COORDINATION_UNREACHABLE: 'The server or the folder that keeps the state cannot be read or written.',
} as const;

/** Checks the arguments of `lockRegions`, the same for every adapter. @throws TypeError */
export function checkLockArguments(regions: ArrayLike<number>, { leaseMs, waitMs }: LockOptions): void {
  checkLeaseMs(leaseMs);
  if (!(waitMs >= 0)) throw new TypeError(`a wait lasts 0 ms or more, got ${waitMs}`);
  let last = -1;
  for (let i = 0; i < regions.length; i += 1) {
    const region = regions[i]!;
    if (!Number.isSafeInteger(region) || region <= last) {
      throw new TypeError(
        `regions are whole numbers ≥ 0, ascending, each once; number ${i} is ${region}, after ${last}`,
      );
    }
    last = region;
  }
}

/** Checks how long a lease is to last. @throws TypeError */
export function checkLeaseMs(leaseMs: number): void {
  if (!(leaseMs > 0 && leaseMs <= 24 * 3600 * 1000))
    throw new TypeError(`a lease lasts more than 0 ms and at most a day, got ${leaseMs}`);
}

/** Checks the arguments of `nextLocusNumbers`, the same for every adapter. @throws TypeError */
export function checkLocusNumberArguments(year: number, count: number): void {
  if (!Number.isInteger(year) || year < 1000 || year > 9999) throw new TypeError(`a year has four digits, got ${year}`);
  if (!Number.isInteger(count) || count < 1 || count > MAX_LOCUS_NUMBERS) {
    throw new TypeError(`locus numbers are asked for by 1 to ${MAX_LOCUS_NUMBERS}, got ${count}`);
  }
}
