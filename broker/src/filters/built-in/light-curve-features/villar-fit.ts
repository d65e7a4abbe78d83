import { decay } from './decay.ts';
import { NormalisedFluxes } from './normalised-fluxes.ts';
import { LEVEL, LEVEL_IS_FREE, SCALE, SCALE_IS_FREE } from './scale-and-level.ts';
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
import { LEAST_DETERMINANT, NU, NU_IS_FREE, UU, UV, UY, VillarLinear, VV, VY, W, WU, WV, WY } from './villar-linear.ts';
import { VillarStarts } from './villar-starts.ts';

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

/** So many rise times before t₀ there is nothing to see: 1e−26 of the amplitude. */
const DARK = 60;
// Places of 1/rise, 1/fall and γ.
const PER_RISE = 0;
const PER_FALL = 1;
const GAMMA = 2;
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
  readonly #linearPart = new VillarLinear();
  readonly #linear = this.#linearPart.linear;
  readonly #nu = this.#linearPart.nu;
  readonly #sums = this.#linearPart.sums;
  readonly #q = new Float64Array(NON_LINEAR);
  readonly #best = new Float64Array(NON_LINEAR);
  readonly #starts = new VillarStarts(this.#linearPart, MOST_TRIED_STARTS);
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
    if (this.#shape.length < data.n) {
      this.#shape = new Float64Array(data.n);
      this.#unrisen = new Float64Array(data.n);
      this.#residual = new Float64Array(data.n);
    }
    const tries = Math.max(LEAST_TRIED_STARTS, Math.min(MOST_TRIED_STARTS, Math.round(TRIED_POINTS / few.n)));
    this.#starts.find(few, tries);
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
    this.#linearPart.fit();
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

  /** Puts a start into q. */
  #takeStart({ peakTime, width }: NormalisedFluxes, rank: number, q: Float64Array): void {
    const starts = this.#starts;
    q[T0] = peakTime + width * starts.time(rank);
    q[LOG_RISE] = Math.log(width * starts.rise(rank));
    q[LOG_FALL] = Math.log(width * starts.fall(rank));
    q[LOG_GAMMA] = Math.log(width * starts.gamma(rank));
    for (let i = 0; i < NON_LINEAR; i += 1) q[i] = Math.max(LOWER[i]!, Math.min(UPPER[i]!, q[i]!));
  }
}
