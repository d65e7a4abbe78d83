import { BestStarts } from './best-starts.ts';
import { decay } from './decay.ts';
import { NormalisedFluxes } from './normalised-fluxes.ts';
import {
  COST,
  COST_TO_BEAT,
  createScaleAndLevel,
  fitScaleAndLevel,
  LEAST_VARIANCE,
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
import {
  CHI2,
  createNormalEquations,
  DIAGONAL,
  GRADIENT,
  NON_LINEAR_PLACES,
  REDUCED,
  SeparableLeastSquares,
  type SeparableModel,
} from './separable-least-squares.ts';

/** Parameters of a Bazin fit. */
export const BAZIN_PARAMETER_COUNT = 5;
/** Fewest points: one more than parameters. */
export const BAZIN_MIN_POINTS = 6;

// Non-linear parameters, in durations from the first point.
const T0 = 0;
const LOG_RISE = 1;
const LOG_FALL = 2;
const NON_LINEAR = 3;
const LOWER = new Float64Array([-0.5, Math.log(1e-3), Math.log(1e-2), 0]);
const UPPER = new Float64Array([1, Math.log(1), Math.log(10), 0]);

// Starts, in widths of the light curve: eight shapes, each at eight times about the peak; the best are refined.
const START_RISES = [0.015, 0.05, 0.17, 0.5];
const START_FALLS = [0.15, 0.6];
const START_SHAPES = START_RISES.length * START_FALLS.length;
const START_TIMES = [-2, -1.1, -0.6, -0.3, -0.1, 0.05, 0.25, 0.5];
/** exp(t₀/rise) and exp(t₀/fall) of each start, times outermost. */
const RISE_AT_START = Float64Array.from(
  START_TIMES.flatMap((time) => START_RISES.map((rise) => Math.exp(time / rise))),
);
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
  readonly #solver = new SeparableLeastSquares(FIRST_DAMPING);
  readonly #linear = createScaleAndLevel();
  readonly #q = new Float64Array(NON_LINEAR_PLACES);
  readonly #best = new Float64Array(NON_LINEAR_PLACES);
  readonly #condensed = new NormalisedFluxes();
  readonly #starts = new BestStarts(START_SHAPES, REFINED_STARTS_FEW_POINTS);
  readonly #outcome = createNormalEquations();
  // Of where the model was evaluated last, for its derivatives: each point's shape, what is left of its rise, its residual.
  #shape = new Float64Array(0);
  #unrisen = new Float64Array(0);
  #residual = new Float64Array(0);
  #riseFactors = new Float64Array(0);
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
    if (this.#shape.length < data.n) {
      this.#shape = new Float64Array(data.n);
      this.#unrisen = new Float64Array(data.n);
      this.#residual = new Float64Array(data.n);
    }
    this.#findStarts(few, data.n < FEW_POINTS ? REFINED_STARTS_FEW_POINTS : REFINED_STARTS);
    this.#data = data;
    const q = this.#q;
    let best = Number.POSITIVE_INFINITY;
    for (let rank = 0; rank < this.#starts.length; rank += 1) {
      this.#takeStart(few, rank, q);
      const chi2 = this.#solver.minimise(this, q, LOWER, UPPER, MAX_EVALUATIONS, best);
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
    this.evaluate(q, this.#outcome);
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
  evaluate(q: Float64Array, normal: Float64Array): void {
    const { n, time, inverseError, weightedFlux, weight, weightTimesFlux } = this.#data!;
    const shape = this.#shape;
    const unrisen = this.#unrisen;
    const residual = this.#residual;
    const t0 = q[T0]!;
    const perRise = decay(q[LOG_RISE]!);
    const perFall = decay(q[LOG_FALL]!);
    let ws = 0;
    let ss = 0;
    let sy = 0;
    for (let i = 0; i < n; i += 1) {
      const dt = time[i]! - t0;
      const w = inverseError[i]!;
      const u = dt * perRise;
      const v = dt * perFall;
      // exp(−v)/(1 + exp(−u)) and 1/(1 + exp(u)), without overflow long before the rise
      const isEarly = u < 0;
      const e = decay(isEarly ? -u : u);
      const inverse = 1 / (1 + e);
      const s = decay(isEarly ? v - u : v) * inverse * w;
      ws += w * s;
      ss += s * s;
      sy += s * weightedFlux[i]!;
      shape[i] = s;
      unrisen[i] = isEarly ? inverse : e * inverse;
    }
    const linear = this.#linear;
    linear[SUM_W] = weight;
    linear[SUM_WS] = ws;
    linear[SUM_SS] = ss;
    linear[SUM_WY] = weightTimesFlux;
    linear[SUM_SY] = sy;
    fitScaleAndLevel(linear);
    const scale = linear[SCALE]!;
    const level = linear[LEVEL]!;
    let chi2 = 0;
    for (let i = 0; i < n; i += 1) {
      const r = scale * shape[i]! + level * inverseError[i]! - weightedFlux[i]!;
      residual[i] = r;
      chi2 += r * r;
    }
    normal[CHI2] = chi2;
  }

  /**
   * @see SeparableModel
   *
   * Letters in the sums: w weight (what the level does), s what the scale does, t, x and d what a change of t₀, rise and
   * fall does, r residual.
   */
  linearise(q: Float64Array, normal: Float64Array): void {
    const { n, time, inverseError } = this.#data!;
    const shape = this.#shape;
    const unrisen = this.#unrisen;
    const residual = this.#residual;
    const linear = this.#linear;
    const t0 = q[T0]!;
    const perRise = decay(q[LOG_RISE]!);
    const perFall = decay(q[LOG_FALL]!);
    const scale = linear[SCALE]!;
    let wt = 0;
    let st = 0;
    let tt = 0;
    let tx = 0;
    let td = 0;
    let tr = 0;
    let wx = 0;
    let sx = 0;
    let xx = 0;
    let xd = 0;
    let xr = 0;
    let wd = 0;
    let sd = 0;
    let dd = 0;
    let dr = 0;
    for (let i = 0; i < n; i += 1) {
      const dt = time[i]! - t0;
      const w = inverseError[i]!;
      const s = shape[i]!;
      const r = residual[i]!;
      const f = scale * s * perFall;
      const change = scale * s * unrisen[i]! * perRise;
      const t = f - change;
      const x = -change * dt;
      const d = f * dt;
      wt += w * t;
      st += s * t;
      tt += t * t;
      tx += t * x;
      td += t * d;
      tr += t * r;
      wx += w * x;
      sx += s * x;
      xx += x * x;
      xd += x * d;
      xr += x * r;
      wd += w * d;
      sd += s * d;
      dd += d * d;
      dr += d * r;
    }
    normal[DIAGONAL + T0] = tt;
    normal[DIAGONAL + LOG_RISE] = xx;
    normal[DIAGONAL + LOG_FALL] = dd;
    normal[GRADIENT + T0] = tr;
    normal[GRADIENT + LOG_RISE] = xr;
    normal[GRADIENT + LOG_FALL] = dr;

    // What the level can do is taken out first, then the scale. One on a bound can do nothing: 0 for its inverse.
    const perW = linear[LEVEL_IS_FREE]! === 1 ? 1 / linear[SUM_W]! : 0;
    const levelS = linear[SUM_WS]! * perW;
    const levelT = wt * perW;
    const levelX = wx * perW;
    const levelD = wd * perW;
    const ss = linear[SUM_SS]!;
    const pivot = ss - levelS * linear[SUM_WS]!;
    const perS = linear[SCALE_IS_FREE]! === 1 && pivot > LEAST_VARIANCE * ss ? 1 / pivot : 0;
    st -= levelS * wt;
    sx -= levelS * wx;
    sd -= levelS * wd;
    const scaleT = st * perS;
    const scaleX = sx * perS;
    const scaleD = sd * perS;
    normal[REDUCED] = tt - levelT * wt - scaleT * st;
    normal[REDUCED + 1] = tx - levelT * wx - scaleT * sx;
    normal[REDUCED + 2] = xx - levelX * wx - scaleX * sx;
    normal[REDUCED + 3] = td - levelT * wd - scaleT * sd;
    normal[REDUCED + 4] = xd - levelX * wd - scaleX * sd;
    normal[REDUCED + 5] = dd - levelD * wd - scaleD * sd;
  }

  #reserve(n: number): void {
    this.#riseFactors = new Float64Array(n * START_RISES.length);
    this.#fallFactors = new Float64Array(n * START_FALLS.length);
    this.#risen = new Float64Array(n);
  }

  /**
   * The best time of each start shape that is among the best `most` of them, or may be. Rise and fall are products, so that
   * a trial costs no more than its sums.
   */
  #findStarts(data: NormalisedFluxes, most: number): void {
    const { n, time, relativeWeight, relativeFlux, peakTime, width } = data;
    const riseFactors = this.#riseFactors;
    const fallFactors = this.#fallFactors;
    const risen = this.#risen;
    for (let k = 0; k < START_FALLS.length; k += 1) {
      const perFall = 1 / (width * START_FALLS[k]!);
      for (let i = 0; i < n; i += 1) fallFactors[k * n + i] = decay((time[i]! - peakTime) * perFall);
    }
    for (let r = 0; r < START_RISES.length; r += 1) {
      const perRise = 1 / (width * START_RISES[r]!);
      for (let i = 0; i < n; i += 1) riseFactors[r * n + i] = decay((time[i]! - peakTime) * perRise);
    }
    const starts = this.#starts;
    starts.clear(most);
    const linear = this.#linear;
    const mean = data.weightTimesFlux / data.weight;
    linear[SUM_W] = 1;
    linear[SUM_WY] = mean;
    for (let s = 0; s < START_TIMES.length; s += 1) {
      for (let r = 0; r < START_RISES.length; r += 1) {
        const riseAtT0 = RISE_AT_START[s * START_RISES.length + r]!;
        const riseFactor = r * n;
        for (let i = 0; i < n; i += 1) risen[i] = relativeWeight[i]! / (1 + riseFactors[riseFactor + i]! * riseAtT0);
        // two falls in one walk over the points
        for (let k = 0; k < START_FALLS.length; k += 2) {
          const fallFactor0 = k * n;
          const fallFactor1 = fallFactor0 + n;
          let ws0 = 0;
          let ss0 = 0;
          let sy0 = 0;
          let ws1 = 0;
          let ss1 = 0;
          let sy1 = 0;
          for (let i = 0; i < n; i += 1) {
            const u = risen[i]!;
            const w = relativeWeight[i]!;
            const y = relativeFlux[i]!;
            const s0 = u * fallFactors[fallFactor0 + i]!;
            const s1 = u * fallFactors[fallFactor1 + i]!;
            ws0 += w * s0;
            ss0 += s0 * s0;
            sy0 += s0 * y;
            ws1 += w * s1;
            ss1 += s1 * s1;
            sy1 += s1 * y;
          }
          const fallAtT0 = s * START_FALLS.length + k;
          const shape = r * START_FALLS.length + k;
          // Most starts are dismissed here: by what they would explain, were there no bounds.
          if (!(sy0 * sy0 <= starts.gainToBeat(shape) * (ss0 - ws0 * ws0))) {
            const fall = FALL_AT_START[fallAtT0]!;
            linear[SUM_WS] = fall * ws0;
            linear[SUM_SS] = fall * fall * ss0;
            linear[SUM_SY] = fall * (sy0 + mean * ws0);
            this.#proposeStart(shape, s);
          }
          if (!(sy1 * sy1 <= starts.gainToBeat(shape + 1) * (ss1 - ws1 * ws1))) {
            const fall = FALL_AT_START[fallAtT0 + 1]!;
            linear[SUM_WS] = fall * ws1;
            linear[SUM_SS] = fall * fall * ss1;
            linear[SUM_SY] = fall * (sy1 + mean * ws1);
            this.#proposeStart(shape + 1, s);
          }
        }
      }
    }
    linear[COST_TO_BEAT] = Number.POSITIVE_INFINITY;
  }

  /** Keeps a start whose sums are at hand, if it is among the best so far. */
  #proposeStart(shape: number, time: number): void {
    const linear = this.#linear;
    const meanPart = linear[SUM_WY]! * linear[SUM_WY]!;
    const gainToBeat = this.#starts.gainToBeat(shape);
    linear[COST_TO_BEAT] = -gainToBeat - meanPart;
    fitScaleAndLevel(linear);
    const gain = -linear[COST]! - meanPart;
    if (!(gain > gainToBeat)) return;
    this.#starts.offered[0] = gain;
    this.#starts.add(shape, time);
  }

  /** Puts a start into q. */
  #takeStart({ peakTime, width }: NormalisedFluxes, rank: number, q: Float64Array): void {
    const shape = this.#starts.shape(rank);
    q[T0] = peakTime + width * START_TIMES[this.#starts.time(rank)]!;
    q[LOG_RISE] = Math.log(width * START_RISES[Math.floor(shape / START_FALLS.length)]!);
    q[LOG_FALL] = Math.log(width * START_FALLS[shape % START_FALLS.length]!);
    for (let i = 0; i < NON_LINEAR; i += 1) q[i] = Math.max(LOWER[i]!, Math.min(UPPER[i]!, q[i]!));
  }
}
