import { setImmediate as nextTurn } from 'node:timers/promises';
import { releaseAlertProperties } from './alert-properties.ts';
import { LociOfBatch } from './loci-of-batch.ts';
import { pipeline } from './pipeline.ts';
import type { Batch, PipelineContext, RawPacket } from './stage.ts';

/** What a batch is started with. */
export interface BatchInput {
  readonly packets: readonly RawPacket[];
  /** Sequences of messages that are known to be published. */
  readonly published: readonly bigint[];
  /** Per source id: every ordinal below is durable. */
  readonly lowWater: ReadonlyMap<string, number>;
  /** Called when nothing is left but to wait for the store; not when the batch fails before. */
  readonly onComputed?: () => void;
}

/** After so long the thread turns to what has arrived meanwhile: the batch before this one may wait to be written [ms]. */
const TURN_MS = 4;

/**
 * Takes a batch of packets through the pipeline.
 *
 * When it resolves, everything that the batch says is durable. When it rejects, nothing of it is, and the same batch may
 * be run again: every stage reads what it needs anew.
 *
 * @throws ALERT_STORE_FULL, ALERT_STORE_UNREACHABLE  from the store; the caller waits and repeats
 */
export async function runBatch(input: BatchInput, context: PipelineContext): Promise<Batch> {
  const batch: Batch = {
    packets: input.packets,
    alerts: [],
    rejections: [],
    loci: new LociOfBatch(),
    unassociated: [],
    pending: [],
    published: input.published,
    lowWater: input.lowWater,
    lease: undefined,
    staged: undefined,
    lociCreated: 0,
    onComputed: input.onComputed ?? (() => undefined),
  };
  try {
    for (const stage of pipeline) await stage.prepare?.(batch, context);
    let turn = performance.now();
    for (const alert of batch.alerts) {
      for (const stage of pipeline) {
        // Most stages answer at once: awaiting only promises keeps a batch from yielding hundreds of times.
        const answer = stage.process?.(alert, batch, context);
        if (answer !== undefined) await answer;
      }
      releaseAlertProperties(alert);
      if (performance.now() - turn > TURN_MS) {
        await nextTurn();
        turn = performance.now();
      }
    }
    for (const stage of pipeline) await stage.finish?.(batch, context);
    return batch;
  } finally {
    await batch.lease?.release();
  }
}
