import type { Moments } from './moments.ts';
import { logNormalTails } from './normal-distribution.ts';

const tails = { lower: 0, upper: 0 };

/**
 * Anderson-Darling statistic A² of a sample against the normal distribution of its own mean and deviation, times
 * 1 + 4/n − 25/n². Values above 0.75 or so reject normality at 5 %.
 *
 * @param sorted  n values, ascending
 * @returns       NaN for fewer than 4 values or equal ones. At n = 4 the factor is 7/16; it stays positive above.
 * @see Stephens 1974, doi:10.1080/01621459.1974.10480196
 */
export function andersonDarlingNormal(sorted: Float64Array, n: number, moments: Moments): number {
  if (n < 4 || moments.sum2 === 0) return Number.NaN;
  let sum = 0;
  for (let i = 0; i < n; i += 1) {
    logNormalTails((sorted[i]! - moments.mean) / moments.standardDeviation, tails);
    sum += (2 * i + 1) * tails.lower + (2 * (n - i) - 1) * tails.upper;
  }
  return (1 + 4 / n - 25 / (n * n)) * (-n - sum / n);
}
