// In flux ranges from the faintest point. A light curve that asks for more is a straight line, or one point on a slope,
// and could ask for anything: production has amplitudes a million times the data's.
const MAX_SCALE = 20;
const MIN_LEVEL = -10;
const MAX_LEVEL = 2;

// Places in the work space of a fit. In: sums over the points of weight w, shape s and flux y.
/** Σ w */
export const SUM_W = 0;
/** Σ w s */
export const SUM_WS = 1;
/** Σ w s² */
export const SUM_SS = 2;
/** Σ w y */
export const SUM_WY = 3;
/** Σ w s y */
export const SUM_SY = 4;
/** In: a cost at which, and above which, the outcome does not matter; infinite from the start. */
export const COST_TO_BEAT = 5;
/** Out: the scale, [0, 20]. */
export const SCALE = 6;
/** Out: the level, [−10, 2]. */
export const LEVEL = 7;
/** Out: 1 when the scale is inside its bounds, 0 when it is on one. */
export const SCALE_IS_FREE = 8;
/** Out: 1 when the level is inside its bounds, 0 when it is on one. */
export const LEVEL_IS_FREE = 9;
/** Out: weighted sum of squares less that of the data. */
export const COST = 10;
const PLACES = 11;

/** Of the shape about its mean, relative to its square: below, it is rounding. */
export const LEAST_VARIANCE = 1e-12;

const SCALE_EDGES = 2;
const EDGES = new Float64Array([0, MAX_SCALE, MIN_LEVEL, MAX_LEVEL]);

/** Whether a scale and a level are within their bounds. NaN is not. */
export function isWithinBounds(scale: number, level: number): boolean {
  return scale >= 0 && scale <= MAX_SCALE && level >= MIN_LEVEL && level <= MAX_LEVEL;
}

/**
 * Work space of `fitScaleAndLevel`: its sums and its outcome.
 *
 * An array, since numbers given to a function, or kept in an object, may each cost an allocation; a fit makes hundreds.
 */
export function createScaleAndLevel(): Float64Array {
  const fit = new Float64Array(PLACES);
  fit[COST_TO_BEAT] = Number.POSITIVE_INFINITY;
  return fit;
}

/**
 * The a and b within their bounds for which Σ w (a s + b − y)² is least.
 *
 * @param fit  work space. In: the sums; out: the scale a, the level b, what is free, the cost: this one alone, and
 *             perhaps too low, where it does not beat the one to beat
 */
export function fitScaleAndLevel(fit: Float64Array): void {
  const w = fit[SUM_W]!;
  const ws = fit[SUM_WS]!;
  const ss = fit[SUM_SS]!;
  const wy = fit[SUM_WY]!;
  const sy = fit[SUM_SY]!;
  const variance = ss - (ws * ws) / w;
  if (variance > LEAST_VARIANCE * ss) {
    const scale = (sy - (ws * wy) / w) / variance;
    const level = (wy - scale * ws) / w;
    const cost = -(scale * sy + level * wy);
    if (isWithinBounds(scale, level)) {
      fit[SCALE] = scale;
      fit[LEVEL] = level;
      fit[SCALE_IS_FREE] = 1;
      fit[LEVEL_IS_FREE] = 1;
      fit[COST] = cost;
      return;
    }
    // Bounds only make it worse.
    if (cost >= fit[COST_TO_BEAT]!) {
      fit[COST] = cost;
      return;
    }
  }
  fitOnBounds(fit);
}

/** Outside the box, the best point lies on an edge, since the sum is convex: the best of the edges. */
function fitOnBounds(fit: Float64Array): void {
  const w = fit[SUM_W]!;
  const ws = fit[SUM_WS]!;
  const ss = fit[SUM_SS]!;
  const wy = fit[SUM_WY]!;
  const sy = fit[SUM_SY]!;
  fit[COST] = Number.POSITIVE_INFINITY;
  const edges = ss > 0 ? EDGES.length : SCALE_EDGES;
  for (let edge = 0; edge < edges; edge += 1) {
    const bound = EDGES[edge]!;
    const isScaleEdge = edge < SCALE_EDGES;
    const scale = isScaleEdge ? bound : Math.min(MAX_SCALE, Math.max(0, (sy - bound * ws) / ss));
    const level = isScaleEdge ? Math.min(MAX_LEVEL, Math.max(MIN_LEVEL, (wy - bound * ws) / w)) : bound;
    const cost = scale * scale * ss + 2 * scale * level * ws + level * level * w - 2 * (scale * sy + level * wy);
    if (!(cost < fit[COST]!)) continue;
    fit[COST] = cost;
    fit[SCALE] = scale;
    fit[LEVEL] = level;
    fit[SCALE_IS_FREE] = !isScaleEdge && scale > 0 && scale < MAX_SCALE ? 1 : 0;
    fit[LEVEL_IS_FREE] = isScaleEdge && level > MIN_LEVEL && level < MAX_LEVEL ? 1 : 0;
  }
}
