import { BestStarts } from './best-starts.ts';
import { decay } from './decay.ts';
import { NormalisedFluxes } from './normalised-fluxes.ts';
import {
  COST,
  COST_TO_BEAT,
  createScaleAndLevel,
  fitScaleAndLevel,
  isWithinBounds,
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
  REDUCED,
  SeparableLeastSquares,
  type SeparableModel,
} from './separable-least-squares.ts';
import { StartQueue } from './start-queue.ts';

/** Parameters of a Villar fit. */
export const VILLAR_PARAMETER_COUNT = 7;
/** Fewest points: one more than parameters. */
export const VILLAR_MIN_POINTS = 8;

// Non-linear parameters, in durations from the first point.
const T0 = 0;
const LOG_RISE = 1;
const LOG_FALL = 2;
const LOG_GAMMA = 3;
const NON_LINEAR = 4;
const LOWER = new Float64Array([-0.5, Math.log(1e-3), Math.log(1e-2), Math.log(1e-3)]);
const UPPER = new Float64Array([1, Math.log(1), Math.log(10), Math.log(2)]);

// Starts, in widths of the light curve: 54 shapes, each at ten times about the peak; the best are refined.
const START_RISES = [0.025, 0.1, 0.3];
const START_FALLS = [0.3, 0.9, 2.7];
const START_GAMMAS = [0.04, 0.12, 0.25, 0.5, 0.8, 1.2];
const START_SHAPES = START_RISES.length * START_FALLS.length * START_GAMMAS.length;
/** The likely ones first: the others then need less of a look. */
const START_TIMES = [-0.22, -0.35, -0.12, -0.5, -0.03, -0.7, 0.1, -1, 0.3, -1.5];
/** exp(t₀/rise) of each start, times outermost. */
const RISE_AT_START = Float64Array.from(
  START_TIMES.flatMap((time) => START_RISES.map((rise) => Math.exp(time / rise))),
);
/** exp((t₀ + γ)/fall) of each start, times outermost, falls innermost. */
const FALL_AT_PLATEAU_END = Float64Array.from(
  START_TIMES.flatMap((time) =>
    START_GAMMAS.flatMap((gamma) => START_FALLS.map((fall) => Math.exp((time + gamma) / fall))),
  ),
);
/** Points times starts that are tried for a few steps: the fewer the points, the more valleys there are. */
const TRIED_POINTS = 120;
const LEAST_TRIED_STARTS = 4;
const MOST_TRIED_STARTS = 20;
const TRIAL_EVALUATIONS = 5;
const REFINED_STARTS_FEW_POINTS = 3;
const REFINED_STARTS = 2;
const FEW_POINTS = 14;
const MAX_EVALUATIONS = 30;
const FIRST_DAMPING = 1e-3;
/** A trial this much worse than the best fit is not refined. */
const HOPELESS = 1.2;
/** Starts are sought in no more points than these, means of neighbours where there are more. */
const MOST_START_POINTS = 48;

// Weighted sums over the points, of products of weight w, u, v and flux y: places in an array of nine.
const W = 0;
const WU = 1;
const WV = 2;
const UU = 3;
const UV = 4;
const VV = 5;
const WY = 6;
const UY = 7;
const VY = 8;
/** So many rise times before t₀ there is nothing to see: 1e−26 of the amplitude. */
const DARK = 60;
/** Of u and v about their means, relative to that of unrelated ones: below, it is rounding. */
const LEAST_DETERMINANT = 1e-11;
// Places of 1/rise, 1/fall and γ.
const PER_RISE = 0;
const PER_FALL = 1;
const GAMMA = 2;
// Places of ν and of whether it is free.
const NU = 0;
const NU_IS_FREE = 1;
/** Running sums before the end of the plateau: w u, w v, u u, u v, v v, u y, v y with v short of the factor 1/γ. */
const EARLY_SUMS = 7;
/** Running sums after it, for each fall: w u, u u, u y. */
const LATE_SUMS = 3 * START_FALLS.length;

