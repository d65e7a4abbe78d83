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

// Weighted sums over the points, of products of weight w, u, v and flux y: places in an array of nine.
export const W = 0;
export const WU = 1;
export const WV = 2;
export const UU = 3;
export const UV = 4;
export const VV = 5;
export const WY = 6;
export const UY = 7;
export const VY = 8;
/** Of u and v about their means, relative to that of unrelated ones: below, it is rounding. */
export const LEAST_DETERMINANT = 1e-11;
// Places of ν and of whether it is free.
export const NU = 0;
export const NU_IS_FREE = 1;

/** The linear part of a Villar fit: flux = c + A u − A ν v, of which u and v stand for the rest of the shape. */
export class VillarLinear {
  /** In: the sums over the points. */
  readonly sums = new Float64Array(9);
  /** In: a cost to beat. Out: c, A, which of them are free, and the cost. */
  readonly linear = createScaleAndLevel();
  /** Out: ν, and 1 when it is inside its bounds, 0 when it is on one. */
  readonly nu = new Float64Array(2);
  readonly #steep = createScaleAndLevel();

  /**
   * The best c, A and ν ∈ [0, 1] for the sums at hand.
   *
   * The sum of squares is convex: where the free solution violates one bound of ν only, the best point is on that bound.
   */
  fit(): void {
    const sums = this.sums;
    const w = sums[W]!;
    const wu = sums[WU]!;
    const wv = sums[WV]!;
    const uu = sums[UU]!;
    const uv = sums[UV]!;
    const vv = sums[VV]!;
    const wy = sums[WY]!;
    const uy = sums[UY]!;
    const vy = sums[VY]!;
    const linear = this.linear;
    const nu = this.nu;
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
}
