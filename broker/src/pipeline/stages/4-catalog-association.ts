import type { AlertInFlight, Batch, PipelineContext, Stage } from '../stage.ts';

/**
 * Stage 4, catalogue association: every catalogue object whose circle holds the locus, with its separation.
 *
 * Reads the locus' present position and the catalogues' look-up tables; replaces the locus' catalogue matches. All
 * matches count, not the nearest alone. The paper, section 5.
 *
 * Second delivery: does not get here; a repeated look-up would give the same matches.
 */
export const catalogAssociation: Stage = {
  name: 'catalogue association',

  process(alert: AlertInFlight, _batch: Batch, context: PipelineContext): Promise<void> | void {
    const { locus } = alert;
    if (locus === undefined) return;
    const found = context.catalogs.match(locus.ra, locus.dec, 'catalog');
    if (!(found instanceof Promise)) {
      locus.catalogMatches = found;
      return;
    }
    return found.then((matches) => {
      locus.catalogMatches = matches;
    });
  },
};
