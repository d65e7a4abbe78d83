import { decay } from './decay.ts';
import { NormalisedFluxes } from './normalised-fluxes.ts';
import {
  COST,
  COST_TO_BEAT,
  createScaleAndLevel,
  fitScaleAndLevel,
  LEVEL,
  LEVEL_IS_FREE,
  SCALE,
  SCALE_IS_FREE,
  SUM_SS,
  SUM_SY,
  SUM_W,
  SUM_WS,
  SUM_WY,
} from './scale-and-level.ts';
import { SeparableLeastSquares, type SeparableModel } from './separable-least-squares.ts';
import { takeLowest } from './start-queue.ts';

/** Parameters of a Bazin fit. */
export const BAZIN_PARAMETER_COUNT = 5;
/** Fewest points: one more than parameters. */
export const BAZIN_MIN_POINTS = 6;

// Non-linear parameters, in durations from the first point.
const T0 = 0;
const LOG_RISE = 1;
const LOG_FALL = 2;
const NON_LINEAR = 3;
const LOWER = new Float64Array([-0.5, Math.log(1e-3), Math.log(1e-2)]);
const UPPER = new Float64Array([1, Math.log(1), Math.log(10)]);

// Starts, in widths of the light curve: eight shapes, each at eight times about the peak; the best are refined.
const START_RISES = [0.015, 0.05, 0.17, 0.5];
const START_FALLS = [0.15, 0.6];
const START_SHAPES = START_RISES.length * START_FALLS.length;
const START_TIMES = [-2, -1.1, -0.6, -0.3, -0.1, 0.05, 0.25, 0.5];
/** exp(t₀/fall) of each start, times outermost. */
const FALL_AT_START = Float64Array.from(
  START_TIMES.flatMap((time) => START_FALLS.map((fall) => Math.exp(time / fall))),
);
/** The fewer the points, the more valleys there are. */
const REFINED_STARTS_FEW_POINTS = 4;
const REFINED_STARTS = 2;
const FEW_POINTS = 12;
const MAX_EVALUATIONS = 60;
const FIRST_DAMPING = 1e-2;
/** Starts are sought in no more points than these, means of neighbours where there are more. */
const MOST_START_POINTS = 48;

/**
 * Fits f(t) = B + A exp(−(t − t₀)/fall)/(1 + exp(−(t − t₀)/rise)) to a flux light curve.
 *
 * @see Bazin et al. 2009, doi:10.1051/0004-6361/200911847, equation 1 (which lacks the sign of the rise)
 */
export class BazinFit implements SeparableModel {
  /** A, B [flux], t₀ [d, as the times given], rise, fall [d]. */
  readonly parameters = new Float64Array(BAZIN_PARAMETER_COUNT);
  reducedChi2 = Number.NaN;
  /** Whether a parameter ended on a bound: the data do not say what it is. */
  isAtBound = false;
  #data: NormalisedFluxes | undefined;
  readonly #solver = new SeparableLeastSquares(2, NON_LINEAR, FIRST_DAMPING);
  readonly #linear = createScaleAndLevel();
  readonly #q = new Float64Array(NON_LINEAR);
  readonly #best = new Float64Array(NON_LINEAR);
  readonly #condensed = new NormalisedFluxes();
  readonly #startCost = new Float64Array(START_SHAPES);
  readonly #startTime = new Float64Array(START_SHAPES);
  #rows = new Float64Array(0);
  #riseFactor = new Float64Array(0);
  #fallFactors = new Float64Array(0);
  #risen = new Float64Array(0);

