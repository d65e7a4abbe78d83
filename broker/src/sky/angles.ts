/** Radians in a degree. */
export const RADIANS_PER_DEGREE = Math.PI / 180;
/** Degrees in a radian. */
export const DEGREES_PER_RADIAN = 180 / Math.PI;
/** Arcseconds in a degree. */
export const ARCSEC_PER_DEGREE = 3600;
/** Radians in an arcsecond. */
export const RADIANS_PER_ARCSEC = Math.PI / 648_000;
/** Arcseconds in a radian. */
export const ARCSEC_PER_RADIAN = 648_000 / Math.PI;

/**
 * Sine of an angle in degrees, exact at the multiples of 90.
 *
 * The angle is folded to within 45 degrees of the nearest multiple of 90 while it is still in degrees, where that is
 * exact; folding after the conversion would leave 6e-17 where a zero belongs, and cost digits beside it.
 *
 * @param degrees  finite
 */
export function sinDegrees(degrees: number): number {
  const quadrant = Math.round(degrees / 90);
  const rest = (degrees - 90 * quadrant) * RADIANS_PER_DEGREE;
  switch (quadrant & 3) {
    case 0:
      return Math.sin(rest);
    case 1:
      return Math.cos(rest);
    case 2:
      return 0 - Math.sin(rest); // +0, not −0, at the multiple itself
    default:
      return -Math.cos(rest);
  }
}

/** Cosine of an angle in degrees, exact at the multiples of 90; otherwise as {@link sinDegrees}. */
export function cosDegrees(degrees: number): number {
  const quadrant = Math.round(degrees / 90);
  const rest = (degrees - 90 * quadrant) * RADIANS_PER_DEGREE;
  switch (quadrant & 3) {
    case 0:
      return Math.cos(rest);
    case 1:
      return 0 - Math.sin(rest); // +0, not −0, at the multiple itself
    case 2:
      return -Math.cos(rest);
    default:
      return Math.sin(rest);
  }
}
