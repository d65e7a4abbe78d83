import { RADIANS_PER_DEGREE } from 'antares/sky/angles.js';

const ZONES_PER_DEGREE = 120;

/**
 * The zone algorithm of Gray, Nieto-Santisteban and Szalay 2006: points sorted by strip of declination, then by right
 * ascension. What surveys cross-match with in databases, and the peer that our look-up table is measured beside. Knows
 * one radius for all, and neither the poles nor RA 0.
 */
export class Zones {
  readonly #starts = new Uint32Array(180 * ZONES_PER_DEGREE + 2);
  readonly #ra: Float64Array;
  readonly #vectors: Float64Array;

  /** @param ra, dec  degrees @param vectors  their unit vectors, n × 3 */
  constructor(ra: Float64Array, dec: Float64Array, vectors: Float64Array) {
    const zone = (i: number): number => Math.floor((dec[i]! + 90) * ZONES_PER_DEGREE);
    const order = Uint32Array.from(ra, (_, i) => i).sort((a, b) => zone(a) - zone(b) || ra[a]! - ra[b]!);
    this.#ra = Float64Array.from(order, (i) => ra[i]!);
    this.#vectors = new Float64Array(3 * order.length);
    order.forEach((i, place) => {
      this.#vectors.set(vectors.subarray(3 * i, 3 * i + 3), 3 * place);
    });
    for (const i of order) this.#starts[zone(i) + 1]! += 1;
    for (let z = 1; z < this.#starts.length; z += 1) this.#starts[z]! += this.#starts[z - 1]!;
  }

  /** How many points are within a radius of a position. */
  count(ra: number, dec: number, x: number, y: number, z: number, radiusArcsec: number): number {
    const radius = radiusArcsec / 3600;
    const limit = 4 * Math.sin((radius * RADIANS_PER_DEGREE) / 2) ** 2;
    const width = radius / Math.cos(Math.min(89.99, Math.abs(dec) + radius) * RADIANS_PER_DEGREE);
    const first = Math.max(0, Math.floor((dec - radius + 90) * ZONES_PER_DEGREE));
    const last = Math.min(180 * ZONES_PER_DEGREE, Math.floor((dec + radius + 90) * ZONES_PER_DEGREE));
    let found = 0;
    for (let zone = first; zone <= last; zone += 1) {
      let low = this.#starts[zone]!;
      const end = this.#starts[zone + 1]!;
      let high = end;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (this.#ra[middle]! < ra - width) low = middle + 1;
        else high = middle;
      }
      for (; low < end && this.#ra[low]! <= ra + width; low += 1) {
        const dx = this.#vectors[3 * low]! - x;
        const dy = this.#vectors[3 * low + 1]! - y;
        const dz = this.#vectors[3 * low + 2]! - z;
        if (dx * dx + dy * dy + dz * dz <= limit) found += 1;
      }
    }
    return found;
  }
}
