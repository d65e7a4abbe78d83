/** A search for the period of a light curve: where to look. */
export interface FrequencyRange {
  /** First frequency [1/d], > 0, step [1/d] and number of frequencies. */
  readonly first: number;
  readonly step: number;
  readonly count: number;
}

/** Frequencies between fresh sines and cosines. */
const BLOCK = 64;

/**
 * Generalised Lomb-Scargle power: the fraction of the weighted variance that a sine with a free level takes away.
 *
 * Unlike the periodogram of the features, it weighs points by their errors and does not take the mean magnitude for the
 * level of the sine; use it to find periods, over a range that holds them.
 *
 * @param time   n times, in any order [d]
 * @param x      n values, not all equal
 * @param error  their errors, > 0
 * @param n      ≥ 3
 * @returns      one power in [0, 1] for each frequency
 * @see Zechmeister & Kürster 2009, doi:10.1051/0004-6361:200811296
 */
export function generalisedLombScargle(
  time: ArrayLike<number>,
  x: ArrayLike<number>,
  error: ArrayLike<number>,
  n: number,
  range: FrequencyRange,
): Float64Array {
  const power = new Float64Array(range.count);
  const weight = new Float64Array(n);
  const y = new Float64Array(n);
  const elapsed = new Float64Array(n);
  let total = 0;
  for (let i = 0; i < n; i += 1) total += 1 / (error[i]! * error[i]!);
  let mean = 0;
  for (let i = 0; i < n; i += 1) {
    weight[i] = 1 / (error[i]! * error[i]! * total);
    mean += weight[i]! * (x[i]! - x[0]!);
    elapsed[i] = 2 * Math.PI * (time[i]! - time[0]!);
  }
  let yy = 0;
  for (let i = 0; i < n; i += 1) {
    y[i] = x[i]! - x[0]! - mean;
    yy += weight[i]! * y[i]! * y[i]!;
  }
  const cos = new Float64Array(n);
  const sin = new Float64Array(n);
  const turnCos = new Float64Array(n);
  const turnSin = new Float64Array(n);
  for (let i = 0; i < n; i += 1) {
    turnCos[i] = Math.cos(elapsed[i]! * range.step);
    turnSin[i] = Math.sin(elapsed[i]! * range.step);
  }
  for (let k = 0; k < range.count; k += 1) {
    if (k % BLOCK === 0) {
      for (let i = 0; i < n; i += 1) {
        const phase = elapsed[i]! * (range.first + k * range.step);
        cos[i] = Math.cos(phase);
        sin[i] = Math.sin(phase);
      }
    }
    let c1 = 0;
    let s1 = 0;
    let yc = 0;
    let ys = 0;
    let ccSum = 0;
    let csSum = 0;
    for (let i = 0; i < n; i += 1) {
      const c = cos[i]!;
      const s = sin[i]!;
      const wc = weight[i]! * c;
      const ws = weight[i]! * s;
      c1 += wc;
      s1 += ws;
      yc += wc * y[i]!;
      ys += ws * y[i]!;
      ccSum += wc * c;
      csSum += wc * s;
      cos[i] = c * turnCos[i]! - s * turnSin[i]!;
      sin[i] = s * turnCos[i]! + c * turnSin[i]!;
    }
    const cc = ccSum - c1 * c1;
    const ss = 1 - ccSum - s1 * s1;
    const cs = csSum - c1 * s1;
    const determinant = cc * ss - cs * cs;
    power[k] = determinant > 0 ? (ss * yc * yc + cc * ys * ys - 2 * cs * yc * ys) / (yy * determinant) : 0;
  }
  return power;
}

/**
 * Probability that noise alone has a generalised Lomb-Scargle peak this high anywhere below a frequency (an upper limit,
 * close where it is small).
 *
 * @param power         height of the peak, [0, 1]
 * @param maxFrequency  highest frequency searched [1/d]
 * @param time          n times [d]
 * @param error         errors of the values, > 0
 * @param n             ≥ 4
 * @see Baluev 2008, doi:10.1111/j.1365-2966.2008.12689.x, for a constant in the noise and a sine with it in the signal
 */
export function falseAlarmProbability(
  power: number,
  maxFrequency: number,
  time: ArrayLike<number>,
  error: ArrayLike<number>,
  n: number,
): number {
  let total = 0;
  let mean = 0;
  for (let i = 0; i < n; i += 1) {
    const w = 1 / (error[i]! * error[i]!);
    total += w;
    mean += w * (time[i]! - time[0]!);
  }
  mean /= total;
  let variance = 0;
  for (let i = 0; i < n; i += 1) variance += (time[i]! - time[0]! - mean) ** 2 / (error[i]! * error[i]!);
  variance /= total;
  const bandwidth = maxFrequency * Math.sqrt(4 * Math.PI * variance);
  const single = (1 - power) ** ((n - 3) / 2);
  const rate = gammaRatio(n - 1) * bandwidth * (1 - power) ** ((n - 4) / 2) * Math.sqrt(((n - 1) / 2) * power);
  // 1 − (1 − single) exp(−rate), with its small values whole
  return -Math.expm1(-rate) + single * Math.exp(-rate);
}

/** √(2/m) Γ(m/2)/Γ((m − 1)/2), m ≥ 3, which nears 1 as m grows: from the series where m is large, by recurrence below. */
function gammaRatio(m: number): number {
  const high = Math.max(m, 200);
  const top = high + ((high - m) % 2);
  let r = gammaQuotient(top);
  for (let k = top; k > m; k -= 2) r *= (k - 3) / (k - 2);
  return r * Math.sqrt(2 / m);
}

/** Γ(m/2)/Γ((m − 1)/2) for m ≥ 200, by its asymptotic series. */
function gammaQuotient(m: number): number {
  const a = (m - 1.5) / 2;
  const inverse = 1 / (a * a);
  return Math.sqrt(a) * (1 + inverse / 64 - (19 * inverse * inverse) / 8192);
}
