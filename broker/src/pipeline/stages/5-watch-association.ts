import type { AlertInFlight, Batch, PipelineContext, Stage } from '../stage.ts';

/**
 * Stage 5, watch association: every object of the users' watch lists whose circle holds the locus.
 *
 * Reads the locus' present position and the watch lists' look-up tables; replaces the locus' watch matches. The paper,
 * section 3.
 *
 * Second delivery: does not get here; a repeated look-up would give the same matches.
 */
export const watchAssociation: Stage = {
  name: 'watch association',

  process(alert: AlertInFlight, _batch: Batch, context: PipelineContext): Promise<void> | void {
    const { locus } = alert;
    if (locus === undefined) return;
    const found = context.catalogs.match(locus.ra, locus.dec, 'watch-list');
    if (!(found instanceof Promise)) {
      locus.watchMatches = found;
      return;
    }
    return found.then((matches) => {
      locus.watchMatches = matches;
    });
  },
};
