import { type HtmId, htmLevel } from './htm-id.ts';

/**
 * The corners of the eight faces, eight rows of nine: v0, v1, v2 with x, y, z each, in the order of their ids 8 to 15
 * (S0, S1, S2, S3, N0, N1, N2, N3), counter-clockwise seen from outside.
 *
 * @see Kunszt, Szalay & Thakar 2001
 */
export const FACE_CORNERS = Float64Array.of(
  ...[1, 0, 0, 0, 0, -1, 0, 1, 0],
  ...[0, 1, 0, 0, 0, -1, -1, 0, 0],
  ...[-1, 0, 0, 0, 0, -1, 0, -1, 0],
  ...[0, -1, 0, 0, 0, -1, 1, 0, 0],
  ...[1, 0, 0, 0, 0, 1, 0, -1, 0],
  ...[0, -1, 0, 0, 0, 1, -1, 0, 0],
  ...[-1, 0, 0, 0, 0, 1, 0, 1, 0],
  ...[0, 1, 0, 0, 0, 1, 1, 0, 0],
);

/** Doubles that describe a trixel with the midpoints of its edges: v0, v1, v2, then w0 = mid(v1, v2), w1, w2. */
export const TRIXEL_DOUBLES = 18;

/** Where in such a description the corners of child k are: entries 3k, 3k + 1, 3k + 2. */
const CHILD_CORNERS = Uint8Array.of(0, 15, 12, 3, 9, 15, 6, 12, 9, 9, 12, 15);

/** Fills in the midpoints of the edges of the trixel whose corners are at `frames[at]` to `frames[at + 8]`. */
export function writeMidpoints(frames: Float64Array, at: number): void {
  writeMidpoint(frames, at + 3, at + 6, at + 9);
  writeMidpoint(frames, at, at + 6, at + 12);
  writeMidpoint(frames, at, at + 3, at + 15);
}

/** Copies the corners of child k of the trixel at `frames[from]`, midpoints included, to `frames[to]`. */
export function writeChild(frames: Float64Array, from: number, k: number, to: number): void {
  const a = from + CHILD_CORNERS[3 * k]!;
  const b = from + CHILD_CORNERS[3 * k + 1]!;
  const c = from + CHILD_CORNERS[3 * k + 2]!;
  // All are read before any is written: a child may replace its own parent.
  const ax = frames[a]!;
  const ay = frames[a + 1]!;
  const az = frames[a + 2]!;
  const bx = frames[b]!;
  const by = frames[b + 1]!;
  const bz = frames[b + 2]!;
  const cx = frames[c]!;
  const cy = frames[c + 1]!;
  const cz = frames[c + 2]!;
  frames[to] = ax;
  frames[to + 1] = ay;
  frames[to + 2] = az;
  frames[to + 3] = bx;
  frames[to + 4] = by;
  frames[to + 5] = bz;
  frames[to + 6] = cx;
  frames[to + 7] = cy;
  frames[to + 8] = cz;
}

/**
 * The corners of a trixel.
 *
 * @returns 3 × 3, row-major: unit vectors v0, v1, v2, counter-clockwise seen from outside
 */
export function trixelCorners(id: HtmId): Float64Array {
  const frame = new Float64Array(TRIXEL_DOUBLES);
  const digits = (id as number).toString(4);
  const face = Number.parseInt(digits.slice(0, 2), 4) - 8;
  frame.set(FACE_CORNERS.subarray(9 * face, 9 * face + 9));
  for (let level = 1; level <= htmLevel(id); level += 1) {
    writeMidpoints(frame, 0);
    writeChild(frame, 0, digits.charCodeAt(level + 1) - 48, 0);
  }
  return frame.slice(0, 9);
}

/**
 * Whether a direction lies in a closed trixel, or no further than a tolerance from it.
 *
 * @param x, y, z           unit vector
 * @param toleranceRadians  ≥ 0; corners are known to a few times 1e-16
 */
export function trixelContains(id: HtmId, x: number, y: number, z: number, toleranceRadians: number): boolean {
  const corners = trixelCorners(id);
  for (let edge = 0; edge < 3; edge += 1) {
    const a = 3 * edge;
    const b = 3 * ((edge + 1) % 3);
    const ax = corners[a]!;
    const ay = corners[a + 1]!;
    const az = corners[a + 2]!;
    const dx = corners[b]! - ax;
    const dy = corners[b + 1]! - ay;
    const dz = corners[b + 2]! - az;
    const nx = ay * dz - az * dy;
    const ny = az * dx - ax * dz;
    const nz = ax * dy - ay * dx;
    const side = (x - ax) * nx + (y - ay) * ny + (z - az) * nz;
    if (side < -toleranceRadians * Math.sqrt(nx * nx + ny * ny + nz * nz)) return false;
  }
  return true;
}

function writeMidpoint(frames: Float64Array, a: number, b: number, to: number): void {
  const x = frames[a]! + frames[b]!;
  const y = frames[a + 1]! + frames[b + 1]!;
  const z = frames[a + 2]! + frames[b + 2]!;
  const scale = 1 / Math.sqrt(x * x + y * y + z * z);
  frames[to] = x * scale;
  frames[to + 1] = y * scale;
  frames[to + 2] = z * scale;
}
