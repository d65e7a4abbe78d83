import { ARCSEC_PER_RADIAN, cosDegrees, DEGREES_PER_RADIAN, RADIANS_PER_ARCSEC, sinDegrees } from './angles.ts';
import { normalizeRa } from './position.ts';

/**
 * How far beyond a radius still counts as on it [arcsec].
 *
 * Comparisons with a radius are inclusive, and a right ascension near 360 degrees is known to 2e-10 arcsec only: without
 * an allowance for rounding, a point placed exactly on the rim would be in or out by chance.
 */
export const RIM_ALLOWANCE_ARCSEC = 1e-9;

/** Squared length of the chord between two unit vectors, [0, 4]: grows with the angle, and is precise for small ones. */
export function squaredChord(ax: number, ay: number, az: number, bx: number, by: number, bz: number): number {
  const x = ax - bx;
  const y = ay - by;
  const z = az - bz;
  return x * x + y * y + z * z;
}

/** Squared chord of an angle in radians, [0, π]. Never through its cosine, which loses angles below a microradian. */
export function squaredChordOfAngle(radians: number): number {
  const half = Math.sin(radians / 2);
  return 4 * half * half;
}

/**
 * The squared chord up to which two directions count as within a radius of each other: inclusive, see
 * {@link RIM_ALLOWANCE_ARCSEC}.
 *
 * @param radiusArcsec  arcseconds, ≥ 0; from 648000 (180 degrees) on everything is within. NaN: nothing is
 */
export function squaredChordOfRadius(radiusArcsec: number): number {
  if (radiusArcsec >= 648_000) return Number.POSITIVE_INFINITY;
  return squaredChordOfAngle((radiusArcsec + RIM_ALLOWANCE_ARCSEC) * RADIANS_PER_ARCSEC);
}

/**
 * The angle of a squared chord.
 *
 * Precise to rounding up to 90 degrees; toward 180 degrees the chord stops growing and the angle is good to
 * 1e-16 / (180° − angle) radians only: use {@link vectorSeparationArcsec} there.
 *
 * @returns arcseconds, [0, 648000]
 */
export function arcsecOfSquaredChord(squared: number): number {
  return squared >= 4 ? 648_000 : 2 * Math.asin(Math.sqrt(squared) / 2) * ARCSEC_PER_RADIAN;
}

/**
 * Great-circle separation of two unit vectors, precise from nought to 180 degrees.
 *
 * @returns arcseconds, [0, 648000]
 */
export function vectorSeparationArcsec(ax: number, ay: number, az: number, bx: number, by: number, bz: number): number {
  const squared = squaredChord(ax, ay, az, bx, by, bz);
  if (squared <= 2) return arcsecOfSquaredChord(squared);
  const cx = ay * bz - az * by;
  const cy = az * bx - ax * bz;
  const cz = ax * by - ay * bx;
  return Math.atan2(Math.sqrt(cx * cx + cy * cy + cz * cz), ax * bx + ay * by + az * bz) * ARCSEC_PER_RADIAN;
}

/** Whether two unit vectors are within a radius of each other, inclusive. */
export function isWithin(
  ax: number,
  ay: number,
  az: number,
  bx: number,
  by: number,
  bz: number,
  radiusArcsec: number,
): boolean {
  return squaredChord(ax, ay, az, bx, by, bz) <= squaredChordOfRadius(radiusArcsec);
}

/**
 * Great-circle separation of two positions.
 *
 * The differences are taken in degrees, where they lose nothing, so that even separations of a nano-arcsecond keep all
 * their digits; the arctangent keeps them near 180 degrees as well.
 *
 * @param ra1, dec1, ra2, dec2  ICRS degrees
 * @returns                     arcseconds, [0, 648000]
 */
export function separationArcsec(ra1: number, dec1: number, ra2: number, dec2: number): number {
  const east = eastward(ra1, ra2, dec2);
  const north = northward(ra1, dec1, ra2, dec2);
  const along =
    sinDegrees(dec1) * sinDegrees(dec2) + cosDegrees(dec1) * cosDegrees(dec2) * cosDegrees(raDifference(ra1, ra2));
  return Math.atan2(Math.sqrt(east * east + north * north), along) * ARCSEC_PER_RADIAN;
}

/**
 * Direction of the second position as seen from the first: position angle, north through east.
 *
 * At a pole the right ascension given still names the meridian that counts as "from where"; between two poles the angle
 * is the limit of positions that approach them along their meridians. Coinciding positions elsewhere give 0.
 *
 * @param ra1, dec1, ra2, dec2  ICRS degrees
 * @returns                     degrees, [0, 360)
 */
export function positionAngleDegrees(ra1: number, dec1: number, ra2: number, dec2: number): number {
  let east = eastward(ra1, ra2, dec2);
  let north = northward(ra1, dec1, ra2, dec2);
  if (east === 0 && north === 0 && Math.abs(dec1) === 90) {
    const difference = raDifference(ra1, ra2);
    const half = dec1 === dec2 ? sinDegrees(difference / 2) : cosDegrees(difference / 2);
    east = sinDegrees(difference);
    north = 2 * half * half * Math.sign(dec2);
  }
  return east === 0 && north === 0 ? 0 : normalizeRa(Math.atan2(east, north) * DEGREES_PER_RADIAN);
}

/**
 * From the first to the second right ascension the short way round: degrees, [−180, 180].
 *
 * Across RA 0 the larger of the two is turned back first, which is exact; subtracting first would not be.
 */
function raDifference(ra1: number, ra2: number): number {
  const from = normalizeRa(ra1);
  const to = normalizeRa(ra2);
  if (to - from > 180) return to - 360 - from;
  if (to - from < -180) return to - (from - 360);
  return to - from;
}

/** Component toward the east, at the first position, of the unit vector of the second. */
function eastward(ra1: number, ra2: number, dec2: number): number {
  return cosDegrees(dec2) * sinDegrees(raDifference(ra1, ra2));
}

/** Component toward the north. Textbooks write cos d1 sin d2 − sin d1 cos d2 cos Δra, which cancels for neighbours. */
function northward(ra1: number, dec1: number, ra2: number, dec2: number): number {
  const half = sinDegrees(raDifference(ra1, ra2) / 2);
  return sinDegrees(dec2 - dec1) + 2 * sinDegrees(dec1) * cosDegrees(dec2) * half * half;
}
