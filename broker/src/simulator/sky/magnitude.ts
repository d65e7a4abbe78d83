/** AB magnitude of one nanojansky. */
const ZERO_POINT = 31.4;

/** Flux [nJy] of an AB magnitude. */
export function fluxOf(magnitude: number): number {
  return 10 ** (0.4 * (ZERO_POINT - magnitude));
}

/** AB magnitude of a flux [nJy]; NaN for none or a negative one. */
export function magnitudeOf(flux: number): number {
  return flux > 0 ? ZERO_POINT - 2.5 * Math.log10(flux) : Number.NaN;
}
