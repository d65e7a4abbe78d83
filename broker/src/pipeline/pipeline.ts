import type { Stage } from './stage.ts';
import { receive } from './stages/1-receive.ts';
import { l1Filters } from './stages/2-l1-filters.ts';
import { locusAggregation } from './stages/3-locus-aggregation.ts';
import { catalogAssociation } from './stages/4-catalog-association.ts';
import { watchAssociation } from './stages/5-watch-association.ts';
import { l2Filters } from './stages/6-l2-filters.ts';
import { store } from './stages/7-store.ts';
import { broadcast } from './stages/8-broadcast.ts';

/** The alert pipeline, in order: figure 4 of the paper. */
export const pipeline: readonly Stage[] = [
  receive,
  l1Filters,
  locusAggregation,
  catalogAssociation,
  watchAssociation,
  l2Filters,
  store,
  broadcast,
];
