import { toPosition, toUnitVector } from '../position.ts';
import { type HtmId, htmAncestor, toHtmLevel } from './htm-id.ts';

/**
 * The trixel that a direction lies in.
 *
 * One descent gives every level: the ids at shallower levels are {@link htmAncestor} of the deepest.
 *
 * On a boundary the choice is that of LSST's sphgeom: Dec 0 is north, the meridian between two faces belongs to the one
 * to its east, and a point on an edge between children goes to the corner child, not to the middle one. Within 1e-15
 * radians of an edge rounding decides; what comes back is always a trixel of the level asked for, and holds the point to
 * that precision.
 *
 * @param x, y, z  unit vector; NaN gives a trixel without meaning
 * @param level    integer, [0, 24]
 * @throws         SKY_LEVEL_OUT_OF_RANGE
 */
export function htmIdAt(x: number, y: number, z: number, level: number): HtmId {
  toHtmLevel(level);

  // Turn the sky so that the point becomes the north pole (e1, e2, point: a right-handed orthonormal frame). Which side
  // of an edge (a, b) the point is on is then the sign of a1·b2 − a2·b1: three operations where the triple product takes
  // seventeen, and more precise, because close corners have small components.
  const sign = z < 0 ? -1 : 1;
  const h = -1 / (sign + z);
  const xy = x * y * h;
  const e1x = 1 + sign * x * x * h;
  const e1y = sign * xy;
  const e1z = -sign * x;
  const e2x = xy;
  const e2y = sign + y * y * h;
  const e2z = -y;

  // The face. Corner vectors are axes, so in the new frame they are columns of the rotation, with a sign.
  let sx: number; // signs of the x and y axes among the corners
  let sy: number;
  if (y > 0) {
    sy = 1;
    sx = x > 0 ? 1 : -1;
  } else if (y === 0) {
    sx = x >= 0 ? 1 : -1;
    sy = sx;
  } else {
    sy = -1;
    sx = x < 0 ? -1 : 1;
  }
  const quadrant = sx > 0 ? (sy > 0 ? 0 : 3) : sy > 0 ? 1 : 2;
  // South runs with RA (S0 is quadrant 0), north against it (N3 is quadrant 0).
  const north = z >= 0;
  // Corners: an axis of the equator, the pole, the other axis. In the order that makes them counter-clockwise, the first
  // is x in quadrants 0 and 2 of the south and in 1 and 3 of the north.
  const xFirst = north === (quadrant % 2 === 1);
  const poleSign = north ? 1 : -1;
  let a1 = xFirst ? sx * e1x : sy * e1y;
  let a2 = xFirst ? sx * e2x : sy * e2y;
  let a3 = xFirst ? sx * x : sy * y;
  let b1 = poleSign * e1z;
  let b2 = poleSign * e2z;
  let b3 = poleSign * z;
  let c1 = xFirst ? sy * e1y : sx * e1x;
  let c2 = xFirst ? sy * e2y : sx * e2x;
  let c3 = xFirst ? sy * y : sx * x;

  let id = north ? 15 - quadrant : 8 + quadrant;
  for (let depth = 0; depth < level; depth += 1) {
    // Midpoints of the edges opposite to a, b, c: which side of the lines between them the point is on does not depend on
    // their length, so the square roots run beside the comparisons and not before them.
    let u1 = b1 + c1;
    let u2 = b2 + c2;
    let u3 = b3 + c3;
    let v1 = a1 + c1;
    let v2 = a2 + c2;
    let v3 = a3 + c3;
    let w1 = a1 + b1;
    let w2 = a2 + b2;
    let w3 = a3 + b3;
    const uScale = 1 / Math.sqrt(u1 * u1 + u2 * u2 + u3 * u3);
    const vScale = 1 / Math.sqrt(v1 * v1 + v2 * v2 + v3 * v3);
    const wScale = 1 / Math.sqrt(w1 * w1 + w2 * w2 + w3 * w3);
    const besideA = w1 * v2 - w2 * v1;
    const besideB = u1 * w2 - u2 * w1;
    const besideC = v1 * u2 - v2 * u1;
    u1 *= uScale;
    u2 *= uScale;
    u3 *= uScale;
    v1 *= vScale;
    v2 *= vScale;
    v3 *= vScale;
    w1 *= wScale;
    w2 *= wScale;
    w3 *= wScale;
    id *= 4;
    if (besideA >= 0) {
      b1 = w1;
      b2 = w2;
      b3 = w3;
      c1 = v1;
      c2 = v2;
      c3 = v3;
    } else if (besideB >= 0) {
      a1 = b1;
      a2 = b2;
      a3 = b3;
      b1 = u1;
      b2 = u2;
      b3 = u3;
      c1 = w1;
      c2 = w2;
      c3 = w3;
      id += 1;
    } else if (besideC >= 0) {
      a1 = c1;
      a2 = c2;
      a3 = c3;
      b1 = v1;
      b2 = v2;
      b3 = v3;
      c1 = u1;
      c2 = u2;
      c3 = u3;
      id += 2;
    } else {
      a1 = u1;
      a2 = u2;
      a3 = u3;
      b1 = v1;
      b2 = v2;
      b3 = v3;
      c1 = w1;
      c2 = w2;
      c3 = w3;
      id += 3;
    }
  }
  return id as HtmId;
}

/**
 * The trixel that a position lies in; boundaries as in {@link htmIdAt}.
 *
 * @param ra, dec  ICRS degrees; any finite ra, 360 is 0
 * @param level    integer, [0, 24]
 * @throws         SKY_POSITION_OUT_OF_RANGE, SKY_LEVEL_OUT_OF_RANGE
 */
export function htmIdOf(ra: number, dec: number, level: number): HtmId {
  const position = toPosition(ra, dec);
  const { x, y, z } = toUnitVector(position.ra, position.dec);
  return htmIdAt(x, y, z, level);
}

/**
 * The trixels of a position at several levels, from one descent.
 *
 * @returns one id per level, in the order of `levels`
 * @throws  SKY_POSITION_OUT_OF_RANGE, SKY_LEVEL_OUT_OF_RANGE
 */
export function htmIdsOf(ra: number, dec: number, levels: readonly number[]): HtmId[] {
  let deepest = 0;
  for (const level of levels) deepest = Math.max(deepest, toHtmLevel(level));
  const id = htmIdOf(ra, dec, deepest);
  return levels.map((level) => htmAncestor(id, level));
}
