import { AntaresError } from '../model/errors.ts';
import { RADIANS_PER_ARCSEC } from './angles.ts';
import { HTM_MAX_LEVEL, toHtmLevel } from './htm/htm-id.ts';

/**
 * The number of trixels that an object of the look-up table is meant to meet: fewer would be too large, and full of
 * other objects; more would have to be stored, and looked through by whoever reads a region.
 *
 * @see the paper, section 5
 */
export const TRIXELS_PER_OBJECT = 2.5;

/**
 * Mean perimeter of the trixels of a level [rad], times 2^level. From level 11 on it is the limit, to 6e-8.
 *
 * Found by adding up all trixels of a level; the test does so again.
 */
const SCALED_PERIMETERS = [
  4.71238898038469, 5.497787143782137, 5.727839201801293, 5.788242143516095, 5.803537084742604, 5.8073731758852,
  5.808332974346981, 5.808572972496011, 5.808632975067457, 5.808647975899969, 5.808651726119951,
];
const SCALED_PERIMETER_LIMIT = 5.808652976193279;

/** Mean perimeter of the trixels of a level [rad]. */
export function meanTrixelPerimeter(level: number): number {
  return (SCALED_PERIMETERS[toHtmLevel(level)] ?? SCALED_PERIMETER_LIMIT) / 2 ** level;
}

/**
 * How many trixels of a level a circle meets, on average over all places on the sky.
 *
 * Exact, as trixels and circles are convex (Steiner's formula on the sphere): one for the centre, one part that grows with
 * the perimeter of trixels and one with the area of the circle.
 *
 * @param radiusArcsec  arcseconds, [0, 324000]
 */
export function meanTrixelsOfCircle(radiusArcsec: number, level: number): number {
  const radius = radiusArcsec * RADIANS_PER_ARCSEC;
  const trixels = 8 * 4 ** level;
  return (
    Math.cos(radius) +
    (trixels * meanTrixelPerimeter(level) * Math.sin(radius)) / (4 * Math.PI) +
    trixels * Math.sin(radius / 2) ** 2
  );
}

/** For each level the largest radius for which it is still the best [arcsec]; level 0 is the best for all beyond. */
const LARGEST_RADII: readonly number[] = Array.from({ length: HTM_MAX_LEVEL + 1 }, (_, level) =>
  level === 0 ? Number.POSITIVE_INFINITY : radiusWhereLevelsTie(level),
);

/**
 * The largest radius for which a level is still the one in use [arcsec]; infinite for level 0.
 *
 * @throws SKY_LEVEL_OUT_OF_RANGE
 */
export function largestRadiusOfLevel(level: number): number {
  return LARGEST_RADII[toHtmLevel(level)]!;
}

/**
 * The level at which the look-up table keeps an object of some radius: where the mean number of trixels it meets is
 * nearest to 2.5.
 *
 * For radii below a degree that is floor(log2(0.4497 / radius in radians)): 1 arcsec gives level 16.
 *
 * @param radiusArcsec  arcseconds, ≥ 0
 * @returns             [0, 24]: 24 for everything below 0.0055 arcsec, 0 for everything above 14.2 degrees
 * @throws              SKY_RADIUS_OUT_OF_RANGE
 * @see                 the paper, section 5
 */
export function levelForRadius(radiusArcsec: number): number {
  if (!(radiusArcsec >= 0)) {
    throw new AntaresError('SKY_RADIUS_OUT_OF_RANGE', `expected a radius of 0 arcseconds or more; got ${radiusArcsec}`);
  }
  let level = HTM_MAX_LEVEL;
  while (radiusArcsec > LARGEST_RADII[level]!) level -= 1;
  return level;
}

/** The radius at which a level meets as many trixels too many as the level above it too few [arcsec]. */
function radiusWhereLevelsTie(level: number): number {
  let low = 0;
  let high = 90 * 3600;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) return low;
    if (meanTrixelsOfCircle(middle, level) + meanTrixelsOfCircle(middle, level - 1) <= 2 * TRIXELS_PER_OBJECT)
      low = middle;
    else high = middle;
  }
}
