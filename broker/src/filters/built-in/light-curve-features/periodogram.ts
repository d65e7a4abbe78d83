import { computeMoments, createMoments, fractionBeyond, type Moments } from './moments.ts';
import { NonUniformTransform, type TrigonometricSums } from './trigonometric-sums.ts';

/** Points of the frequency grid per 1/duration, roughly. */
const RESOLUTION = 10;
/** How far beyond the average Nyquist frequency the grid reaches, before its length is rounded to a power of two. */
const MAX_FREQUENCY_FACTOR = 2;
/** Frequencies between fresh sines and cosines: the rotation in between loses 64 roundings at most. */
const BLOCK = 64;
/** From so many points on, with which the grid gets twice as long, a transform beats the sum; measured, and the same to 1e-11. */
const TRANSFORM_FROM_POINTS = 37;
/** Relative difference of powers below which they count as equal. */
const ROUNDING = 1e-12;
/** Peaks that are reported. */
export const PEAK_COUNT = 5;

/** An evenly spaced grid of angular frequencies: 0, step, …, size·step. */
export interface FrequencyGrid {
  /** [rad/d] */
  step: number;
  /** Index of the last frequency, a power of two: the grid has size + 1 points. */
  size: number;
}

/**
 * The grid of n times: step 2π(n − 1)/(n R T), up to about F π (n − 1)/T, with R = 10 and F = 2.
 *
 * @param n         ≥ 2
 * @param duration  T > 0 [d]
 */
export function frequencyGrid(n: number, duration: number): FrequencyGrid {
  const step = (2 * Math.PI * (n - 1)) / (n * RESOLUTION * duration);
  // F π (n − 1)/T over the step: the duration cancels.
  const ratio = (MAX_FREQUENCY_FACTOR * RESOLUTION * n) / 2;
  return { step, size: 2 ** Math.round(Math.log2(ratio)) };
}

