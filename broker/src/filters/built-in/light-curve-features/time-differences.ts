/**
 * η_e: mean squared slope between neighbours, in units of variance over (duration/(n − 1))². About 2 for white noise on
 * an even grid, near 0 for a smooth curve; pairs of exposures minutes apart make it huge.
 *
 * @param time  n times, strictly ascending [d]
 * @param sum2  Σ (x − mean)²
 * @returns     NaN for one value or equal ones
 */
export function etaE(time: Float64Array, x: Float64Array, n: number, sum2: number): number {
  if (n < 2 || sum2 === 0) return Number.NaN;
  let slopes = 0;
  for (let i = 1; i < n; i += 1) {
    const slope = (x[i]! - x[i - 1]!) / (time[i]! - time[i - 1]!);
    slopes += slope * slope;
  }
  const duration = time[n - 1]! - time[0]!;
  const intervals = n - 1;
  return ((duration * duration) / (intervals * intervals)) * (slopes / sum2);
}

/** Largest |Δx/Δt| between neighbours in time [unit of x / d]; NaN for one value. */
export function maximumSlope(time: Float64Array, x: Float64Array, n: number): number {
  if (n < 2) return Number.NaN;
  let steepest = 0;
  for (let i = 1; i < n; i += 1) {
    const slope = Math.abs((x[i]! - x[i - 1]!) / (time[i]! - time[i - 1]!));
    if (slope > steepest) steepest = slope;
  }
  return steepest;
}
