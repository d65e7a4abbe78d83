import type { PendingMessage } from '../alert-store/alert-store.ts';
import type { BatchSource } from './stage.ts';

/**
 * A lane: one worker that takes blocks of packets through the pipeline, in order. While a block waits for the disk, the
 * next one may be computed, unless it follows on it.
 *
 * Which lane a packet takes is the dispatcher's affair: alerts that could touch the same locus share a lane as long as
 * one of them is on its way.
 */
export interface Lane {
  /**
   * Processes a block. Resolves when everything in it is durable; a block that follows on others begins after they ended.
   *
   * A store that is full or away is waited for, not reported as a failure: see `LaneEvents.onStall`.
   *
   * The memory of the block is the lane's until then; of `messageMemory` what the result's messages lie in, until they
   * are published. When it rejects, the lane may still be at work in both.
   *
   * @throws  whatever is neither the packet's fault nor a passing one: the broker must stop
   */
  submit(block: LaneBlock): Promise<LaneResult>;
  close(): Promise<void>;
}

/** What a lane tells while it works. */
export interface LaneEvents {
  /** The store takes nothing at the moment; called once when that begins, with the reason, and with undefined when it is over. */
  readonly onStall: (reason: { readonly code: string; readonly message: string } | undefined) => void;
}

/**
 * A block of packets: bytes in memory that the threads share, never copied between them.
 *
 * `packets` is n × 5, row-major: index into `memories`, offset and length there, ordinal in the source, arrival [Unix ms].
 */
export interface LaneBlock {
  readonly memories: readonly SharedArrayBuffer[];
  readonly packets: Float64Array;
  /** Index into `sources` of each packet. */
  readonly sourceOf: Uint16Array;
  readonly names: readonly string[];
  /** Faults that the source found, by packet index. */
  readonly faults: ReadonlyMap<number, { readonly code: string; readonly message: string }>;
  readonly sources: readonly BatchSource[];
  /** Per source id: every ordinal below is durable. */
  readonly lowWater: ReadonlyMap<string, number>;
  /** Whether it may touch a locus that a block submitted before it, and not done, touches. */
  readonly followsOn: boolean;
  /** Messages known to be published. */
  readonly published: readonly bigint[];
  /** Where the values of the block's messages may be laid, if they fit. */
  readonly messageMemory: SharedArrayBuffer;
}

/** What became of a block. */
export interface LaneResult {
  readonly received: number;
  readonly stored: number;
  readonly duplicate: number;
  readonly rejected: number;
  readonly reasons: Readonly<Record<string, number>>;
  readonly lociCreated: number;
  /** Messages that are committed and wait to be published; their values may lie in the block's `messageMemory`. */
  readonly pending: readonly PendingMessage[];
  /** Tags that the block set for the first time on a locus, by tag. */
  readonly newTags: Readonly<Record<string, number>>;
  /** Filters that crashed: name, crash log id. */
  readonly crashes: readonly { readonly filter: string; readonly crashLogId: string }[];
}

/** Numbers per packet in `LaneBlock.packets`. */
export const BLOCK_STRIDE = 5;
