import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode, errorMessage } from '../model/errors.ts';
import { BLOCK_STRIDE, type LaneBlock, type LaneEvents, type LaneResult } from './lane.ts';
import { tallyLedger } from './ledger-of-batch.ts';
import { runBatch } from './run-batch.ts';
import type { Batch, PipelineContext, RawPacket } from './stage.ts';

/** Codes of a store that cannot take a batch now, and may later: nothing was written, so the batch is simply run again. */
const PASSING = new Set(['ALERT_STORE_FULL', 'ALERT_STORE_UNREACHABLE', 'COORDINATION_UNREACHABLE']);

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;

/**
 * Runs blocks through the pipeline in the thread it is in, one at a time; while the store makes one durable, the next one
 * that does not follow on it has its turn.
 *
 * When the store is full or away it says so once, waits, and runs the same block again until it goes through.
 */
export class LaneRunner {
  readonly context: PipelineContext;
  readonly #events: LaneEvents;
  readonly #signal: AbortSignal | undefined;
  /** Resolves when the thread is free for the next turn. */
  #free: Promise<void> = Promise.resolve();
  readonly #unfinished = new Set<Promise<unknown>>();

  /** @param signal  when aborted, a block that waits for the store is given up with the store's error */
  constructor(context: PipelineContext, events: LaneEvents, signal?: AbortSignal) {
    this.context = context;
    this.#events = events;
    this.#signal = signal;
  }

  /** See `Lane.submit`. */
  run(block: LaneBlock): Promise<LaneResult> {
    const before = block.followsOn ? this.finished() : undefined;
    const running = this.#run(block, before);
    this.#unfinished.add(running);
    return running.finally(() => this.#unfinished.delete(running));
  }

  /** Changes what blocks work with, between two of them. */
  change(context: Partial<Pick<PipelineContext, 'catalogs' | 'provenanceId'>>): Promise<void> {
    return this.#inTurn(async () => {
      Object.assign(this.context, context);
    });
  }

  /** Resolves when all blocks submitted so far have ended, well or not. */
  async finished(): Promise<void> {
    await Promise.allSettled(this.#unfinished);
  }

  async #run(block: LaneBlock, before: Promise<void> | undefined): Promise<LaneResult> {
    if (before !== undefined) await before;
    const packets = unpackBlock(block);
    let waitMs = FIRST_WAIT_MS;
    let stalled = false;
    for (;;) {
      try {
        const batch = await this.#inTurn((onComputed) =>
          runBatch({ packets, published: block.published, lowWater: block.lowWater, onComputed }, this.context),
        );
        if (stalled) this.#events.onStall(undefined);
        const result = toResult(batch);
        this.context.store.release(batch.loci.storedLoci.values());
        return result;
      } catch (error) {
        if (!PASSING.has(errorCode(error)) || this.#signal?.aborted === true) throw error;
        if (!stalled) this.#events.onStall({ code: errorCode(error), message: errorMessage(error) });
        stalled = true;
        await sleep(waitMs, undefined, { signal: this.#signal }).catch(() => undefined);
        waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
      }
    }
  }

  /** Runs work when those who asked before have given up their turn, by calling `leave` or by ending. */
  async #inTurn<T>(work: (leave: () => void) => Promise<T>): Promise<T> {
    const free = this.#free;
    let leave = (): void => undefined;
    this.#free = new Promise((resolve) => {
      leave = resolve;
    });
    await free;
    try {
      return await work(leave);
    } finally {
      leave();
    }
  }
}

function unpackBlock(block: LaneBlock): RawPacket[] {
  return block.names.map((name, i) => {
    const at = i * BLOCK_STRIDE;
    return {
      bytes: new Uint8Array(block.memories[block.packets[at]!]!, block.packets[at + 1]!, block.packets[at + 2]!),
      ordinal: block.packets[at + 3]!,
      source: block.sources[block.sourceOf[i]!]!,
      name,
      receivedAtMs: block.packets[at + 4]!,
      fault: block.faults.get(i),
    };
  });
}

function toResult(batch: Batch): LaneResult {
  const result = {
    received: 0,
    stored: 0,
    duplicate: 0,
    rejected: 0,
    reasons: {} as Record<string, number>,
    lociCreated: batch.lociCreated,
    pending: batch.pending,
    newTags: {} as Record<string, number>,
    crashes: [] as { filter: string; crashLogId: string }[],
  };
  for (const entry of tallyLedger(batch)) {
    result.received += entry.received;
    result.stored += entry.stored;
    result.duplicate += entry.duplicate;
    result.rejected += entry.rejected;
    for (const [reason, count] of Object.entries(entry.reasons)) {
      result.reasons[reason] = (result.reasons[reason] ?? 0) + count;
    }
  }
  for (const { filterOutcome } of batch.alerts) {
    for (const tag of filterOutcome?.tagsAdded ?? []) result.newTags[tag] = (result.newTags[tag] ?? 0) + 1;
    for (const { filter, crashLogId } of filterOutcome?.crashes ?? []) result.crashes.push({ filter, crashLogId });
  }
  return result;
}
