/** The two groups of Otsu's split. */
export interface OtsuSplit {
  /** Mean of the upper group minus mean of the lower. */
  meanDifference: number;
  /** Sample standard deviations, n − 1; 0 for a group of one. */
  lowerDeviation: number;
  upperDeviation: number;
  /** Size of the lower group over the size of the sample. */
  lowerFraction: number;
}

/** Room for a split. */
export function createOtsuSplit(): OtsuSplit {
  const nan = Number.NaN;
  return { meanDifference: nan, lowerDeviation: nan, upperDeviation: nan, lowerFraction: nan };
}

/**
 * Splits a sample in two so that the variance between the groups, n₀ n₁ (μ₁ − μ₀)², is largest; the lowest split wins
 * a tie.
 *
 * @param sorted  n values, ascending, n ≥ 2. Equal values: the first against the rest, all differences 0.
 * @see Otsu 1979, doi:10.1109/tsmc.1979.4310076
 */
export function computeOtsuSplit(sorted: Float64Array, n: number, out: OtsuSplit): void {
  const origin = sorted[0]!;
  let total = 0;
  for (let i = 0; i < n; i += 1) total += sorted[i]! - origin;
  let lowerSum = 0;
  let best = -1;
  let bestSize = 1;
  let bestSum = 0;
  for (let size = 1; size < n; size += 1) {
    lowerSum += sorted[size - 1]! - origin;
    const upper = n - size;
    const difference = (total - lowerSum) / upper - lowerSum / size;
    const between = size * upper * difference * difference;
    if (between > best) {
      best = between;
      bestSize = size;
      bestSum = lowerSum;
    }
  }
  const lowerMean = bestSum / bestSize;
  const upperMean = (total - bestSum) / (n - bestSize);
  out.meanDifference = upperMean - lowerMean;
  out.lowerDeviation = deviation(sorted, 0, bestSize, origin + lowerMean);
  out.upperDeviation = deviation(sorted, bestSize, n, origin + upperMean);
  out.lowerFraction = bestSize / n;
}

function deviation(x: Float64Array, start: number, end: number, mean: number): number {
  if (end - start < 2) return 0;
  let sum = 0;
  let sum2 = 0;
  for (let i = start; i < end; i += 1) {
    const d = x[i]! - mean;
    sum += d;
    sum2 += d * d;
  }
  const size = end - start;
  return Math.sqrt(Math.max(0, sum2 - (sum * sum) / size) / (size - 1));
}