/**
 * Fits f(t) = c + A/(1 + exp(−(t − t₀)/rise)) · {1 − ν (t − t₀)/γ before t₀ + γ; (1 − ν) exp(−(t − t₀ − γ)/fall) after}
 * to a flux light curve.
 *
 * Linear in c, A and A ν.
 *
 * @see Villar et al. 2019, doi:10.3847/1538-4357/ab418c, with ν = −β γ/A in place of the plateau's slope β
 */
export class VillarFit implements SeparableModel {
  /** A, c [flux], t₀ [d, as the times given], rise, fall [d], ν ∈ [0, 1], γ [d]. */
  readonly parameters = new Float64Array(VILLAR_PARAMETER_COUNT);
  reducedChi2 = Number.NaN;
  /** Whether a parameter ended on a bound: the data do not say what it is. */
  isAtBound = false;
  #data: NormalisedFluxes | undefined;
  readonly #solver = new SeparableLeastSquares(FIRST_DAMPING);
  readonly #linear = createScaleAndLevel();
  readonly #steep = createScaleAndLevel();
  /** ν, and 1 when it is inside its bounds, 0 when it is on one. */
  readonly #nu = new Float64Array(2);
  readonly #q = new Float64Array(NON_LINEAR);
  readonly #best = new Float64Array(NON_LINEAR);
  readonly #starts = new BestStarts(START_SHAPES, MOST_TRIED_STARTS);
  readonly #tried = new StartQueue(MOST_TRIED_STARTS, NON_LINEAR);
  readonly #condensed = new NormalisedFluxes();
  readonly #outcome = createNormalEquations();
  // Of where the model was evaluated last, for its derivatives: u, what is left of the rise and the residual of each point,
  // points before the end of the plateau, time scales, and the sums of u and v before that end (short of 1/γ) and after it.
  #shape = new Float64Array(0);
  #unrisen = new Float64Array(0);
  #residual = new Float64Array(0);
  #plateauEnd = 0;
  readonly #scales = new Float64Array(3);
  readonly #earlySums = new Float64Array(9);
  readonly #lateSums = new Float64Array(9);
  #riseFactors = new Float64Array(0);
  #fallFactors = new Float64Array(0);
  #risen = new Float64Array(0);
  readonly #early = new Float64Array(START_GAMMAS.length * EARLY_SUMS);
  readonly #late = new Float64Array(START_GAMMAS.length * LATE_SUMS);
  /** Points before the end of each start's plateau. */
  readonly #splits = new Int32Array(START_GAMMAS.length);
  readonly #sums = new Float64Array(9);

