/*
 * A difference image shows what changed; the source is that and the reference together. With F(m) = 10^(−0.4 m):
 * F(whole) = F(reference) ± F(difference). ANTARES calls these magnitudes corrected; `surveys` works them out for a whole
 * light curve, with its rules for ZTF. Here is the arithmetic for single points, each flux computed once.
 */

/** Flux relative to that of magnitude 0. */
export function fluxOfMagnitude(mag: number): number {
  return 10 ** (-0.4 * mag);
}

/** Magnitude of a flux relative to that of magnitude 0; NaN where it is not positive. */
export function magnitudeOfFlux(flux: number): number {
  return flux > 0 ? -2.5 * Math.log10(flux) : Number.NaN;
}

/**
 * Error of the whole source's magnitude: both errors in quadrature, each weighted with its flux, over the whole [mag].
 *
 * @param whole  flux of the whole source, > 0
 */
export function wholeMagnitudeError(
  whole: number,
  reference: number,
  referenceMagErr: number,
  difference: number,
  magErr: number,
): number {
  return Math.hypot(difference * magErr, reference * referenceMagErr) / whole;
}
