import { arcsecOfSquaredChord, squaredChord, squaredChordOfRadius } from './separation.ts';

/** A neighbour that was found: its place among the candidates, and how far away it is. */
export interface Nearest {
  readonly index: number;
  readonly separationArcsec: number;
}

/**
 * The nearest of some candidates, if it is within a radius: the association rule of loci (1.000 arcsec, inclusive).
 *
 * @param x, y, z       unit vector of the position
 * @param candidates    unit vectors, n × 3, row-major
 * @param count         n
 * @param radiusArcsec  inclusive
 * @returns             of equally near ones the first; undefined when none is within the radius
 */
export function findNearest(
  x: number,
  y: number,
  z: number,
  candidates: ArrayLike<number>,
  count: number,
  radiusArcsec: number,
): Nearest | undefined {
  let index = -1;
  let least = squaredChordOfRadius(radiusArcsec);
  for (let i = 0; i < count; i += 1) {
    const at = 3 * i;
    const squared = squaredChord(x, y, z, candidates[at]!, candidates[at + 1]!, candidates[at + 2]!);
    if (squared < least || (squared === least && index < 0)) {
      index = i;
      least = squared;
    }
  }
  return index < 0 ? undefined : { index, separationArcsec: arcsecOfSquaredChord(least) };
}
