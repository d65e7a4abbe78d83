/** What inverse-variance weights say about a sample. */
export interface WeightedStatistics {
  mean: number;
  /** Σ w (x − mean)² / (n − 1); NaN for one value. */
  reducedChi2: number;
  /** Stetson K; NaN for one value or equal ones. */
  stetsonK: number;
}

/** Room for weighted statistics. */
export function createWeightedStatistics(): WeightedStatistics {
  return { mean: Number.NaN, reducedChi2: Number.NaN, stetsonK: Number.NaN };
}

/**
 * Weighted mean, reduced chi-square about it, and Stetson K = Σ|z| / √(n Σ z²) with z = (x − weighted mean)/error.
 *
 * Works on differences from the value of the smallest error: where it outweighs the others by decades, as the flux of
 * magnitude 99.99 does, the mean is it to the last digit, which its own z needs.
 *
 * @param x      n values, n ≥ 1
 * @param error  their standard errors, > 0
 * @see Stetson 1996, doi:10.1086/133808
 */
export function computeWeightedStatistics(
  x: Float64Array,
  error: Float64Array,
  n: number,
  out: WeightedStatistics,
): void {
  let heaviest = 0;
  for (let i = 1; i < n; i += 1) if (error[i]! < error[heaviest]!) heaviest = i;
  const origin = x[heaviest]!;
  let sumW = 0;
  let sumWx = 0;
  for (let i = 0; i < n; i += 1) {
    const w = 1 / (error[i]! * error[i]!);
    sumW += w;
    sumWx += w * (x[i]! - origin);
  }
  const shift = sumWx / sumW;
  let sumAbs = 0;
  let chi2 = 0;
  for (let i = 0; i < n; i += 1) {
    const z = (x[i]! - origin - shift) / error[i]!;
    sumAbs += Math.abs(z);
    chi2 += z * z;
  }
  out.mean = origin + shift;
  out.reducedChi2 = n > 1 ? chi2 / (n - 1) : Number.NaN;
  out.stetsonK = n > 1 && chi2 > 0 ? sumAbs / Math.sqrt(n * chi2) : Number.NaN;
}

/**
 * (s² − mean squared error) / mean²: variability beyond the noise, relative to the level. Negative for a quiet source.
 *
 * @param sum2  Σ (x − mean)²
 */
export function excessVariance(error: Float64Array, n: number, mean: number, sum2: number): number {
  if (n < 2) return Number.NaN;
  let noise = 0;
  for (let i = 0; i < n; i += 1) noise += error[i]! * error[i]!;
  return (sum2 / (n - 1) - noise / n) / (mean * mean);
}
