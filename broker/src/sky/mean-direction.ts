import { normalizeRa, positionOfVector, type SkyPosition, toUnitVector } from './position.ts';

/**
 * The mean direction of positions: that of the sum of their unit vectors, right across RA 0 and at the poles.
 *
 * The sum is compensated, so its order shows in the sixteenth digit at most, and mostly not at all: the same detections
 * give the same locus position whichever arrived first. A single position, or copies of one, come back unchanged.
 *
 * @param ra, dec  ICRS degrees, one entry per position
 * @param count    how many of them to take, from the first on
 * @returns        undefined for no position, and for positions that cancel, such as two poles
 */
export function meanDirection(ra: ArrayLike<number>, dec: ArrayLike<number>, count: number): SkyPosition | undefined {
  if (count < 1) return undefined;
  const firstRa = ra[0]!;
  const firstDec = dec[0]!;
  let differs = false;
  for (let i = 1; i < count && !differs; i += 1) differs = ra[i] !== firstRa || dec[i] !== firstDec;
  if (!differs) return { ra: normalizeRa(firstRa), dec: firstDec };
  const sum = new DirectionSum();
  for (let i = 0; i < count; i += 1) sum.add(ra[i]!, dec[i]!);
  return sum.mean();
}

/**
 * A mean direction that grows by one position at a time.
 *
 * Holds the sum of unit vectors and, for each component, what rounding took from it.
 */
export class DirectionSum {
  /** Positions added so far. */
  count = 0;
  readonly #sum = new Float64Array(3);
  readonly #lost = new Float64Array(3);

  /** Adds a position: ICRS degrees. */
  add(ra: number, dec: number): void {
    const { x, y, z } = toUnitVector(ra, dec);
    this.#addTo(0, x);
    this.#addTo(1, y);
    this.#addTo(2, z);
    this.count += 1;
  }

  /** The mean direction of what was added; undefined for nothing, and for positions that cancel to within rounding. */
  mean(): SkyPosition | undefined {
    const x = this.#sum[0]! + this.#lost[0]!;
    const y = this.#sum[1]! + this.#lost[1]!;
    const z = this.#sum[2]! + this.#lost[2]!;
    // Each of the vectors is known to 2e-16: a sum that short has no direction.
    if (!(Math.sqrt(x * x + y * y + z * z) > 4e-16 * this.count)) return undefined;
    return positionOfVector(x, y, z);
  }

  #addTo(component: number, value: number): void {
    const before = this.#sum[component]!;
    const after = before + value;
    this.#lost[component]! += Math.abs(before) >= Math.abs(value) ? before - after + value : value - after + before;
    this.#sum[component] = after;
  }
}
