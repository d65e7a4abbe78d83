import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { AntaresError } from '../../model/errors.ts';
import type { Coordination, LockOptions, RegionLease } from '../coordination.ts';
import { NumberBlocks } from './number-blocks.ts';
import { RegionTable } from './region-table.ts';

/** What another thread needs to attach; structured clone keeps the memory shared. */
export interface InProcessHandle {
  readonly regions: SharedArrayBuffer;
  readonly numbers: SharedArrayBuffer;
  readonly directory: string;
}

const FIRST_PAUSE_MS = 0.2;
const LONGEST_PAUSE_MS = 5;

/**
 * Coordination of the threads of one process, through shared memory.
 *
 * Locks live in a table of slots; two regions may share a slot, which makes them wait for each other and does no harm.
 * Numbers are taken from blocks that are made durable in a small file before the first number of them is given out.
 */
export class InProcessCoordination implements Coordination {
  readonly #handle: InProcessHandle;
  readonly #regions: RegionTable;
  readonly #numbers: NumberBlocks;

  private constructor(handle: InProcessHandle) {
    this.#handle = handle;
    this.#regions = new RegionTable(handle.regions);
    this.#numbers = new NumberBlocks(handle.numbers, handle.directory);
  }

  /**
   * Coordination for this process; once, in its main thread.
   *
   * @param directory  where numbers are made durable; made when it is not there. One process at a time: the store's lock
   *                   sees to that
   * @throws COORDINATION_STATE_DAMAGED
   */
  static create(directory: string): Promise<InProcessCoordination> {
    mkdirSync(directory, { recursive: true });
    const handle = {
      regions: RegionTable.allocate(),
      numbers: NumberBlocks.allocate(directory),
      directory,
    };
    return Promise.resolve(new InProcessCoordination(handle));
  }

  /** The coordination that another thread made. */
  static attach(handle: InProcessHandle): InProcessCoordination {
    return new InProcessCoordination(handle);
  }

  handle(): InProcessHandle {
    return this.#handle;
  }

  async lockRegions(regions: readonly number[], { leaseMs, waitMs }: LockOptions): Promise<RegionLease> {
    const slots = this.#regions.slotsOf(regions);
    const token = this.#regions.nextToken();
    const deadline = performance.now() + waitMs;
    let pauseMs = FIRST_PAUSE_MS;
    while (!this.#regions.tryLock(slots, token, leaseMs)) {
      if (performance.now() >= deadline) {
        throw new AntaresError(
          'COORDINATION_LOCK_TIMEOUT',
          `${regions.length} sky regions could not be locked within ${waitMs} ms: another worker holds one of them`,
        );
      }
      // With jitter, so that two who met do not meet again and again.
      await sleep(pauseMs * (0.5 + Math.random()));
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
    return {
      token: BigInt(token),
      release: () => {
        this.#regions.unlock(slots, token);
        return Promise.resolve();
      },
    };
  }

  nextLocusNumbers(year: number, count: number): Promise<bigint> {
    return Promise.resolve(this.#numbers.next(year, count));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