  /**
   * Fits; the outcome is in `parameters` and `reducedChi2`.
   *
   * @param data  at least `BAZIN_MIN_POINTS` points
   */
  fit(data: NormalisedFluxes): void {
    this.parameters.fill(Number.NaN);
    this.isAtBound = false;
    const few = data.n > MOST_START_POINTS ? this.#condensed : data;
    if (few !== data) few.condense(data, MOST_START_POINTS);
    if (this.#risen.length < few.n) this.#reserve(few.n);
    this.#findStarts(few);
    this.#data = data;
    const q = this.#q;
    let best = Number.POSITIVE_INFINITY;
    const refined = data.n < FEW_POINTS ? REFINED_STARTS_FEW_POINTS : REFINED_STARTS;
    for (let k = 0; k < refined; k += 1) {
      if (!this.#takeStart(few, q)) break;
      const chi2 = this.#solver.minimise(this, q, LOWER, UPPER, data.n, MAX_EVALUATIONS, best);
      if (chi2 < best) {
        best = chi2;
        this.#best.set(q);
      }
    }
    this.reducedChi2 = best / (data.n - BAZIN_PARAMETER_COUNT);
    if (best < Number.POSITIVE_INFINITY) this.#keep(data);
  }

  #keep(data: NormalisedFluxes): void {
    const q = this.#best;
    // The search may have ended elsewhere: the linear parameters that belong to q are wanted.
    const size = data.n * (BAZIN_PARAMETER_COUNT + 1);
    if (this.#rows.length < size) this.#rows = new Float64Array(size);
    this.evaluate(q, data.n, this.#rows);
    const linear = this.#linear;
    this.isAtBound = linear[SCALE_IS_FREE] === 0 || linear[LEVEL_IS_FREE] === 0;
    for (let i = 0; i < NON_LINEAR; i += 1) {
      if (q[i]! <= LOWER[i]! || q[i]! >= UPPER[i]!) this.isAtBound = true;
    }
    const { parameters } = this;
    parameters[0] = linear[SCALE]! * data.range;
    parameters[1] = data.faintest + linear[LEVEL]! * data.range;
    parameters[2] = data.firstTime + q[T0]! * data.duration;
    parameters[3] = Math.exp(q[LOG_RISE]!) * data.duration;
    parameters[4] = Math.exp(q[LOG_FALL]!) * data.duration;
  }

  /** @see SeparableModel */
  evaluate(q: Float64Array, n: number, rows: Float64Array): void {
    const { time, flux, inverseError } = this.#data!;
    const t0 = q[T0]!;
    const perRise = Math.exp(-q[LOG_RISE]!);
    const perFall = Math.exp(-q[LOG_FALL]!);
    const rowLevel = n;
    const rowT0 = 2 * n;
    const rowRise = 3 * n;
    const rowFall = 4 * n;
    const rowResidual = 5 * n;
    let sumW = 0;
    let sumS = 0;
    let sumSS = 0;
    let sumY = 0;
    let sumSY = 0;
    for (let i = 0; i < n; i += 1) {
      const dt = time[i]! - t0;
      const w = inverseError[i]!;
      const u = dt * perRise;
      const v = dt * perFall;
      // exp(−v)/(1 + exp(−u)) and 1/(1 + exp(u)), without overflow long before the rise
      const e = decay(u < 0 ? -u : u);
      const inverse = 1 / (1 + e);
      const shape = decay(u < 0 ? v - u : v) * inverse;
      const unrisen = u < 0 ? inverse : e * inverse;
      const s = shape * w;
      const y = flux[i]! * w;
      sumW += w * w;
      sumS += w * s;
      sumSS += s * s;
      sumY += w * y;
      sumSY += s * y;
      rows[i] = s;
      rows[rowLevel + i] = w;
      rows[rowResidual + i] = y;
      rows[rowT0 + i] = s * (perFall - unrisen * perRise);
      rows[rowRise + i] = -s * unrisen * u;
      rows[rowFall + i] = s * v;
    }
    const linear = this.#linear;
    linear[SUM_W] = sumW;
    linear[SUM_WS] = sumS;
    linear[SUM_SS] = sumSS;
    linear[SUM_WY] = sumY;
    linear[SUM_SY] = sumSY;
    fitScaleAndLevel(linear);
    const scale = linear[SCALE]!;
    const level = linear[LEVEL]!;
    for (let i = 0; i < n; i += 1) {
      rows[rowResidual + i] = scale * rows[i]! + level * rows[rowLevel + i]! - rows[rowResidual + i]!;
      rows[rowT0 + i] = scale * rows[rowT0 + i]!;
      rows[rowRise + i] = scale * rows[rowRise + i]!;
      rows[rowFall + i] = scale * rows[rowFall + i]!;
    }
    if (linear[SCALE_IS_FREE] === 0) rows.fill(0, 0, n);
    if (linear[LEVEL_IS_FREE] === 0) rows.fill(0, rowLevel, rowLevel + n);
  }

  #reserve(n: number): void {
    this.#riseFactor = new Float64Array(n);
    this.#fallFactors = new Float64Array(n * START_FALLS.length);
    this.#risen = new Float64Array(n);
  }

  /** The best time of each start shape. Rise and fall are products, so that a trial costs no more than its sums. */
  #findStarts(data: NormalisedFluxes): void {
    const { n, time, flux, inverseError, peakTime, width } = data;
    const riseFactor = this.#riseFactor;
    const fallFactors = this.#fallFactors;
    const risen = this.#risen;
    const linear = this.#linear;
    let sumW = 0;
    let sumY = 0;
    for (let i = 0; i < n; i += 1) {
      const w = inverseError[i]! * inverseError[i]!;
      sumW += w;
      sumY += w * flux[i]!;
    }
    for (let k = 0; k < START_FALLS.length; k += 1) {
      const perFall = 1 / (width * START_FALLS[k]!);
      for (let i = 0; i < n; i += 1) fallFactors[k * n + i] = Math.exp((peakTime - time[i]!) * perFall);
    }
    linear[SUM_W] = sumW;
    linear[SUM_WY] = sumY;
    this.#startCost.fill(Number.POSITIVE_INFINITY);
    for (let r = 0; r < START_RISES.length; r += 1) {
      const rise = START_RISES[r]!;
      const perRise = 1 / (width * rise);
      for (let i = 0; i < n; i += 1) riseFactor[i] = Math.exp((peakTime - time[i]!) * perRise);
      for (let s = 0; s < START_TIMES.length; s += 1) {
        const startTime = START_TIMES[s]!;
        const riseAtT0 = Math.exp(startTime / rise);
        for (let i = 0; i < n; i += 1) risen[i] = inverseError[i]! / (1 + riseFactor[i]! * riseAtT0);
        // two falls in one walk over the points
        for (let k = 0; k < START_FALLS.length; k += 2) {
          const fallFactor0 = k * n;
          const fallFactor1 = fallFactor0 + n;
          let sumS0 = 0;
          let sumSS0 = 0;
          let sumSY0 = 0;
          let sumS1 = 0;
          let sumSS1 = 0;
          let sumSY1 = 0;
          for (let i = 0; i < n; i += 1) {
            const u = risen[i]!;
            const w = inverseError[i]!;
            const y = flux[i]!;
            const s0 = u * fallFactors[fallFactor0 + i]!;
            const s1 = u * fallFactors[fallFactor1 + i]!;
            const ws0 = w * s0;
            const ws1 = w * s1;
            sumS0 += ws0;
            sumSS0 += s0 * s0;
            sumSY0 += ws0 * y;
            sumS1 += ws1;
            sumSS1 += s1 * s1;
            sumSY1 += ws1 * y;
          }
          const fallAtT0 = s * START_FALLS.length + k;
          const shape = r * START_FALLS.length + k;
          const fall0 = FALL_AT_START[fallAtT0]!;
          linear[SUM_WS] = fall0 * sumS0;
          linear[SUM_SS] = fall0 * fall0 * sumSS0;
          linear[SUM_SY] = fall0 * sumSY0;
          this.#proposeStart(shape, s);
          const fall1 = FALL_AT_START[fallAtT0 + 1]!;
          linear[SUM_WS] = fall1 * sumS1;
          linear[SUM_SS] = fall1 * fall1 * sumSS1;
          linear[SUM_SY] = fall1 * sumSY1;
          this.#proposeStart(shape + 1, s);
        }
      }
    }
    linear[COST_TO_BEAT] = Number.POSITIVE_INFINITY;
  }

  /** Takes out the best start that is left, into q; false when there is none. */
  #takeStart({ peakTime, width }: NormalisedFluxes, q: Float64Array): boolean {
    const shape = takeLowest(this.#startCost);
    if (shape < 0) return false;
    q[T0] = peakTime + width * this.#startTime[shape]!;
    q[LOG_RISE] = Math.log(width * START_RISES[Math.floor(shape / START_FALLS.length)]!);
    q[LOG_FALL] = Math.log(width * START_FALLS[shape % START_FALLS.length]!);
    for (let i = 0; i < NON_LINEAR; i += 1) q[i] = Math.max(LOWER[i]!, Math.min(UPPER[i]!, q[i]!));
    return true;
  }

  /** Keeps a time for a start shape, the sums at hand being its own, if it is the best so far. */
  #proposeStart(shape: number, time: number): void {
    const linear = this.#linear;
    linear[COST_TO_BEAT] = this.#startCost[shape]!;
    fitScaleAndLevel(linear);
    if (linear[COST]! < this.#startCost[shape]!) {
      this.#startCost[shape] = linear[COST]!;
      this.#startTime[shape] = START_TIMES[time]!;
    }
  }
}
