/** Values shown as black and as white. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

const SAMPLES = 1000;
const CONTRAST = 0.25;
const REJECTION_SIGMAS = 2.5;
const MOST_ROUNDS = 5;
const LEAST_PIXELS = 5;
const MOST_REJECTED = 0.5;

/**
 * The interval that shows sky and faint sources, whatever the brightest pixel is: a line is fitted to the sorted values,
 * without those far off it, and its slope, made steeper, says how far from the median black and white are.
 *
 * NaN and infinities are passed over. Without a finite pixel: [0, 1]; an image of one value: an interval around it.
 *
 * @see IRAF `zscale`
 */
export function zscale(pixels: Float64Array): Interval {
  const sorted = sample(pixels).sort();
  const count = sorted.length;
  if (count === 0) return { low: 0, high: 1 };
  const least = sorted[0]!;
  const most = sorted[count - 1]!;
  if (least === most) return { low: least - 0.5, high: least + 0.5 };
  const fit = fitLine(sorted);
  if (fit === undefined) return { low: least, high: most };
  const center = Math.floor((count - 1) / 2);
  const median = sorted[center]!;
  const slope = fit / CONTRAST;
  const low = Math.max(least, median - center * slope);
  const high = Math.min(most, median + (count - 1 - center) * slope);
  return low < high ? { low, high } : { low: least, high: most };
}

/** Finite values, evenly over the image. */
function sample(pixels: Float64Array): Float64Array {
  const finite = pixels.filter(Number.isFinite);
  if (finite.length <= SAMPLES) return finite;
  const stride = finite.length / SAMPLES;
  return Float64Array.from({ length: SAMPLES }, (_, i) => finite[Math.floor(i * stride)]!);
}

/** Slope of values over their rank, without outliers; undefined where most are outliers. */
function fitLine(sorted: Float64Array): number | undefined {
  const count = sorted.length;
  const isIn = new Uint8Array(count).fill(1);
  let left = count;
  let slope = 0;
  const fewest = Math.max(LEAST_PIXELS, count * MOST_REJECTED);
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    if (left < fewest) return undefined;
    const { mean, meanRank, slope: fitted } = line(sorted, isIn, left);
    slope = fitted;
    let squares = 0;
    for (let i = 0; i < count; i += 1) {
      if (isIn[i] === 1) squares += (sorted[i]! - mean - slope * (i - meanRank)) ** 2;
    }
    const farthest = REJECTION_SIGMAS * Math.sqrt(squares / left);
    let kept = 0;
    for (let i = 0; i < count; i += 1) {
      if (Math.abs(sorted[i]! - mean - slope * (i - meanRank)) > farthest) isIn[i] = 0;
      kept += isIn[i]!;
    }
    if (kept === left) break;
    left = kept;
  }
  return left < fewest ? undefined : slope;
}

function line(
  sorted: Float64Array,
  isIn: Uint8Array,
  count: number,
): { readonly mean: number; readonly meanRank: number; readonly slope: number } {
  let sum = 0;
  let ranks = 0;
  for (let i = 0; i < sorted.length; i += 1) {
    if (isIn[i] === 1) {
      sum += sorted[i]!;
      ranks += i;
    }
  }
  const mean = sum / count;
  const meanRank = ranks / count;
  let covariance = 0;
  let variance = 0;
  for (let i = 0; i < sorted.length; i += 1) {
    if (isIn[i] === 1) {
      covariance += (i - meanRank) * (sorted[i]! - mean);
      variance += (i - meanRank) ** 2;
    }
  }
  return { mean, meanRank, slope: variance === 0 ? 0 : covariance / variance };
}
