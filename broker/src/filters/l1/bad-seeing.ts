import type { FilterAlert } from '../filter.ts';
import { findRangeObjection, L1Filter } from './l1-filter.ts';

/** Limits of `BadSeeing`, all inclusive. */
export interface BadSeeingCuts {
  /** Largest width of the source at half its peak [pixels of about 1 arcsec]. */
  readonly maxFwhmPixels: number;
  /** Largest ratio of its major and minor axes. */
  readonly maxElongation: number;
}

/** ANTARES' own cuts on the live ZTF stream. */
export const BAD_SEEING_CUTS: BadSeeingCuts = { maxFwhmPixels: 5, maxElongation: 1.2 };

/**
 * Stops detections on poor images, and sources that are drawn out: trails of satellites, bad columns, bleeding stars.
 *
 * Kept: fwhm <= 5 pixels, elong <= 1.2 (`ztf_fwhm`, `ztf_elong`, both of the source as SExtractor measured it); what a
 * packet lacks is not asked. These are the cuts of ANTARES for ZTF; alerts of other surveys pass.
 */
export class BadSeeing extends L1Filter {
  readonly name = 'bad_seeing';
  readonly description: string;
  readonly #cuts: BadSeeingCuts;

  constructor(cuts: Partial<BadSeeingCuts> = {}) {
    super();
    this.#cuts = { ...BAD_SEEING_CUTS, ...cuts };
    const { maxFwhmPixels, maxElongation } = this.#cuts;
    this.description = `Keeps alerts with a width of at most ${maxFwhmPixels} pixels and an elongation of at most ${maxElongation}.`;
  }

  findObjection({ properties }: FilterAlert): string | undefined {
    const { maxFwhmPixels, maxElongation } = this.#cuts;
    const lowest = Number.NEGATIVE_INFINITY;
    return (
      findRangeObjection('ztf_fwhm', properties.number('ztf_fwhm'), lowest, maxFwhmPixels) ??
      findRangeObjection('ztf_elong', properties.number('ztf_elong'), lowest, maxElongation)
    );
  }
}
