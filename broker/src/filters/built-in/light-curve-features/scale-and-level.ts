// In flux ranges from the faintest point. A light curve that asks for more is a straight line, or one point on a slope,
// and could ask for anything: production has amplitudes a million times the data's.
const MAX_SCALE = 20;
const MIN_LEVEL = -10;
const MAX_LEVEL = 2;

/** Whether a scale and a level are within their bounds. NaN is not. */
export function isWithinBounds(scale: number, level: number): boolean {
  return scale >= 0 && scale <= MAX_SCALE && level >= MIN_LEVEL && level <= MAX_LEVEL;
}

/** The best scale and level of a shape. */
export interface ScaleAndLevel {
  /** [0, 20] */
  scale: number;
  /** [−10, 2] */
  level: number;
  /** Whether they are inside their bounds, not on them. */
  isScaleFree: boolean;
  isLevelFree: boolean;
  /** Weighted sum of squares less that of the data. */
  cost: number;
}

/** Room for a scale and a level. */
export function createScaleAndLevel(): ScaleAndLevel {
  return { scale: 0, level: 0, isScaleFree: false, isLevelFree: false, cost: 0 };
}

/**
 * The a and b within their bounds for which Σ w (a s + b − y)² is least.
 *
 * Outside the box, the best point lies on an edge, since the sum is convex: the better of the edges that are violated.
 *
 * @param w   Σ w
 * @param ws  Σ w s
 * @param ss  Σ w s²
 * @param wy  Σ w y
 * @param sy  Σ w s y
 */
export function fitScaleAndLevel(w: number, ws: number, ss: number, wy: number, sy: number, out: ScaleAndLevel): void {
  const variance = ss - (ws * ws) / w;
  if (variance > 1e-12 * ss) {
    const scale = (sy - (ws * wy) / w) / variance;
    const level = (wy - scale * ws) / w;
    if (isWithinBounds(scale, level)) {
      out.scale = scale;
      out.level = level;
      out.isScaleFree = true;
      out.isLevelFree = true;
      out.cost = -(scale * sy + level * wy);
      return;
    }
  }
  out.cost = Number.POSITIVE_INFINITY;
  tryEdge(0, clamp(wy / w, MIN_LEVEL, MAX_LEVEL), w, ws, ss, wy, sy, out, true);
  tryEdge(MAX_SCALE, clamp((wy - MAX_SCALE * ws) / w, MIN_LEVEL, MAX_LEVEL), w, ws, ss, wy, sy, out, true);
  if (!(ss > 0)) return;
  tryEdge(clamp((sy - MIN_LEVEL * ws) / ss, 0, MAX_SCALE), MIN_LEVEL, w, ws, ss, wy, sy, out, false);
  tryEdge(clamp((sy - MAX_LEVEL * ws) / ss, 0, MAX_SCALE), MAX_LEVEL, w, ws, ss, wy, sy, out, false);
}

function tryEdge(
  scale: number,
  level: number,
  w: number,
  ws: number,
  ss: number,
  wy: number,
  sy: number,
  out: ScaleAndLevel,
  isScaleEdge: boolean,
): void {
  const cost = scale * scale * ss + 2 * scale * level * ws + level * level * w - 2 * (scale * sy + level * wy);
  if (!(cost < out.cost)) return;
  out.cost = cost;
  out.scale = scale;
  out.level = level;
  out.isScaleFree = !isScaleEdge && scale > 0 && scale < MAX_SCALE;
  out.isLevelFree = isScaleEdge && level > MIN_LEVEL && level < MAX_LEVEL;
}

function clamp(x: number, lowest: number, highest: number): number {
  return Math.min(highest, Math.max(lowest, x));
}
