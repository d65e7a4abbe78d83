import { AntaresError } from '../model/errors.ts';
import { cosDegrees, DEGREES_PER_RADIAN, sinDegrees } from './angles.ts';

/** A direction on the sky: ICRS, degrees, ra ∈ [0, 360), dec ∈ [−90, 90]. */
export interface SkyPosition {
  readonly ra: number;
  readonly dec: number;
}

/** The same direction as a vector of length 1: x toward RA 0 Dec 0, y toward RA 90 Dec 0, z toward the north pole. */
export interface UnitVector {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/**
 * A right ascension, or any longitude, brought to [0, 360).
 *
 * 360 and −0 become 0; so does a negative angle so small that adding 360 would round to 360.
 *
 * @param degrees  finite; NaN stays NaN
 */
export function normalizeRa(degrees: number): number {
  const turned = degrees % 360;
  if (turned >= 0) return turned + 0; // −0 + 0 is 0
  const positive = turned + 360;
  return positive === 360 ? 0 : positive;
}

/** Whether two numbers are a position: both finite, dec ∈ [−90, 90]. Any finite ra counts, as it can be normalised. */
export function isPosition(ra: number, dec: number): boolean {
  return Number.isFinite(ra) && dec >= -90 && dec <= 90;
}

/**
 * A checked position with ra in [0, 360).
 *
 * @param ra   degrees, ICRS, any finite number
 * @param dec  degrees, ICRS, [−90, 90]
 * @throws     SKY_POSITION_OUT_OF_RANGE
 */
export function toPosition(ra: number, dec: number): SkyPosition {
  if (!isPosition(ra, dec)) {
    throw new AntaresError(
      'SKY_POSITION_OUT_OF_RANGE',
      `expected ra finite and dec within [-90, 90], both degrees; got ra ${ra}, dec ${dec}`,
    );
  }
  return { ra: normalizeRa(ra), dec };
}

/**
 * Writes the unit vector of a position to `out[at]`, `out[at + 1]`, `out[at + 2]`.
 *
 * Good to 2e-16 in each component, and exact where ra or dec is a multiple of 90 degrees. Nothing is checked.
 *
 * @param ra   degrees, ICRS, finite
 * @param dec  degrees, ICRS, [−90, 90]
 */
export function writeUnitVector(ra: number, dec: number, out: Float64Array, at: number): void {
  const cosDec = cosDegrees(dec);
  out[at] = cosDec * cosDegrees(ra);
  out[at + 1] = cosDec * sinDegrees(ra);
  out[at + 2] = sinDegrees(dec);
}

/** The unit vector of a position; see {@link writeUnitVector} for its precision. */
export function toUnitVector(ra: number, dec: number): UnitVector {
  const cosDec = cosDegrees(dec);
  return { x: cosDec * cosDegrees(ra), y: cosDec * sinDegrees(ra), z: sinDegrees(dec) };
}

/**
 * The position of a vector of any length but zero.
 *
 * @returns ICRS degrees, ra ∈ [0, 360); ra is 0 at the poles
 */
export function positionOfVector(x: number, y: number, z: number): SkyPosition {
  return {
    ra: x === 0 && y === 0 ? 0 : normalizeRa(Math.atan2(y, x) * DEGREES_PER_RADIAN),
    dec: Math.atan2(z, Math.sqrt(x * x + y * y)) * DEGREES_PER_RADIAN,
  };
}