  /**
   * Fits; the outcome is in `parameters` and `reducedChi2`.
   *
   * @param data  at least `VILLAR_MIN_POINTS` points
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
    const tries = Math.max(LEAST_TRIED_STARTS, Math.min(MOST_TRIED_STARTS, Math.round(TRIED_POINTS / few.n)));
    this.#findStarts(few, tries);
    const q = this.#q;
    this.#data = few;
    this.#tried.clear();
    let best = Number.POSITIVE_INFINITY;
    for (let rank = 0; rank < this.#starts.length; rank += 1) {
      this.#takeStart(few, rank, q);
      const chi2 = this.#solver.minimise(this, q, LOWER, UPPER, TRIAL_EVALUATIONS, best);
      if (chi2 < best) best = chi2;
      this.#tried.add(chi2, q);
    }
    this.#data = data;
    best = Number.POSITIVE_INFINITY;
    const refined = data.n < FEW_POINTS ? REFINED_STARTS_FEW_POINTS : REFINED_STARTS;
    for (let k = 0; k < refined; k += 1) {
      const cost = this.#tried.takeBest(q);
      if (Number.isNaN(cost) || (few === data && cost > HOPELESS * best)) break;
      const chi2 = this.#solver.minimise(this, q, LOWER, UPPER, MAX_EVALUATIONS, best);
      if (chi2 < best) {
        best = chi2;
        this.#best.set(q);
      }
    }
    this.reducedChi2 = best / (data.n - VILLAR_PARAMETER_COUNT);
    if (best < Number.POSITIVE_INFINITY) this.#keep(data);
  }

  /** @see SeparableModel */
  evaluate(q: Float64Array, normal: Float64Array): void {
    const { n, time, inverseError, weightedFlux, weight, weightTimesFlux } = this.#data!;
    const shape = this.#shape;
    const unrisen = this.#unrisen;
    const residual = this.#residual;
    const t0 = q[T0]!;
    const perRise = Math.exp(-q[LOG_RISE]!);
    const perFall = Math.exp(-q[LOG_FALL]!);
    const gamma = Math.exp(q[LOG_GAMMA]!);
    const scales = this.#scales;
    scales[PER_RISE] = perRise;
    scales[PER_FALL] = perFall;
    scales[GAMMA] = gamma;
    const perGamma = 1 / gamma;
    // f = level + A u − A ν v, both risen and decayed alike, v climbing from 0 at t₀ to u at t₀ + γ; here γ v
    let wu = 0;
    let wv = 0;
    let uu = 0;
    let uv = 0;
    let vv = 0;
    let uy = 0;
    let vy = 0;
    let i = 0;
    for (; i < n; i += 1) {
      const dt = time[i]! - t0;
      if (!(dt < gamma)) break;
      const x = dt * perRise;
      const e = decay(Math.max(x, -DARK));
      const risen = 1 / (1 + e);
      const w = inverseError[i]!;
      const y = weightedFlux[i]!;
      const u = risen * w;
      const v = u * dt;
      wu += w * u;
      wv += w * v;
      uu += u * u;
      uv += u * v;
      vv += v * v;
      uy += u * y;
      vy += v * y;
      shape[i] = u;
      unrisen[i] = e * risen;
    }
    const end = i;
    let wuLate = 0;
    let uuLate = 0;
    let uyLate = 0;
    for (; i < n; i += 1) {
      const dt = time[i]! - t0;
      const e = decay(dt * perRise);
      const risen = 1 / (1 + e);
      const w = inverseError[i]!;
      const u = risen * w * decay((dt - gamma) * perFall);
      wuLate += w * u;
      uuLate += u * u;
      uyLate += u * weightedFlux[i]!;
      shape[i] = u;
      unrisen[i] = e * risen;
    }
    const early = this.#earlySums;
    early[WU] = wu;
    early[WV] = wv;
    early[UU] = uu;
    early[UV] = uv;
    early[VV] = vv;
    this.#lateSums[WU] = wuLate;
    this.#lateSums[UU] = uuLate;
    const sums = this.#sums;
    sums[W] = weight;
    sums[WU] = wu + wuLate;
    sums[WV] = wv * perGamma + wuLate;
    sums[UU] = uu + uuLate;
    sums[UV] = uv * perGamma + uuLate;
    sums[VV] = vv * perGamma * perGamma + uuLate;
    sums[WY] = weightTimesFlux;
    sums[UY] = uy + uyLate;
    sums[VY] = vy * perGamma + uyLate;
    this.#fitLinear();
    const scale = this.#linear[SCALE]!;
    const level = this.#linear[LEVEL]!;
    const slope = scale * this.#nu[NU]! * perGamma;
    let chi2 = 0;
    for (i = 0; i < end; i += 1) {
      const r = shape[i]! * (scale - slope * (time[i]! - t0)) + level * inverseError[i]! - weightedFlux[i]!;
      residual[i] = r;
      chi2 += r * r;
    }
    const lateScale = scale * (1 - this.#nu[NU]!);
    for (; i < n; i += 1) {
      const r = shape[i]! * lateScale + level * inverseError[i]! - weightedFlux[i]!;
      residual[i] = r;
      chi2 += r * r;
    }
    this.#plateauEnd = end;
    normal[CHI2] = chi2;
  }

  /**
   * @see SeparableModel
   *
   * Letters in the sums: w weight (what the level does), u and v as in `evaluate`, t, x, d and g what a change of t₀, rise,
   * fall and γ does, r residual. Before the end of the plateau d = 0 and g ∝ v, after it v = u and g ∝ u.
   */
  linearise(q: Float64Array, normal: Float64Array): void {
    const { n, time, inverseError } = this.#data!;
    const shape = this.#shape;
    const unrisen = this.#unrisen;
    const residual = this.#residual;
    const t0 = q[T0]!;
    const perRise = this.#scales[PER_RISE]!;
    const perFall = this.#scales[PER_FALL]!;
    const gamma = this.#scales[GAMMA]!;
    const perGamma = 1 / gamma;
    const scale = this.#linear[SCALE]!;
    const nu = this.#nu[NU]!;
    const slope = scale * nu * perGamma;
    const lateScale = scale * (1 - nu);
    const end = this.#plateauEnd;
    let wt = 0;
    let ut = 0;
    let vt = 0;
    let tt = 0;
    let tx = 0;
    let tr = 0;
    let wx = 0;
    let ux = 0;
    let vx = 0;
    let xx = 0;
    let xr = 0;
    let vr = 0;
    for (let i = 0; i < end; i += 1) {
      const dt = time[i]! - t0;
      const w = inverseError[i]!;
      const u = shape[i]!;
      const v = u * dt;
      const r = residual[i]!;
      const change = (scale * u - slope * v) * unrisen[i]! * perRise;
      const t = slope * u - change;
      const x = -change * dt;
      wt += w * t;
      ut += u * t;
      vt += v * t;
      tt += t * t;
      tx += t * x;
      tr += t * r;
      wx += w * x;
      ux += u * x;
      vx += v * x;
      xx += x * x;
      xr += x * r;
      vr += v * r;
    }
    // The sums above and below meet where v = u: γ v becomes v, and of the plateau's end g.
    const lateGamma = lateScale * gamma * perFall;
    let gt = slope * vt;
    let gx = slope * vx;
    let gr = slope * vr;
    vt *= perGamma;
    vx *= perGamma;
    let utLate = 0;
    let uxLate = 0;
    let urLate = 0;
    let td = 0;
    let xd = 0;
    let wd = 0;
    let ud = 0;
    let dd = 0;
    let dr = 0;
    for (let i = end; i < n; i += 1) {
      const dt = time[i]! - t0;
      const w = inverseError[i]!;
      const u = shape[i]!;
      const r = residual[i]!;
      const f = lateScale * u;
      const change = f * unrisen[i]! * perRise;
      const t = f * perFall - change;
      const x = -change * dt;
      const d = f * (dt - gamma) * perFall;
      wt += w * t;
      utLate += u * t;
      tt += t * t;
      tx += t * x;
      td += t * d;
      tr += t * r;
      wx += w * x;
      uxLate += u * x;
      xx += x * x;
      xd += x * d;
      xr += x * r;
      wd += w * d;
      ud += u * d;
      dd += d * d;
      dr += d * r;
      urLate += u * r;
    }
    ut += utLate;
    vt += utLate;
    ux += uxLate;
    vx += uxLate;
    gt += lateGamma * utLate;
    gx += lateGamma * uxLate;
    gr += lateGamma * urLate;
    const early = this.#earlySums;
    const wuLate = this.#lateSums[WU]!;
    const uuLate = this.#lateSums[UU]!;
    const wg = slope * early[WV]! + lateGamma * wuLate;
    const ug = slope * early[UV]! + lateGamma * uuLate;
    const vg = slope * perGamma * early[VV]! + lateGamma * uuLate;
    const gg = slope * slope * early[VV]! + lateGamma * lateGamma * uuLate;
    const gd = lateGamma * ud;

    normal[DIAGONAL + T0] = tt;
    normal[DIAGONAL + LOG_RISE] = xx;
    normal[DIAGONAL + LOG_FALL] = dd;
    normal[DIAGONAL + LOG_GAMMA] = gg;
    normal[GRADIENT + T0] = tr;
    normal[GRADIENT + LOG_RISE] = xr;
    normal[GRADIENT + LOG_FALL] = dr;
    normal[GRADIENT + LOG_GAMMA] = gr;

    // What the level can do is taken out first, then the scale, then the plateau's slope. A parameter on a bound can do
    // nothing: 0 for its inverse. ν held at 1, the scale moves u − v; held at 0, u.
    const sums = this.#sums;
    const isFree = this.#nu[NU_IS_FREE]! === 1;
    const perW = this.#linear[LEVEL_IS_FREE]! === 1 ? 1 / sums[W]! : 0;
    const steep = !isFree && nu === 1 ? 1 : 0;
    const wa = sums[WU]! - steep * sums[WV]!;
    const aa = sums[UU]! - steep * (2 * sums[UV]! - sums[VV]!);
    const levelA = wa * perW;
    const pivotA = aa - levelA * wa;
    const perA = this.#linear[SCALE_IS_FREE]! === 1 && pivotA > LEAST_DETERMINANT * aa ? 1 / pivotA : 0;
    const levelT = wt * perW;
    const levelX = wx * perW;
    const levelD = wd * perW;
    const levelG = wg * perW;
    const at = ut - steep * vt - levelA * wt;
    const ax = ux - steep * vx - levelA * wx;
    const ad = ud - steep * ud - levelA * wd;
    const ag = ug - steep * vg - levelA * wg;
    const scaleT = at * perA;
    const scaleX = ax * perA;
    const scaleD = ad * perA;
    const scaleG = ag * perA;
    const av = sums[UV]! - levelA * sums[WV]!;
    const levelV = sums[WV]! * perW;
    const scaleV = av * perA;
    const pivotV = sums[VV]! - levelV * sums[WV]! - scaleV * av;
    const perV = isFree && pivotV > LEAST_DETERMINANT * sums[VV]! ? 1 / pivotV : 0;
    const bt = vt - levelV * wt - scaleV * at;
    const bx = vx - levelV * wx - scaleV * ax;
    const bd = ud - levelV * wd - scaleV * ad;
    const bg = vg - levelV * wg - scaleV * ag;
    const slopeT = bt * perV;
    const slopeX = bx * perV;
    const slopeD = bd * perV;
    const slopeG = bg * perV;
    normal[REDUCED] = tt - levelT * wt - scaleT * at - slopeT * bt;
    normal[REDUCED + 1] = tx - levelT * wx - scaleT * ax - slopeT * bx;
    normal[REDUCED + 2] = xx - levelX * wx - scaleX * ax - slopeX * bx;
    normal[REDUCED + 3] = td - levelT * wd - scaleT * ad - slopeT * bd;
    normal[REDUCED + 4] = xd - levelX * wd - scaleX * ad - slopeX * bd;
    normal[REDUCED + 5] = dd - levelD * wd - scaleD * ad - slopeD * bd;
    normal[REDUCED + 6] = gt - levelT * wg - scaleT * ag - slopeT * bg;
    normal[REDUCED + 7] = gx - levelX * wg - scaleX * ag - slopeX * bg;
    normal[REDUCED + 8] = gd - levelD * wg - scaleD * ag - slopeD * bg;
    normal[REDUCED + 9] = gg - levelG * wg - scaleG * ag - slopeG * bg;
  }

  /**
   * The best c, A and ν ∈ [0, 1] for the sums at hand.
   *
   * The sum of squares is convex: where the free solution violates one bound of ν only, the best point is on that bound.
   */
  #fitLinear(): void {
    const sums = this.#sums;
    const w = sums[W]!;
    const wu = sums[WU]!;
    const wv = sums[WV]!;
    const uu = sums[UU]!;
    const uv = sums[UV]!;
    const vv = sums[VV]!;
    const wy = sums[WY]!;
    const uy = sums[UY]!;
    const vy = sums[VY]!;
    const linear = this.#linear;
    const nu = this.#nu;
    const inverse = 1 / w;
    const cuu = uu - wu * wu * inverse;
    const cuv = uv - wu * wv * inverse;
    const cvv = vv - wv * wv * inverse;
    const determinant = cuu * cvv - cuv * cuv;
    let isFlat = true;
    let isSteep = true;
    if (determinant > LEAST_DETERMINANT * cuu * cvv) {
      const cuy = uy - wu * wy * inverse;
      const cvy = vy - wv * wy * inverse;
      // y = level + a u − b v
      const a = (cvv * cuy - cuv * cvy) / determinant;
      const b = (cuv * cuy - cuu * cvy) / determinant;
      const level = (wy - a * wu + b * wv) * inverse;
      const cost = -(a * uy - b * vy + level * wy);
      // Bounds only make it worse.
      if (cost >= linear[COST_TO_BEAT]!) {
        linear[COST] = cost;
        return;
      }
      if (isWithinBounds(a, level)) {
        if (b >= 0 && b <= a) {
          linear[SCALE] = a;
          linear[LEVEL] = level;
          linear[SCALE_IS_FREE] = 1;
          linear[LEVEL_IS_FREE] = 1;
          linear[COST] = cost;
          nu[NU] = a > 0 ? b / a : 0;
          nu[NU_IS_FREE] = b > 0 && b < a ? 1 : 0;
          return;
        }
        isFlat = b < 0;
        isSteep = !isFlat;
      }
    }
    nu[NU] = 0;
    nu[NU_IS_FREE] = 0;
    linear[COST] = Number.POSITIVE_INFINITY;
    if (isFlat) {
      linear[SUM_W] = w;
      linear[SUM_WS] = wu;
      linear[SUM_SS] = uu;
      linear[SUM_WY] = wy;
      linear[SUM_SY] = uy;
      fitScaleAndLevel(linear);
    }
    if (!isSteep) return;
    const steep = this.#steep;
    steep[COST_TO_BEAT] = Math.min(linear[COST]!, linear[COST_TO_BEAT]!);
    steep[SUM_W] = w;
    steep[SUM_WS] = wu - wv;
    steep[SUM_SS] = uu - 2 * uv + vv;
    steep[SUM_WY] = wy;
    steep[SUM_SY] = uy - vy;
    fitScaleAndLevel(steep);
    if (steep[COST]! < linear[COST]!) {
      nu[NU] = 1;
      linear[SCALE] = steep[SCALE]!;
      linear[LEVEL] = steep[LEVEL]!;
      linear[SCALE_IS_FREE] = steep[SCALE_IS_FREE]!;
      linear[LEVEL_IS_FREE] = steep[LEVEL_IS_FREE]!;
      linear[COST] = steep[COST]!;
    }
  }

