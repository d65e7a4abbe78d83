import type { CatalogImages } from '../catalogs/catalog-set.ts';
import type { Config } from '../config/config.ts';
import type { DisabledFlagsHandle } from '../filters/disabled-flags.ts';
import type { ProvenanceId } from '../model/ids.ts';
import type { LaneBlock, LaneResult } from './lane.ts';
import type { LaidMessages } from './message-memory.ts';
import type { SentMemory } from './sent-memories.ts';

/** What a worker is started with. */
export interface WorkerSetup {
  readonly config: Config;
  /** Index of the lane, from 0. */
  readonly lane: number;
  /** Number of this start of the broker: makes message sequences ascend over restarts. */
  readonly run: number;
  readonly coordination: unknown;
  readonly disabledFilters: DisabledFlagsHandle;
  readonly catalogs: CatalogImages;
  readonly provenanceId: ProvenanceId;
}

/** A block as it goes to a worker: its memories by number. */
export interface SentBlock extends Omit<LaneBlock, 'memories' | 'messageMemory'> {
  readonly memories: readonly SentMemory[];
  readonly messageMemory: SentMemory;
}

/** Messages to a worker. They are handled in order. */
export type ToWorker =
  | { readonly type: 'block'; readonly id: number; readonly block: SentBlock }
  | { readonly type: 'forget'; readonly memory: number }
  | { readonly type: 'catalogs'; readonly images: CatalogImages; readonly provenanceId: ProvenanceId }
  | { readonly type: 'stop' };

/** Messages from a worker. */
export type FromWorker =
  | { readonly type: 'ready' }
  | {
      readonly type: 'result';
      readonly id: number;
      readonly result: LaneResult;
      /** The pending messages, when they were laid into the block's memory; `result` has none then. */
      readonly laid: LaidMessages | undefined;
    }
  | { readonly type: 'failure'; readonly id: number; readonly code: string; readonly message: string }
  | { readonly type: 'stall'; readonly reason: { readonly code: string; readonly message: string } | undefined };
