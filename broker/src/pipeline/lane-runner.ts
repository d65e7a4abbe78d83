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
 * Runs blocks through the pipeline in the thread it is in.
 *
 * When the store is full or away it says so once, waits, and runs the same block again until it goes through.
 */
export class LaneRunner {
  readonly context: PipelineContext;
  readonly #events: LaneEvents;
  readonly #signal: AbortSignal | undefined;

  /** @param signal  when aborted, a block that waits for the store is given up with the store's error */
  constructor(context: PipelineContext, events: LaneEvents, signal?: AbortSignal) {
    this.context = context;
    this.#events = events;
    this.#signal = signal;
  }

  /** See `Lane.submit`. */
  async run(block: LaneBlock): Promise<LaneResult> {
    const packets = unpackBlock(block);
    let waitMs = FIRST_WAIT_MS;
    let stalled = false;
    for (;;) {
      try {
        const batch = await runBatch({ packets, published: block.published, lowWater: block.lowWater }, this.context);
        if (stalled) this.#events.onStall(undefined);
        return toResult(batch);
      } catch (error) {
        if (!PASSING.has(errorCode(error)) || this.#signal?.aborted === true) throw error;
        if (!stalled) this.#events.onStall({ code: errorCode(error), message: errorMessage(error) });
        stalled = true;
        await sleep(waitMs, undefined, { signal: this.#signal }).catch(() => undefined);
        waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
      }
    }
  }
}

function unpackBlock(block: LaneBlock): RawPacket[] {
  return block.names.map((name, i) => {
    const at = i * BLOCK_STRIDE;
    return {
      bytes: new Uint8Array(block.memory, block.packets[at]!, block.packets[at + 1]!),
      ordinal: block.packets[at + 2]!,
      source: block.sources[block.sourceOf[i]!]!,
      name,
      receivedAtMs: block.packets[at + 3]!,
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
