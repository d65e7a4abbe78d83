import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { AntaresError, errorMessage } from '../../model/errors.ts';
import {
  type Coordination,
  type CoordinationSupport,
  checkLeaseMs,
  checkLockArguments,
  checkLocusNumberArguments,
  type Lease,
  type LeaseOptions,
  type LockOptions,
  type RegionLease,
} from '../coordination.ts';
import { createLeaseTable, LeaseTable, MAX_KEYS, type QueuedSlot } from './lease-table.ts';
import { LocusNumberBlocks, syncFolder } from './locus-number-blocks.ts';
import { reserveTokenEpoch } from './token-epochs.ts';

/** What a thread needs to take part: can be posted to a worker, or be its `workerData`. */
export interface InProcessCoordinationHandle {
  readonly memory: SharedArrayBuffer;
  readonly folder: string;
}

/** How long a place in the queue is kept for a waiter that gives no sign of life, to the harm of those behind it. */
const PATIENCE_MS = 4000;
const MAX_POLL_MS = 4;

/**
 * Coordination among the threads of one process: leases in shared memory, locus numbers reserved in a folder.
 *
 * The main thread creates it and posts `handle()` to its workers, which attach. Locus numbers are unique among processes on
 * the same folder too; locks are not seen by another process.
 */
export class InProcessCoordination implements Coordination {
  readonly supports: CoordinationSupport = { manyProcesses: false, fairness: true, maxRegions: MAX_KEYS };
  readonly #handle: InProcessCoordinationHandle;
  readonly #table: LeaseTable;
  readonly #numbers: LocusNumberBlocks;

  private constructor(handle: InProcessCoordinationHandle) {
    this.#handle = handle;
    this.#table = new LeaseTable(handle.memory);
    this.#numbers = new LocusNumberBlocks(join(handle.folder, 'locus-numbers'));
  }

  /**
   * Makes the shared state. Once in a process.
   *
   * @param folder  where locus numbers are kept; made if need be
   * @throws COORDINATION_UNREACHABLE  it cannot be made
   */
  static async create(folder: string): Promise<InProcessCoordination> {
    try {
      await mkdir(join(folder, 'locus-numbers'), { recursive: true });
      const epoch = await reserveTokenEpoch(join(folder, 'token-epochs'));
      await syncFolder(folder);
      return new InProcessCoordination({ memory: createLeaseTable(epoch), folder });
    } catch (cause) {
      throw new AntaresError('COORDINATION_UNREACHABLE', `cannot make ${folder}: ${errorMessage(cause)}`, { cause });
    }
  }

  /** Takes part in what another thread has created. */
  static attach(handle: InProcessCoordinationHandle): InProcessCoordination {
    return new InProcessCoordination(handle);
  }

  /** What another thread needs to attach. */
  handle(): InProcessCoordinationHandle {
    return this.#handle;
  }

  async lockRegions(regions: ArrayLike<number>, options: LockOptions): Promise<RegionLease> {
    checkLockArguments(regions, options);
    if (regions.length > MAX_KEYS) {
      throw new AntaresError(
        'COORDINATION_TOO_MANY_REGIONS',
        `one lock takes at most ${MAX_KEYS} regions, this one asks for ${regions.length}`,
      );
    }
    const started = performance.now();
    const place = await this.#acquire(regions, options, started);
    if (place === undefined) {
      throw new AntaresError(
        'COORDINATION_LOCK_TIMEOUT',
        `${regions.length} sky regions did not come free within ${options.waitMs} ms: another worker holds some of them; if it died, its lease will end`,
      );
    }
    return new SlotLease(this.#table, place, performance.now() - started);
  }

  async tryLease(name: string, { leaseMs }: LeaseOptions): Promise<Lease | undefined> {
    checkLeaseMs(leaseMs);
    const place = await this.#acquire([keyOfName(name)], { leaseMs, waitMs: 0 }, performance.now());
    return place === undefined ? undefined : new SlotLease(this.#table, place, 0);
  }

  async nextLocusNumbers(year: number, count: number): Promise<bigint> {
    checkLocusNumberArguments(year, count);
    return this.#numbers.take(year, count);
  }

  async close(): Promise<void> {
    // The memory is everybody's, and files are open only while they are written.
  }

  /** A place that is first for all its keys, held for `leaseMs`; undefined when the waiting time ran out. */
  async #acquire(
    keys: ArrayLike<number>,
    { leaseMs, waitMs }: LockOptions,
    started: number,
  ): Promise<QueuedSlot | undefined> {
    const isLate = (): boolean => performance.now() - started >= waitMs;
    for (let attempt = 0; ; attempt += 1) {
      const place = this.#table.enter(keys, PATIENCE_MS);
      if (place === undefined) {
        if (isLate()) return undefined;
        await pause(attempt);
        continue;
      }
      const outcome = await this.#waitInQueue(place, isLate);
      if (outcome === 'late') return undefined;
      // Lost: this thread stood still for so long that it was taken for dead. It queues again.
      if (outcome === 'first' && this.#table.extend(place, leaseMs)) return place;
    }
  }

  async #waitInQueue(place: QueuedSlot, isLate: () => boolean): Promise<'first' | 'late' | 'lost'> {
    // Another thread is between two instructions: that is over before a timer could run.
    while (!this.#table.findBlockers(place)) await nextTurn();
    let extendedAt = performance.now();
    for (let attempt = 0; !this.#table.isFirst(place); attempt += 1) {
      if (isLate()) {
        this.#table.leave(place);
        return 'late';
      }
      await pause(attempt);
      if (performance.now() - extendedAt < PATIENCE_MS / 4) continue;
      if (!this.#table.extend(place, PATIENCE_MS)) return 'lost';
      extendedAt = performance.now();
    }
    return 'first';
  }
}

/** A few turns of the event loop first, since most leases are short; then longer and longer, so that waiting costs little. */
async function pause(attempt: number): Promise<void> {
  if (attempt < 4) await nextTurn();
  else await sleep(Math.min(MAX_POLL_MS, 1 + (attempt - 4) / 8));
}

class SlotLease implements RegionLease {
  readonly token: bigint;
  readonly waitedMs: number;
  readonly #table: LeaseTable;
  readonly #place: QueuedSlot;

  constructor(table: LeaseTable, place: QueuedSlot, waitedMs: number) {
    this.#table = table;
    this.#place = place;
    this.token = place.ticket;
    this.waitedMs = waitedMs;
  }

  isHeld(): boolean {
    return this.#table.isMine(this.#place);
  }

  async renew(leaseMs: number): Promise<void> {
    checkLeaseMs(leaseMs);
    if (!this.#table.extend(this.#place, leaseMs)) {
      throw new AntaresError(
        'COORDINATION_LEASE_LOST',
        'a lease had expired before it was renewed; what was done under it must not be written',
      );
    }
  }

  async release(): Promise<void> {
    this.#table.leave(this.#place);
  }
}

/** Names and regions share one table: names have negative keys. Two names with one key would merely wait for each other. */
function keyOfName(name: string): number {
  return -1 - createHash('sha256').update(name).digest().readUIntBE(0, 6);
}
