import { BadDetection, type BadDetectionCuts } from './bad-detection.ts';
import { BadSeeing, type BadSeeingCuts } from './bad-seeing.ts';
import type { L1Filter } from './l1-filter.ts';

/** ANTARES' cut on false detections; limits not given are its own. Other members of `cuts` are left alone. */
export function badDetection(cuts: Partial<BadDetectionCuts> = {}): L1Filter {
  return new BadDetection(cuts);
}

/** ANTARES' cut on poor images; limits not given are its own. Other members of `cuts` are left alone. */
export function badSeeing(cuts: Partial<BadSeeingCuts> = {}): L1Filter {
  return new BadSeeing(cuts);
}
