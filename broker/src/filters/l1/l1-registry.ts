import { BadDetection, type BadDetectionCuts } from './bad-detection.ts';
import { BadSeeing, type BadSeeingCuts } from './bad-seeing.ts';
import type { L1Filter } from './l1-filter.ts';

/** Which L1 filters run: `false` switches one off, an object changes some of its cuts. */
export interface L1Selection {
  readonly badDetection?: boolean | Partial<BadDetectionCuts>;
  readonly badSeeing?: boolean | Partial<BadSeeingCuts>;
}

/** The L1 filters of a configuration, in order: ANTARES' own, with its cuts, unless told otherwise. */
export function selectL1Filters(selection: L1Selection = {}): L1Filter[] {
  const { badDetection = true, badSeeing = true } = selection;
  const filters: L1Filter[] = [];
  if (badDetection !== false) filters.push(new BadDetection(badDetection === true ? {} : badDetection));
  if (badSeeing !== false) filters.push(new BadSeeing(badSeeing === true ? {} : badSeeing));
  return filters;
}
