import type { FilterAlert } from '../filter.ts';
import { findRangeObjection, L1Filter } from './l1-filter.ts';

/** Limits of `BadDetection`, all inclusive. */
export interface BadDetectionCuts {
  /** Lowest real-bogus score [0 to 1]. */
  readonly minRealBogus: number;
  /** Highest number of bad pixels in the 5 x 5 pixels around the source. */
  readonly maxBadPixels: number;
  /** Largest difference between aperture and point-source magnitude, either way [mag]. */
  readonly maxMagnitudeDifference: number;
}

/** ANTARES' own cuts on the live ZTF stream. */
export const BAD_DETECTION_CUTS: BadDetectionCuts = { minRealBogus: 0.55, maxBadPixels: 0, maxMagnitudeDifference: 1 };

/**
 * Stops detections that are probably none.
 *
 * A subtraction artefact betrays itself in three ways: the classifier that looked at its cut-outs gives it a low
 * real-bogus score (`ztf_rb`); it lies on pixels that are masked as bad (`ztf_nbad`); or it is not shaped like a star, so
 * that the light in an aperture and the light of the fitted profile disagree (`ztf_magdiff`, aperture minus profile).
 *
 * Kept: rb >= 0.55, nbad = 0, -1 <= magdiff <= 1; what a packet lacks is not asked. These are the cuts of ANTARES for
 * ZTF. LSST's `reliability` is on another scale, and no cut on it is published: LSST alerts pass.
 */
export class BadDetection extends L1Filter {
  readonly name = 'bad_detection';
  readonly description: string;
  readonly #cuts: BadDetectionCuts;

  constructor(cuts: Partial<BadDetectionCuts> = {}) {
    super();
    this.#cuts = { ...BAD_DETECTION_CUTS, ...cuts };
    const { minRealBogus, maxBadPixels, maxMagnitudeDifference } = this.#cuts;
    this.description = `Keeps alerts with a real-bogus score of at least ${minRealBogus}, at most ${maxBadPixels} bad pixels, and aperture and profile magnitudes within ${maxMagnitudeDifference} mag.`;
  }

  findObjection({ properties }: FilterAlert): string | undefined {
    const { minRealBogus, maxBadPixels, maxMagnitudeDifference } = this.#cuts;
    return (
      findRangeObjection('ztf_rb', properties.number('ztf_rb'), minRealBogus, Number.POSITIVE_INFINITY) ??
      findRangeObjection('ztf_nbad', properties.number('ztf_nbad'), Number.NEGATIVE_INFINITY, maxBadPixels) ??
      findRangeObjection(
        'ztf_magdiff',
        properties.number('ztf_magdiff'),
        -maxMagnitudeDifference,
        maxMagnitudeDifference,
      )
    );
  }
}
