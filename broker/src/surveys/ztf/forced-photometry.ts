import { AB_ZERO_POINT_NJY, POGSON } from '../ab-magnitude.ts';

/** A forced measurement: flux signed, magnitude of its absolute value. */
export interface ForcedPhotometry {
  /** On the difference image [nJy]. */
  readonly flux: number;
  readonly fluxErr: number;
  /** AB magnitude of |flux|, and its error [mag]. At any significance: compare flux and error before believing it. */
  readonly mag: number;
  readonly magErr: number;
}

/**
 * Calibrates a row of `fp_hists`: flux [nJy] = counts · 10^((31.4 − magzpsci) / 2.5).
 *
 * @param counts       `forcediffimflux` [data numbers]
 * @param countsError  `forcediffimfluxunc` [data numbers]
 * @param zeroPoint    `magzpsci` [mag]
 * @returns            undefined for rows that say that nothing was measured: null, 0 or -99999
 * @see                project notes on science, section 8
 */
export function forcedPhotometry(counts: number, countsError: number, zeroPoint: number): ForcedPhotometry | undefined {
  if (!Number.isFinite(counts) || counts === 0 || counts <= -99_999) return undefined;
  if (!Number.isFinite(countsError) || countsError <= 0 || !(zeroPoint > 0)) return undefined;
  const scale = 10 ** ((AB_ZERO_POINT_NJY - zeroPoint) / 2.5);
  const flux = counts * scale;
  const fluxErr = countsError * scale;
  return {
    flux,
    fluxErr,
    mag: AB_ZERO_POINT_NJY - 2.5 * Math.log10(Math.abs(flux)),
    magErr: (POGSON * fluxErr) / Math.abs(flux),
  };
}
