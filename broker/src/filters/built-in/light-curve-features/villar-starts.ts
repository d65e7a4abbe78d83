import { BestStarts } from './best-starts.ts';
import { decay } from './decay.ts';
import type { NormalisedFluxes } from './normalised-fluxes.ts';
import { COST, COST_TO_BEAT } from './scale-and-level.ts';
import { LEAST_DETERMINANT, UU, UV, UY, type VillarLinear, VV, VY, W, WU, WV, WY } from './villar-linear.ts';

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
/** Running sums before the end of the plateau: w u, w v, u u, u v, v v, u y, v y with v short of the factor 1/γ. */
const EARLY_SUMS = 7;
/** Running sums after it, for each fall: w u, u u, u y. */
const LATE_SUMS = 3 * START_FALLS.length;

/** Looks through the starts of a Villar fit: of times, rises, falls and plateaus on a grid, those that explain most. */
export class VillarStarts {
  readonly #linear: VillarLinear;
  readonly #best: BestStarts;
  #riseFactors = new Float64Array(0);
  #fallFactors = new Float64Array(0);
  #risen = new Float64Array(0);
  readonly #early = new Float64Array(START_GAMMAS.length * EARLY_SUMS);
  readonly #late = new Float64Array(START_GAMMAS.length * LATE_SUMS);
  /** Points before the end of each start's plateau. */
  readonly #splits = new Int32Array(START_GAMMAS.length);

  /**
   * @param linear  works out what a start explains; written over
   * @param most    starts that are wanted at most
   */
  constructor(linear: VillarLinear, most: number) {
    this.#linear = linear;
    this.#best = new BestStarts(START_SHAPES, most);
  }

  /** Starts that were found: those of ranks below it. */
  get length(): number {
    return this.#best.length;
  }

  /** t₀ about the peak, in widths. */
  time(rank: number): number {
    return START_TIMES[this.#best.time(rank)]!;
  }

  /** Rise time, in widths. */
  rise(rank: number): number {
    return START_RISES[Math.floor(this.#best.shape(rank) / (START_FALLS.length * START_GAMMAS.length))]!;
  }

  /** Fall time, in widths. */
  fall(rank: number): number {
    return START_FALLS[this.#best.shape(rank) % START_FALLS.length]!;
  }

  /** Duration of the plateau, in widths. */
  gamma(rank: number): number {
    return START_GAMMAS[Math.floor(this.#best.shape(rank) / START_FALLS.length) % START_GAMMAS.length]!;
  }

  /**
   * The best time of each start shape that is among the best `most` of them, or may be.
   *
   * A shape's sums are those over the points before t₀ + γ, which do not depend on the fall, and those after, in which
   * the plateau only sets a factor: with the running sums where each plateau ends, a trial costs no walk over the points.
   * Weights are scaled to a sum of squares of 1, and fluxes are about their mean: sums over the points are then about
   * means with one product less each, and a start is measured by what it explains.
   */
  find(data: NormalisedFluxes, most: number): void {
    const { n, time, relativeWeight, relativeFlux, peakTime, width } = data;
    if (this.#risen.length < n) this.#reserve(n);
    const riseFactors = this.#riseFactors;
    const fallFactors = this.#fallFactors;
    const risen = this.#risen;
    const early = this.#early;
    const late = this.#late;
    const splits = this.#splits;
    const sums = this.#linear.sums;
    const { linear } = this.#linear;
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
    this.#best.clear(most);
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
        this.#compare(s, r, width);
      }
    }
    linear[COST_TO_BEAT] = Number.POSITIVE_INFINITY;
  }

  /** Looks at the starts of one time and rise, whose running sums are at hand. */
  #compare(s: number, r: number, width: number): void {
    const early = this.#early;
    const late = this.#late;
    const starts = this.#best;
    const sums = this.#linear.sums;
    const { linear } = this.#linear;
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
        this.#linear.fit();
        const gain = -linear[COST]! - mean * mean;
        if (!(gain > gainToBeat)) continue;
        starts.offered[0] = gain;
        starts.add(firstShape + gk, s);
      }
    }
  }

  #reserve(n: number): void {
    this.#riseFactors = new Float64Array(n * START_RISES.length);
    this.#fallFactors = new Float64Array(n * START_FALLS.length);
    this.#risen = new Float64Array(n);
  }
}

/** Whether a shape by itself explains too little, given its products with itself and the fluxes about their means. */
function isBeaten(sy: number, ss: number, gainToBeat: number): boolean {
  return sy > 0 ? sy * sy <= gainToBeat * ss : gainToBeat >= 0;
}
