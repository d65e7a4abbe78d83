/** AB magnitude of a flux of 1 nJy. Exactly 31.4, LSST's convention; the zero point of 3631 Jy differs by 6e-5 mag. */
export const AB_ZERO_POINT_NJY = 31.4;
/** AB magnitude of a flux of 1 μJy. */
export const AB_ZERO_POINT_UJY = 23.9;
/** AB magnitude of a flux of 1 Jy. */
export const AB_ZERO_POINT_JY = 8.9;

/** Magnitudes by which a small relative change of flux shows: 2.5 / ln 10. */
const MAGNITUDES_PER_RELATIVE_FLUX = 2.5 / Math.LN10;

/**
 * AB magnitude of a flux [mag].
 *
 * @param flux       in the unit of the zero point
 * @param zeroPoint  magnitude of a flux of 1; by default that of 1 nJy
 * @returns          NaN for zero, negative or undefined flux: such a source has no magnitude
 */
export function abMagnitude(flux: number, zeroPoint: number = AB_ZERO_POINT_NJY): number {
  return flux > 0 ? zeroPoint - 2.5 * Math.log10(flux) : Number.NaN;
}

/**
 * Error of the AB magnitude of a flux, to first order [mag].
 *
 * @param flux, fluxError  in one unit, whichever
 * @returns                NaN where the flux has no magnitude
 */
export function abMagnitudeError(flux: number, fluxError: number): number {
  return flux > 0 ? (MAGNITUDES_PER_RELATIVE_FLUX * fluxError) / flux : Number.NaN;
}

/** Flux of an AB magnitude, in the unit of the zero point (by default nJy). */
export function fluxOfMagnitude(magnitude: number, zeroPoint: number = AB_ZERO_POINT_NJY): number {
  return 10 ** (0.4 * (zeroPoint - magnitude));
}

/** Error of the flux of a magnitude, to first order, in the unit of the zero point (by default nJy). */
export function fluxErrorOfMagnitude(
  magnitude: number,
  magnitudeError: number,
  zeroPoint: number = AB_ZERO_POINT_NJY,
): number {
  return (fluxOfMagnitude(magnitude, zeroPoint) * magnitudeError) / MAGNITUDES_PER_RELATIVE_FLUX;
}

/**
 * The magnitude at which a source would stand out by so many times its flux error [mag].
 *
 * @param fluxError   in the unit of the zero point
 * @param sigmas      5 by default, the usual limit
 * @returns           NaN for an error that is zero, negative or undefined
 */
export function limitingMagnitude(fluxError: number, sigmas = 5, zeroPoint: number = AB_ZERO_POINT_NJY): number {
  return abMagnitude(sigmas * fluxError, zeroPoint);
}
