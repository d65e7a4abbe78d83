import { DEGREES_PER_RADIAN } from 'antares/sky/angles.js';
import { writeUnitVector } from 'antares/sky/position.js';

/** Positions as columns [deg, ICRS], and as unit vectors, n × 3, row-major. */
export interface SkySample {
  readonly ra: Float64Array;
  readonly dec: Float64Array;
  readonly vectors: Float64Array;
}

/** A seeded stream of numbers in [0, 1) (xorshift on 32 bits): the same on every machine. */
export function seededRandom(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Positions with their unit vectors, from a function that gives one at a time [deg]. */
export function sample(count: number, draw: () => readonly [ra: number, dec: number]): SkySample {
  const ra = new Float64Array(count);
  const dec = new Float64Array(count);
  const vectors = new Float64Array(3 * count);
  for (let i = 0; i < count; i += 1) {
    [ra[i], dec[i]] = draw() as [number, number];
    writeUnitVector(ra[i]!, dec[i]!, vectors, 3 * i);
  }
  return { ra, dec, vectors };
}

/** A position uniform on the sphere [deg]. */
export function uniformPosition(random: () => number): [ra: number, dec: number] {
  return [360 * random(), Math.asin(2 * random() - 1) * DEGREES_PER_RADIAN];
}

/**
 * Time of one pass over a sample, divided by its size [ns]: the median of some passes, after one to warm up.
 *
 * @param work  does all of it once, and returns a number that depends on all, so that nothing can be left out
 */
export function nanosecondsEach(count: number, work: () => number, passes = 7): number {
  let sink = work();
  const times: number[] = [];
  for (let pass = 0; pass < passes; pass += 1) {
    const start = process.hrtime.bigint();
    sink += work();
    times.push(Number(process.hrtime.bigint() - start) / count);
  }
  if (Number.isNaN(sink)) throw new TypeError('the work of a benchmark returned NaN');
  return times.sort((a, b) => a - b)[times.length >> 1]!;
}

/** A figure rounded to three digits, for a detail. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
