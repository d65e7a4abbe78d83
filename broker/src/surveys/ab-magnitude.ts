/** Zero point of AB magnitudes for fluxes in nanojansky [mag]. */
export const AB_ZERO_POINT_NJY = 31.4;

/** Magnitude error of one relative flux error: 2.5 / ln 10 = 1.0857. */
export const POGSON = 2.5 / Math.LN10;

/** AB magnitude of a flux; NaN for zero and negative fluxes, which have none. @param flux  [nJy] */
export function abMagnitude(flux: number): number {
  return flux > 0 && flux < Number.POSITIVE_INFINITY ? AB_ZERO_POINT_NJY - 2.5 * Math.log10(flux) : Number.NaN;
}

/** Error of the AB magnitude of a flux [mag]; NaN where there is no magnitude or no error. */
export function abMagnitudeError(flux: number, fluxError: number): number {
  return flux > 0 && flux < Number.POSITIVE_INFINITY && fluxError >= 0 ? (POGSON * fluxError) / flux : Number.NaN;
}

/** The magnitude that is just seen at five sigma; NaN without an error. @param fluxError  [nJy] */
export function fiveSigmaLimit(fluxError: number): number {
  return fluxError > 0 && fluxError < Number.POSITIVE_INFINITY
    ? AB_ZERO_POINT_NJY - 2.5 * Math.log10(5 * fluxError)
    : Number.NaN;
}
