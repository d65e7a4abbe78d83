/** A straight line through a sample. */
export interface StraightLine {
  slope: number;
  /** Standard error of the slope. */
  slopeError: number;
  /** Unweighted: scatter about the line, √(SSR/(n − 2)). Weighted: reduced chi-square, χ²/(n − 2). */
  residual: number;
}

/** Room for a line. */
export function createStraightLine(): StraightLine {
  return { slope: Number.NaN, slopeError: Number.NaN, residual: Number.NaN };
}

/**
 * Least-squares line with equal weights; the scatter about it gives the error. All NaN for fewer than 3 points.
 *
 * Times are taken about their mean: MJDs have five digits that a slope does not need.
 *
 * @param time  n times, strictly ascending [d]
 */
export function computeLinearTrend(time: Float64Array, x: Float64Array, n: number, out: StraightLine): void {
  if (n < 3) {
    undefinedLine(out);
    return;
  }
  const t0 = time[0]!;
  const x0 = x[0]!;
  let sumT = 0;
  let sumX = 0;
  for (let i = 0; i < n; i += 1) {
    sumT += time[i]! - t0;
    sumX += x[i]! - x0;
  }
  const meanT = sumT / n;
  const meanX = sumX / n;
  let tt = 0;
  let tx = 0;
  for (let i = 0; i < n; i += 1) {
    const dt = time[i]! - t0 - meanT;
    tt += dt * dt;
    tx += dt * (x[i]! - x0 - meanX);
  }
  const slope = tx / tt;
  let squares = 0;
  for (let i = 0; i < n; i += 1) {
    const residual = x[i]! - x0 - meanX - slope * (time[i]! - t0 - meanT);
    squares += residual * residual;
  }
  out.slope = slope;
  out.residual = Math.sqrt(squares / (n - 2));
  out.slopeError = out.residual / Math.sqrt(tt);
}

/**
 * Least-squares line weighted by inverse squared errors; the errors give the error. All NaN for fewer than 3 points.
 *
 * @param time   n times, strictly ascending [d]
 * @param error  standard errors of x, > 0
 */
export function computeLinearFit(
  time: Float64Array,
  x: Float64Array,
  error: Float64Array,
  n: number,
  out: StraightLine,
): void {
  if (n < 3) {
    undefinedLine(out);
    return;
  }
  const t0 = time[0]!;
  const x0 = x[0]!;
  let sumW = 0;
  let sumT = 0;
  let sumX = 0;
  for (let i = 0; i < n; i += 1) {
    const w = 1 / (error[i]! * error[i]!);
    sumW += w;
    sumT += w * (time[i]! - t0);
    sumX += w * (x[i]! - x0);
  }
  const meanT = sumT / sumW;
  const meanX = sumX / sumW;
  let tt = 0;
  let tx = 0;
  for (let i = 0; i < n; i += 1) {
    const w = 1 / (error[i]! * error[i]!);
    const dt = time[i]! - t0 - meanT;
    tt += w * dt * dt;
    tx += w * dt * (x[i]! - x0 - meanX);
  }
  const slope = tx / tt;
  let chi2 = 0;
  for (let i = 0; i < n; i += 1) {
    const z = (x[i]! - x0 - meanX - slope * (time[i]! - t0 - meanT)) / error[i]!;
    chi2 += z * z;
  }
  out.slope = slope;
  out.slopeError = 1 / Math.sqrt(tt);
  out.residual = chi2 / (n - 2);
}

function undefinedLine(out: StraightLine): void {
  out.slope = Number.NaN;
  out.slopeError = Number.NaN;
  out.residual = Number.NaN;
}
