/** Moments of a sample, all about its mean. Sums, not averages, so that each feature divides as its definition says. */
export interface Moments {
  mean: number;
  /** Σ (x − mean)². Exactly 0 for a sample of equal values. */
  sum2: number;
  sum3: number;
  sum4: number;
  /** Sample standard deviation, n − 1; NaN for one value. */
  standardDeviation: number;
}

/** Room for the moments of a sample. */
export function createMoments(): Moments {
  return { mean: Number.NaN, sum2: Number.NaN, sum3: Number.NaN, sum4: Number.NaN, standardDeviation: Number.NaN };
}

/**
 * Moments of the first n values.
 *
 * Works on differences from the first value: equal values give a variance of exactly 0, and 30 mmag of scatter on
 * magnitude 20 keep all their digits.
 *
 * @param x  n values
 * @param n  ≥ 1
 */
export function computeMoments(x: Float64Array, n: number, out: Moments): void {
  const origin = x[0]!;
  let sum = 0;
  for (let i = 0; i < n; i += 1) sum += x[i]! - origin;
  const shift = sum / n;
  let sum1 = 0;
  let sum2 = 0;
  let sum3 = 0;
  let sum4 = 0;
  for (let i = 0; i < n; i += 1) {
    const d = x[i]! - origin - shift;
    const d2 = d * d;
    sum1 += d;
    sum2 += d2;
    sum3 += d2 * d;
    sum4 += d2 * d2;
  }
  out.mean = origin + shift;
  // what rounding left in the mean, taken out of the variance
  out.sum2 = Math.max(0, sum2 - (sum1 * sum1) / n);
  out.sum3 = sum3;
  out.sum4 = sum4;
  out.standardDeviation = n > 1 ? Math.sqrt(out.sum2 / (n - 1)) : Number.NaN;
}

/** Unbiased skewness (Fisher-Pearson); NaN for fewer than 3 values or equal ones. */
export function skewness(moments: Moments, n: number): number {
  if (n < 3 || moments.sum2 === 0) return Number.NaN;
  const s = moments.standardDeviation;
  return (n / ((n - 1) * (n - 2))) * (moments.sum3 / (s * s * s));
}

/** Unbiased excess kurtosis; NaN for fewer than 4 values or equal ones. */
export function kurtosis(moments: Moments, n: number): number {
  if (n < 4 || moments.sum2 === 0) return Number.NaN;
  const variance = moments.sum2 / (n - 1);
  const fourth = ((n * (n + 1)) / ((n - 1) * (n - 2) * (n - 3))) * (moments.sum4 / (variance * variance));
  return fourth - (3 * (n - 1) * (n - 1)) / ((n - 2) * (n - 3));
}

/** Fraction of values further than k standard deviations from the mean; NaN for one value. */
export function fractionBeyond(x: Float64Array, n: number, moments: Moments, k: number): number {
  if (n < 2) return Number.NaN;
  const threshold = k * moments.standardDeviation;
  let count = 0;
  for (let i = 0; i < n; i += 1) if (Math.abs(x[i]! - moments.mean) > threshold) count += 1;
  return count / n;
}

/**
 * Range of the cumulative sum of (x − mean)/(n s): how far a light curve strays to one side before it comes back.
 *
 * NaN for one value or equal ones.
 */
export function cusumRange(x: Float64Array, n: number, moments: Moments): number {
  if (n < 2 || moments.sum2 === 0) return Number.NaN;
  let sum = 0;
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < n; i += 1) {
    sum += x[i]! - moments.mean;
    if (sum < lowest) lowest = sum;
    if (sum > highest) highest = sum;
  }
  return (highest - lowest) / (n * moments.standardDeviation);
}