/** A spectrum and what is said about it; reused from call to call, its arrays longer than the spectrum. */
export class Periodogram {
  grid: FrequencyGrid = { step: Number.NaN, size: 0 };
  /** Spectral power, `grid.size + 1` of them. */
  power = new Float64Array(0);
  /** Of the powers. */
  readonly moments: Moments = createMoments();
  /** Half the difference between the largest and the smallest power. */
  amplitude = Number.NaN;
  /** Periods of the highest peaks [d] and their heights above the mean in standard deviations; 0 where there is none. */
  readonly period = new Float64Array(PEAK_COUNT);
  readonly signalToNoise = new Float64Array(PEAK_COUNT);
  readonly #peaks = new Int32Array(PEAK_COUNT);
  readonly #transform = new NonUniformTransform();
  readonly #sums: TrigonometricSums = {
    cosSum: new Float64Array(0),
    sinSum: new Float64Array(0),
    sinSinSum: new Float64Array(0),
    sinCosSum: new Float64Array(0),
  };
  #centredTime = new Float64Array(0);
  #centred = new Float64Array(0);

  /**
   * Lomb-Scargle power on the grid of the light curve's own times, by the exact sum.
   *
   * P = ½ [(Σ y sin)²/Σ sin² + (Σ y cos)²/Σ cos²]/s², y about its mean, phases from Lomb's τ. Without τ this is the
   * squared length of y's projection on the plane of sine and cosine, which is how it is computed here. No errors and
   * no floating mean, as in the package whose feature this is.
   *
   * @param time     n times, strictly ascending, n ≥ 2 [d]
   * @param x        n values; equal ones have power 0 everywhere
   * @param moments  of x
   * @see Lomb 1976, Scargle 1982; Press et al., Numerical Recipes, 13.8
   */
  compute(time: Float64Array, x: Float64Array, n: number, moments: Moments): void {
    this.grid = frequencyGrid(n, time[n - 1]! - time[0]!);
    const points = this.grid.size + 1;
    this.#reserve(n, points);
    if (moments.sum2 === 0) this.power.fill(0, 0, points);
    else {
      // Times about their middle: smaller phases, smaller roundings. The power does not depend on the origin.
      const middle = 0.5 * (time[0]! + time[n - 1]!);
      for (let i = 0; i < n; i += 1) {
        this.#centredTime[i] = time[i]! - middle;
        this.#centred[i] = x[i]! - moments.mean;
      }
      if (n < TRANSFORM_FROM_POINTS) this.#sum(this.#centredTime, this.#centred, n);
      else {
        const { step, size } = this.grid;
        this.#transform.compute(step, this.#centredTime, this.#centred, n, size, this.#sums);
      }
      this.#combine(n, moments.sum2);
    }
    computeMoments(this.power, points, this.moments);
    this.#findPeaks(points);
  }

  /** Fraction of powers further than k standard deviations from their mean. */
  fractionBeyond(k: number): number {
    return fractionBeyond(this.power, this.grid.size + 1, this.moments, k);
  }

  #reserve(n: number, points: number): void {
    if (this.#centred.length < n) {
      this.#centredTime = new Float64Array(2 * n);
      this.#centred = new Float64Array(2 * n);
    }
    if (this.power.length >= points) return;
    this.power = new Float64Array(points);
    this.#sums.cosSum = new Float64Array(points);
    this.#sums.sinSum = new Float64Array(points);
    this.#sums.sinSinSum = new Float64Array(points);
    this.#sums.sinCosSum = new Float64Array(points);
  }

  /**
   * Σ y cos, Σ y sin, Σ sin², Σ sin cos at each frequency.
   *
   * Four points at a time turn along the grid in registers: measured against a loop over points inside the loop over
   * frequencies, half the time. A missing fourth point has phase and value 0 and adds nothing.
   */
  #sum(time: Float64Array, y: Float64Array, n: number): void {
    const { cosSum, sinSum, sinSinSum, sinCosSum } = this.#sums;
    const { step, size } = this.grid;
    cosSum.fill(0, 0, size + 1);
    sinSum.fill(0, 0, size + 1);
    sinSinSum.fill(0, 0, size + 1);
    sinCosSum.fill(0, 0, size + 1);
    for (let j = 0; j < n; j += 4) {
      const has1 = j + 1 < n;
      const has2 = j + 2 < n;
      const has3 = j + 3 < n;
      const phase0 = step * time[j]!;
      const phase1 = has1 ? step * time[j + 1]! : 0;
      const phase2 = has2 ? step * time[j + 2]! : 0;
      const phase3 = has3 ? step * time[j + 3]! : 0;
      const y0 = y[j]!;
      const y1 = has1 ? y[j + 1]! : 0;
      const y2 = has2 ? y[j + 2]! : 0;
      const y3 = has3 ? y[j + 3]! : 0;
      const turnC0 = Math.cos(phase0);
      const turnS0 = Math.sin(phase0);
      const turnC1 = Math.cos(phase1);
      const turnS1 = Math.sin(phase1);
      const turnC2 = Math.cos(phase2);
      const turnS2 = Math.sin(phase2);
      const turnC3 = Math.cos(phase3);
      const turnS3 = Math.sin(phase3);
      for (let start = 0; start <= size; start += BLOCK) {
        let c0 = Math.cos(start * phase0);
        let s0 = Math.sin(start * phase0);
        let c1 = Math.cos(start * phase1);
        let s1 = Math.sin(start * phase1);
        let c2 = Math.cos(start * phase2);
        let s2 = Math.sin(start * phase2);
        let c3 = Math.cos(start * phase3);
        let s3 = Math.sin(start * phase3);
        const end = Math.min(start + BLOCK, size + 1);
        for (let k = start; k < end; k += 1) {
          cosSum[k] = cosSum[k]! + (y0 * c0 + y1 * c1 + (y2 * c2 + y3 * c3));
          sinSum[k] = sinSum[k]! + (y0 * s0 + y1 * s1 + (y2 * s2 + y3 * s3));
          sinSinSum[k] = sinSinSum[k]! + (s0 * s0 + s1 * s1 + (s2 * s2 + s3 * s3));
          sinCosSum[k] = sinCosSum[k]! + (s0 * c0 + s1 * c1 + (s2 * c2 + s3 * c3));
          let c = c0 * turnC0 - s0 * turnS0;
          s0 = s0 * turnC0 + c0 * turnS0;
          c0 = c;
          c = c1 * turnC1 - s1 * turnS1;
          s1 = s1 * turnC1 + c1 * turnS1;
          c1 = c;
          c = c2 * turnC2 - s2 * turnS2;
          s2 = s2 * turnC2 + c2 * turnS2;
          c2 = c;
          c = c3 * turnC3 - s3 * turnS3;
          s3 = s3 * turnC3 + c3 * turnS3;
          c3 = c;
        }
      }
    }
  }

  #combine(n: number, sum2: number): void {
    const { power } = this;
    const { cosSum, sinSum, sinSinSum, sinCosSum } = this.#sums;
    const scale = (n - 1) / (2 * sum2);
    power[0] = 0;
    for (let k = 1; k <= this.grid.size; k += 1) {
      const c = cosSum[k]!;
      const s = sinSum[k]!;
      const ss = sinSinSum[k]!;
      const sc = sinCosSum[k]!;
      const cc = n - ss;
      const determinant = cc * ss - sc * sc;
      // Evenly spaced times make sine and cosine one function at the Nyquist frequency: project on that one.
      power[k] =
        determinant > 1e-11 * n * n
          ? (scale * (ss * c * c + cc * s * s - 2 * sc * c * s)) / determinant
          : (scale * (c * c + s * s)) / n;
    }
  }

  /**
   * A peak is higher than the point before and not lower than the point after; the ends are none. Powers that differ
   * by rounding are equal: two points, whose power is the same everywhere, have no five peaks, and of the mirror images
   * of an evenly sampled curve the longer period comes first.
   */
  #findPeaks(points: number): void {
    const { power, period, signalToNoise, moments } = this;
    const peaks = this.#peaks;
    let found = 0;
    let lowest = power[0]!;
    let highest = power[0]!;
    let isRising = false;
    for (let k = 1; k < points; k += 1) {
      const value = power[k]!;
      const before = power[k - 1]!;
      if (value < lowest) lowest = value;
      if (value > highest) highest = value;
      if (value > before * (1 + ROUNDING)) {
        isRising = true;
        continue;
      }
      if (isRising) {
        let place = found;
        while (place > 0 && before > power[peaks[place - 1]!]! * (1 + ROUNDING)) place -= 1;
        if (place < PEAK_COUNT) {
          if (found < PEAK_COUNT) found += 1;
          for (let i = found - 1; i > place; i -= 1) peaks[i] = peaks[i - 1]!;
          peaks[place] = k - 1;
        }
      }
      isRising = false;
    }
    this.amplitude = 0.5 * (highest - lowest);
    for (let i = 0; i < PEAK_COUNT; i += 1) {
      const k = i < found ? peaks[i]! : 0;
      period[i] = i < found ? (2 * Math.PI) / (k * this.grid.step) : 0;
      signalToNoise[i] = i < found ? (power[k]! - moments.mean) / moments.standardDeviation : 0;
    }
  }
}
