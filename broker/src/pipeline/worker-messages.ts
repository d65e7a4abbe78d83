import type { CatalogImages } from '../catalogs/catalog-set.ts';
import type { Config } from '../config/config.ts';
import type { DisabledFlagsHandle } from '../filters/disabled-flags.ts';
import type { ProvenanceId } from '../model/ids.ts';
import type { LaneBlock, LaneResult } from './lane.ts';

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

/** Messages to a worker. They are handled in order. */
export type ToWorker =
  | { readonly type: 'block'; readonly id: number; readonly block: LaneBlock }
  | { readonly type: 'catalogs'; readonly images: CatalogImages; readonly provenanceId: ProvenanceId }
  | { readonly type: 'stop' };

/** Messages from a worker. */
export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'result'; readonly id: number; readonly result: LaneResult }
  | { readonly type: 'failure'; readonly id: number; readonly code: string; readonly message: string }
  | { readonly type: 'stall'; readonly reason: { readonly code: string; readonly message: string } | undefined };
