import type { AlertInFlight, Batch, PipelineContext, Stage } from '../stage.ts';

/**
 * Stage 6, L2 filters: the science. Each filter, in order, looks at the locus as of this alert and annotates it.
 *
 * Reads the locus; adds tags, locus properties, and properties of the new alert. A filter may halt the ones after it
 * where it is allowed to. One that crashes is disabled at once and its crash recorded; what it had set is taken back and
 * the alert goes on. The paper, sections 4.4 and 6.
 *
 * Second delivery: does not get here.
 */
export const l2Filters: Stage = {
  name: 'L2 filters',

  process(alert: AlertInFlight, _batch: Batch, context: PipelineContext): Promise<void> | void {
    const { locus } = alert;
    if (locus === undefined) return;
    const outcome = context.filters.run(locus, {
      at: Math.floor(alert.raw.receivedAtMs / 1000),
      columns: context.catalogs,
    });
    if (!(outcome instanceof Promise)) {
      alert.filterOutcome = outcome;
      return;
    }
    return outcome.then((settled) => {
      alert.filterOutcome = settled;
    });
  },

  async finish(batch: Batch, context: PipelineContext): Promise<void> {
    for (const { filterOutcome } of batch.alerts) {
      for (const crash of filterOutcome?.crashes ?? []) await context.store.putCrash(crash);
    }
  },
};
