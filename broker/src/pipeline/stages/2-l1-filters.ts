import { lazyAlertProperties } from '../alert-properties.ts';
import type { Batch, PipelineContext, Stage } from '../stage.ts';

/**
 * Stage 2, L1 filters: which alerts run through the rest of the pipeline, and which are only stored.
 *
 * Reads the alert's properties; may say "store only", which keeps the alert without a locus and does nothing else with
 * it. Off for sources that ask for it. The paper, section 4.3.
 *
 * Second delivery: the same verdict, since it depends on the alert alone.
 */
export const l1Filters: Stage = {
  name: 'L1 filters',

  prepare(batch: Batch, context: PipelineContext): void {
    if (context.l1Filters.length === 0) return;
    for (const alert of batch.alerts) {
      if (!alert.raw.source.useL1Filters) continue;
      const view = lazyAlertProperties(alert, context).filterAlert;
      const refusing = context.l1Filters.find((filter) => !filter.accepts(view));
      alert.storeOnlyBecause = refusing?.name;
    }
  },
};
