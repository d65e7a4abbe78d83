/**
 * Nightly means: one point per whole day of the time scale, at its middle, the weighted mean of the points in it.
 *
 * Nights begin at integer MJD, as in the package whose features these are, wherever the telescope stands.
 *
 * @param time     n times, ascending [MJD]
 * @param error    standard errors of x, > 0
 * @param binTime  out: middles of the days [MJD], strictly ascending
 * @param binX     out: weighted means
 * @returns        number of nights with points
 */
export function binNightly(
  time: Float64Array,
  x: Float64Array,
  error: Float64Array,
  n: number,
  binTime: Float64Array,
  binX: Float64Array,
): number {
  let bins = 0;
  let i = 0;
  while (i < n) {
    const day = Math.floor(time[i]!);
    const origin = x[i]!;
    let sumW = 0;
    let sumWx = 0;
    while (i < n && Math.floor(time[i]!) === day) {
      const w = 1 / (error[i]! * error[i]!);
      sumW += w;
      sumWx += w * (x[i]! - origin);
      i += 1;
    }
    binTime[bins] = day + 0.5;
    binX[bins] = origin + sumWx / sumW;
    bins += 1;
  }
  return bins;
}
