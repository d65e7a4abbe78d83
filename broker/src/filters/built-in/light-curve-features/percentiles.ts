/** Copies the first n values of x to `sorted`, ascending. Short samples, the rule here, are sorted without a call. */
export function sortInto(x: Float64Array, n: number, sorted: Float64Array): void {
  if (n > 48) {
    for (let i = 0; i < n; i += 1) sorted[i] = x[i]!;
    sorted.subarray(0, n).sort();
    return;
  }
  for (let i = 0; i < n; i += 1) {
    const value = x[i]!;
    let j = i - 1;
    while (j >= 0 && sorted[j]! > value) {
      sorted[j + 1] = sorted[j]!;
      j -= 1;
    }
    sorted[j + 1] = value;
  }
}

/**
 * Quantile by Hazen's rule: the sorted values sit at (i + 1/2)/n, straight lines between.
 *
 * @param sorted  n values, ascending, n ≥ 1
 * @param q       [0, 1]
 */
export function quantile(sorted: Float64Array, n: number, q: number): number {
  const h = n * q - 0.5;
  if (h <= 0) return sorted[0]!;
  if (h >= n - 1) return sorted[n - 1]!;
  const i = Math.floor(h);
  const below = sorted[i]!;
  return below + (h - i) * (sorted[i + 1]! - below);
}

/** Q(1 − p) − Q(p): the width of the middle part of a sample. */
export function interPercentileRange(sorted: Float64Array, n: number, p: number): number {
  return quantile(sorted, n, 1 - p) - quantile(sorted, n, p);
}

/** The middle value, or the mean of the two middle ones. */
export function medianOfSorted(sorted: Float64Array, n: number): number {
  const half = n >> 1;
  return n % 2 === 1 ? sorted[half]! : 0.5 * (sorted[half - 1]! + sorted[half]!);
}

/**
 * Median distance from the median.
 *
 * The distances are merged from the middle outwards, already in order: no second sort.
 */
export function medianAbsoluteDeviation(sorted: Float64Array, n: number, median: number): number {
  let left = ((n + 1) >> 1) - 1;
  let right = left + 1;
  const half = n >> 1;
  let previous = 0;
  let current = 0;
  for (let taken = 0; taken <= half; taken += 1) {
    previous = current;
    const toLeft = left >= 0 ? median - sorted[left]! : Number.POSITIVE_INFINITY;
    const toRight = right < n ? sorted[right]! - median : Number.POSITIVE_INFINITY;
    if (toLeft <= toRight) {
      current = toLeft;
      left -= 1;
    } else {
      current = toRight;
      right += 1;
    }
  }
  return n % 2 === 1 ? current : 0.5 * (previous + current);
}

/** Fraction of values closer to the median than p times the half range, strictly: 0 for equal values. */
export function medianBufferRangeFraction(sorted: Float64Array, n: number, median: number, p: number): number {
  const threshold = (p * (sorted[n - 1]! - sorted[0]!)) / 2;
  let count = 0;
  for (let i = 0; i < n; i += 1) if (Math.abs(sorted[i]! - median) < threshold) count += 1;
  return count / n;
}
