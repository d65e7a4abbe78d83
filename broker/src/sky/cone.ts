import { AntaresError } from '../model/errors.ts';
import { type SkyPosition, toPosition, toUnitVector } from './position.ts';
import { squaredChord, squaredChordOfRadius } from './separation.ts';

/** All positions within a radius of a centre, rim included. */
export interface Cone extends SkyPosition {
  /** Arcseconds, [0, 648000]; 648000 is the whole sky. */
  readonly radiusArcsec: number;
}

/**
 * A checked cone, with the ra of its centre in [0, 360).
 *
 * @param ra, dec       ICRS degrees; any finite ra
 * @param radiusArcsec  arcseconds, [0, 648000]
 * @throws              SKY_POSITION_OUT_OF_RANGE, SKY_RADIUS_OUT_OF_RANGE
 */
export function toCone(ra: number, dec: number, radiusArcsec: number): Cone {
  const centre = toPosition(ra, dec);
  if (!(radiusArcsec >= 0 && radiusArcsec <= 648_000)) {
    throw new AntaresError(
      'SKY_RADIUS_OUT_OF_RANGE',
      `expected a radius within [0, 648000] arcseconds (180 degrees); got ${radiusArcsec}`,
    );
  }
  return { ra: centre.ra, dec: centre.dec, radiusArcsec };
}

/** Whether a position lies in a cone, rim included. */
export function coneContains(cone: Cone, ra: number, dec: number): boolean {
  return coneTester(cone)(ra, dec);
}

/** A test for one cone and many positions (ICRS degrees): what depends on the cone alone is worked out once. */
export function coneTester(cone: Cone): (ra: number, dec: number) => boolean {
  const centre = toUnitVector(cone.ra, cone.dec);
  const limit = squaredChordOfRadius(cone.radiusArcsec);
  return (ra, dec) => {
    const { x, y, z } = toUnitVector(ra, dec);
    return squaredChord(centre.x, centre.y, centre.z, x, y, z) <= limit;
  };
}