  #keep(data: NormalisedFluxes): void {
    const q = this.#best;
    // The search may have ended elsewhere: the linear parameters that belong to q are wanted.
    this.evaluate(q, this.#outcome);
    const linear = this.#linear;
    const nu = this.#nu;
    this.isAtBound =
      linear[SCALE_IS_FREE] === 0 || linear[LEVEL_IS_FREE] === 0 || (nu[NU_IS_FREE] === 0 && nu[NU] === 1);
    for (let i = 0; i < NON_LINEAR; i += 1) {
      if (q[i]! <= LOWER[i]! || q[i]! >= UPPER[i]!) this.isAtBound = true;
    }
    const { parameters } = this;
    parameters[0] = linear[SCALE]! * data.range;
    parameters[1] = data.faintest + linear[LEVEL]! * data.range;
    parameters[2] = data.firstTime + q[T0]! * data.duration;
    parameters[3] = Math.exp(q[LOG_RISE]!) * data.duration;
    parameters[4] = Math.exp(q[LOG_FALL]!) * data.duration;
    parameters[5] = nu[NU]!;
    parameters[6] = Math.exp(q[LOG_GAMMA]!) * data.duration;
  }

  #reserve(n: number): void {
    this.#riseFactors = new Float64Array(n * START_RISES.length);
    this.#fallFactors = new Float64Array(n * START_FALLS.length);
    this.#risen = new Float64Array(n);
  }

  /**
   * The best time of each start shape that is among the best `most` of them, or may be.
   *
   * A shape's sums are those over the points before t₀ + γ, which do not depend on the fall, and those after, in which
   * the plateau only sets a factor: with the running sums where each plateau ends, a trial costs no walk over the points.
   * Weights are scaled to a sum of squares of 1, and fluxes are about their mean: sums over the points are then about
   * means with one product less each, and a start is measured by what it explains.
   */
  #findStarts(data: NormalisedFluxes, most: number): void {
    const { n, time, relativeWeight, relativeFlux, peakTime, width } = data;
    const riseFactors = this.#riseFactors;
    const fallFactors = this.#fallFactors;
    const risen = this.#risen;
    const early = this.#early;
    const late = this.#late;
    const splits = this.#splits;
    const sums = this.#sums;
    const linear = this.#linear;
    const mean = data.weightTimesFlux / data.weight;
    for (let k = 0; k < START_FALLS.length; k += 1) {
      const perFall = 1 / (width * START_FALLS[k]!);
      for (let i = 0; i < n; i += 1) fallFactors[k * n + i] = decay((time[i]! - peakTime) * perFall);
    }
    for (let r = 0; r < START_RISES.length; r += 1) {
      const perRise = 1 / (width * START_RISES[r]!);
      for (let i = 0; i < n; i += 1) riseFactors[r * n + i] = decay((time[i]! - peakTime) * perRise);
    }
    const n2 = n + n;
    this.#starts.clear(most);
    sums[W] = 1;
    sums[WY] = mean;
    for (let s = 0; s < START_TIMES.length; s += 1) {
      const t0 = peakTime + width * START_TIMES[s]!;
      let split = 0;
      for (let g = 0; g < START_GAMMAS.length; g += 1) {
        const end = t0 + width * START_GAMMAS[g]!;
        while (split < n && time[split]! < end) split += 1;
        splits[g] = split;
      }
      for (let r = 0; r < START_RISES.length; r += 1) {
        const riseAtT0 = RISE_AT_START[s * START_RISES.length + r]!;
        const riseFactor = r * n;
        for (let i = 0; i < n; i += 1) risen[i] = relativeWeight[i]! / (1 + riseFactors[riseFactor + i]! * riseAtT0);
        let wuEarly = 0;
        let wvEarly = 0;
        let uuEarly = 0;
        let uvEarly = 0;
        let vvEarly = 0;
        let uyEarly = 0;
        let vyEarly = 0;
        for (let g = 0, i = 0; g < START_GAMMAS.length; g += 1) {
          for (const end = splits[g]!; i < end; i += 1) {
            const w = relativeWeight[i]!;
            const u = risen[i]!;
            const v = u * (time[i]! - t0);
            const y = relativeFlux[i]!;
            wuEarly += w * u;
            wvEarly += w * v;
            uuEarly += u * u;
            uvEarly += u * v;
            vvEarly += v * v;
            uyEarly += u * y;
            vyEarly += v * y;
          }
          const to = g * EARLY_SUMS;
          early[to] = wuEarly;
          early[to + 1] = wvEarly;
          early[to + 2] = uuEarly;
          early[to + 3] = uvEarly;
          early[to + 4] = vvEarly;
          early[to + 5] = uyEarly;
          early[to + 6] = vyEarly;
        }
        // all falls in one walk over the points
        let wu0 = 0;
        let uu0 = 0;
        let uy0 = 0;
        let wu1 = 0;
        let uu1 = 0;
        let uy1 = 0;
        let wu2 = 0;
        let uu2 = 0;
        let uy2 = 0;
        for (let g = START_GAMMAS.length - 1, i = n - 1; g >= 0; g -= 1) {
          for (const end = splits[g]!; i >= end; i -= 1) {
            const w = relativeWeight[i]!;
            const y = relativeFlux[i]!;
            const u = risen[i]!;
            const u0 = u * fallFactors[i]!;
            const u1 = u * fallFactors[n + i]!;
            const u2 = u * fallFactors[n2 + i]!;
            wu0 += w * u0;
            uu0 += u0 * u0;
            uy0 += u0 * y;
            wu1 += w * u1;
            uu1 += u1 * u1;
            uy1 += u1 * y;
            wu2 += w * u2;
            uu2 += u2 * u2;
            uy2 += u2 * y;
          }
          const to = g * LATE_SUMS;
          late[to] = wu0;
          late[to + 1] = uu0;
          late[to + 2] = uy0;
          late[to + 3] = wu1;
          late[to + 4] = uu1;
          late[to + 5] = uy1;
          late[to + 6] = wu2;
          late[to + 7] = uu2;
          late[to + 8] = uy2;
        }
        this.#compareStarts(s, r, width);
      }
    }
    linear[COST_TO_BEAT] = Number.POSITIVE_INFINITY;
  }

  /** Looks at the starts of one time and rise, whose running sums are at hand. */
  #compareStarts(s: number, r: number, width: number): void {
    const early = this.#early;
    const late = this.#late;
    const starts = this.#starts;
    const sums = this.#sums;
    const linear = this.#linear;
    const mean = sums[WY]!;
    const firstStart = s * START_GAMMAS.length * START_FALLS.length;
    const firstShape = r * START_GAMMAS.length * START_FALLS.length;
    for (let g = 0, gk = 0; g < START_GAMMAS.length; g += 1) {
      const perGamma = 1 / (width * START_GAMMAS[g]!);
      const before = g * EARLY_SUMS;
      const wuBefore = early[before]!;
      const wvBefore = early[before + 1]! * perGamma;
      const uuBefore = early[before + 2]!;
      const uvBefore = early[before + 3]! * perGamma;
      const vvBefore = early[before + 4]! * perGamma * perGamma;
      const uyBefore = early[before + 5]!;
      const vyBefore = early[before + 6]! * perGamma;
      for (let k = 0; k < START_FALLS.length; k += 1, gk += 1) {
        const after = 3 * gk;
        const factor = FALL_AT_PLATEAU_END[firstStart + gk]!;
        const afterU = factor * late[after]!;
        const afterUU = factor * factor * late[after + 1]!;
        const afterUY = factor * late[after + 2]!;
        const wu = wuBefore + afterU;
        const wv = wvBefore + afterU;
        const uu = uuBefore + afterUU;
        const uv = uvBefore + afterUU;
        const vv = vvBefore + afterUU;
        const uy = uyBefore + afterUY;
        const vy = vyBefore + afterUY;
        const gainToBeat = starts.gainToBeat(firstShape + gk);
        // Most starts are dismissed here: what they would explain, were there no bounds but those of ν, times a determinant.
        const cuu = uu - wu * wu;
        const cuv = uv - wu * wv;
        const cvv = vv - wv * wv;
        const determinant = cuu * cvv - cuv * cuv;
        let isFlat = true;
        let isSteep = true;
        if (determinant > LEAST_DETERMINANT * cuu * cvv) {
          const a = cvv * uy - cuv * vy;
          const b = cuv * uy - cuu * vy;
          if (a * uy - b * vy <= gainToBeat * determinant) continue;
          isFlat = b < 0;
          isSteep = b > a;
        }
        if (isFlat || isSteep) {
          const isFlatBeaten = !isFlat || isBeaten(uy, cuu, gainToBeat);
          if (isFlatBeaten && (!isSteep || isBeaten(uy - vy, cuu - 2 * cuv + cvv, gainToBeat))) continue;
        }
        sums[WU] = wu;
        sums[WV] = wv;
        sums[UU] = uu;
        sums[UV] = uv;
        sums[VV] = vv;
        sums[UY] = uy + mean * wu;
        sums[VY] = vy + mean * wv;
        linear[COST_TO_BEAT] = -gainToBeat - mean * mean;
        this.#fitLinear();
        const gain = -linear[COST]! - mean * mean;
        if (!(gain > gainToBeat)) continue;
        starts.offered[0] = gain;
        starts.add(firstShape + gk, s);
      }
    }
  }

  /** Puts a start into q. */
  #takeStart({ peakTime, width }: NormalisedFluxes, rank: number, q: Float64Array): void {
    const shape = this.#starts.shape(rank);
    const fall = START_FALLS[shape % START_FALLS.length]!;
    const gamma = START_GAMMAS[Math.floor(shape / START_FALLS.length) % START_GAMMAS.length]!;
    const rise = START_RISES[Math.floor(shape / (START_FALLS.length * START_GAMMAS.length))]!;
    q[T0] = peakTime + width * START_TIMES[this.#starts.time(rank)]!;
    q[LOG_RISE] = Math.log(width * rise);
    q[LOG_FALL] = Math.log(width * fall);
    q[LOG_GAMMA] = Math.log(width * gamma);
    for (let i = 0; i < NON_LINEAR; i += 1) q[i] = Math.max(LOWER[i]!, Math.min(UPPER[i]!, q[i]!));
  }
}

/** Whether a shape by itself explains too little, given its products with itself and the fluxes about their means. */
function isBeaten(sy: number, ss: number, gainToBeat: number): boolean {
  return sy > 0 ? sy * sy <= gainToBeat * ss : gainToBeat >= 0;
}
