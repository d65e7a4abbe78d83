/** Buckets per factor of two: 2 % wide. */
const BUCKETS_PER_OCTAVE = 32;
const LEAST_MS = 0.01;

/**
 * Latencies in buckets of equal ratio, so that percentiles of millions of alerts cost a few kilobytes.
 *
 * A percentile is good to 2 %.
 */
export class LatencyHistogram {
  readonly #counts = new Float64Array(BUCKETS_PER_OCTAVE * 40);
  #total = 0;
  #max = 0;

  /** @param milliseconds  negative values (a clock stepped back) count as nought */
  add(milliseconds: number): void {
    const octaves = Math.log2(Math.max(milliseconds, LEAST_MS) / LEAST_MS);
    const bucket = Math.min(this.#counts.length - 1, Math.floor(octaves * BUCKETS_PER_OCTAVE));
    this.#counts[bucket]! += 1;
    this.#total += 1;
    this.#max = Math.max(this.#max, milliseconds);
  }

  get count(): number {
    return this.#total;
  }

  /** Largest value [ms]; 0 when empty. */
  get max(): number {
    return this.#max;
  }

  /** The value below which a fraction of all lies [ms]; NaN when empty. @param fraction  [0, 1] */
  percentile(fraction: number): number {
    if (this.#total === 0) return Number.NaN;
    const wanted = Math.max(1, Math.ceil(fraction * this.#total));
    let seen = 0;
    for (let bucket = 0; bucket < this.#counts.length; bucket += 1) {
      seen += this.#counts[bucket]!;
      if (seen >= wanted) return Math.min(this.#max, LEAST_MS * 2 ** ((bucket + 0.5) / BUCKETS_PER_OCTAVE));
    }
    return this.#max;
  }

  /** Forgets everything. */
  reset(): void {
    this.#counts.fill(0);
    this.#total = 0;
    this.#max = 0;
  }
}
