import { AntaresError } from '../../model/errors.ts';
import { RADIANS_PER_ARCSEC } from '../angles.ts';
import type { Cone } from '../cone.ts';
import { toUnitVector } from '../position.ts';
import { squaredChordOfAngle } from '../separation.ts';
import { HTM_MAX_LEVEL, type HtmId, type HtmRange, powerOf4, toHtmLevel } from './htm-id.ts';
import { FACE_CORNERS, TRIXEL_DOUBLES, writeChild, writeMidpoints } from './trixel.ts';

/*
 * A circle is covered by descending from the faces of the octahedron into every trixel that the rim crosses.
 *
 * Trixel against circle (both closed, radius up to 90 degrees, where both are convex):
 *   1. all corners inside: the trixel is full, with all that is in it;
 *   2. some inside, or the centre in the trixel, or an edge passing through the circle: partial, look at the children;
 *   3. else the circle lies beyond one of the edges: disjoint.
 * A circle above 90 degrees is the outside of a smaller one around the opposite point: full and disjoint change places.
 *
 * Distances are compared as squared chords, or as squared sines of the distance to the plane of an edge; never as
 * cosines, which do not tell angles below a microradian apart. No edge is ever intersected with the rim.
 */

/**
 * How a circle covers trixels of one level: disjoint ranges, ascending, neighbours joined.
 *
 * Together they hold every trixel that has a point in the closed circle. One that only comes within 1e-14 radians of the
 * circle may be there as partial, and one that fills it to within as little may be partial instead of full.
 */
export interface HtmCover {
  /** Trixels that lie in the circle with their whole area. */
  readonly full: readonly HtmRange[];
  /** Trixels of which a part may be outside. */
  readonly partial: readonly HtmRange[];
}

/**
 * How close two distances are before rounding could decide between them [rad]: corners, centre and distance are each good
 * to a few times 1e-16.
 */
const ROUNDING_RADIANS = 4e-15;

const DISJOINT = 0;
const PARTIAL = 1;
const FULL = 2;

/**
 * A circle whose rim crosses more trixels than this is a question put at the wrong level: the answer would take ten
 * seconds and a hundred megabytes.
 */
const MAX_TRIXELS = 1 << 22;

/** Trixels of level 0 to a radian of rim, on average; twice as many with each level. */
const RIM_TRIXELS = 3.7;

/** Disjoint ascending ranges as pairs first, end; joined where they touch. */
class RangeList {
  pairs = new Float64Array(64);
  length = 0;

  add(first: number, end: number): void {
    const { length } = this;
    if (length > 0 && this.pairs[length - 1] === first) {
      this.pairs[length - 1] = end;
      return;
    }
    if (length === this.pairs.length) this.#grow();
    this.pairs[length] = first;
    this.pairs[length + 1] = end;
    this.length = length + 2;
  }

  toRanges(): HtmRange[] {
    const ranges: HtmRange[] = [];
    for (let i = 0; i < this.length; i += 2) {
      ranges.push({ first: this.pairs[i] as HtmId, end: this.pairs[i + 1] as HtmId });
    }
    return ranges;
  }

  #grow(): void {
    const grown = new Float64Array(2 * this.pairs.length);
    grown.set(this.pairs);
    this.pairs = grown;
  }
}

/*
 * Working memory, made once: a cover is asked for with every alert, and runs to its end before the next begins.
 */
/** For each depth of the descent a trixel with its midpoints. */
const frames = new Float64Array((HTM_MAX_LEVEL + 1) * TRIXEL_DOUBLES);
const trixelAtDepth = new Float64Array(HTM_MAX_LEVEL + 1);
const nextChild = new Uint8Array(HTM_MAX_LEVEL + 1);
/** The circle at hand: centre, and its limits as {@link setCircle} says. */
const circle = new Float64Array(8);
const X = 0;
const Y = 1;
const Z = 2;
/** Squared chord up to which a corner may be inside. */
const CHORD_MAYBE = 3;
/** Squared chord up to which a corner is inside for certain. */
const CHORD_SURE = 4;
/** Squared sine and cosine of the largest distance at which a plane may touch the circle. */
const SINE_MAYBE = 5;
const COSINE_MAYBE = 6;
/** 1 for radii where the cosine tells distances from a plane apart better than the sine. */
const WIDE = 7;
/** Whether the circle at hand is the outside of the one that was asked for. */
let outside = false;

const fullRanges = new RangeList();
const partialRanges = new RangeList();

/**
 * The trixels of a level that a circle meets, those wholly inside apart from the rest.
 *
 * @param cone   ICRS degrees and arcseconds, radius ∈ [0, 648000]; see `toCone`
 * @param level  integer, [0, 24]
 * @returns      half-open ranges of ids at that level
 * @throws       SKY_LEVEL_OUT_OF_RANGE; SKY_COVER_TOO_LARGE where the rim crosses more than 4 million trixels
 * @see          Kunszt, Szalay & Thakar 2001
 */
export function coverCone(cone: Cone, level: number): HtmCover {
  const { x, y, z } = toUnitVector(cone.ra, cone.dec);
  cover(x, y, z, cone.radiusArcsec, toHtmLevel(level), fullRanges, partialRanges);
  return { full: fullRanges.toRanges(), partial: partialRanges.toRanges() };
}

/**
 * The trixels of a level that may hold a point of a circle, full or not: what to look up, followed by a comparison of
 * distances. Never misses one; may have one more where the rim touches a trixel to within rounding.
 *
 * @param x, y, z       centre, unit vector
 * @param radiusArcsec  arcseconds, [0, 648000]
 * @param level         integer, [0, 24]
 * @returns             half-open ranges of ids, ascending, disjoint, neighbours joined
 * @throws              SKY_LEVEL_OUT_OF_RANGE; SKY_COVER_TOO_LARGE where the rim crosses more than 4 million trixels
 */
export function coverRanges(x: number, y: number, z: number, radiusArcsec: number, level: number): HtmRange[] {
  cover(x, y, z, radiusArcsec, toHtmLevel(level), partialRanges, partialRanges);
  return partialRanges.toRanges();
}

/**
 * The trixels of {@link coverRanges} one by one, ascending: for circles of the size of a trixel, which meet one to six.
 *
 * @throws SKY_LEVEL_OUT_OF_RANGE; SKY_COVER_TOO_LARGE above 4 million trixels
 */
export function coverIds(x: number, y: number, z: number, radiusArcsec: number, level: number): HtmId[] {
  cover(x, y, z, radiusArcsec, toHtmLevel(level), partialRanges, partialRanges);
  const ids: HtmId[] = [];
  for (let i = 0; i < partialRanges.length; i += 2) {
    const end = partialRanges.pairs[i + 1]!;
    for (let id = partialRanges.pairs[i]!; id < end; id += 1) {
      if (ids.length === MAX_TRIXELS) throw tooLarge(level);
      ids.push(id as HtmId);
    }
  }
  return ids;
}

/**
 * {@link coverIds} without an object for each circle, for millions of them in a row: writes the ids from `out[at]` on.
 *
 * @returns how many there are; when more than `out` has room for, nothing is written
 * @throws  SKY_LEVEL_OUT_OF_RANGE; SKY_COVER_TOO_LARGE where the rim crosses more than 4 million trixels
 */
export function writeCoverIds(
  x: number,
  y: number,
  z: number,
  radiusArcsec: number,
  level: number,
  out: Float64Array,
  at: number,
): number {
  cover(x, y, z, radiusArcsec, toHtmLevel(level), partialRanges, partialRanges);
  const { pairs, length } = partialRanges;
  let count = 0;
  for (let i = 0; i < length; i += 2) count += pairs[i + 1]! - pairs[i]!;
  if (at + count > out.length) return count;
  let to = at;
  for (let i = 0; i < length; i += 2) {
    const end = pairs[i + 1]!;
    for (let id = pairs[i]!; id < end; id += 1) {
      out[to] = id;
      to += 1;
    }
  }
  return count;
}

/** Covers a circle, into two lists or, where they are the same, one. */
function cover(
  x: number,
  y: number,
  z: number,
  radiusArcsec: number,
  level: number,
  full: RangeList,
  partial: RangeList,
): void {
  full.length = 0;
  partial.length = 0;
  if (radiusArcsec >= 648_000) {
    full.add(8 * powerOf4(level), 16 * powerOf4(level));
    return;
  }
  if (RIM_TRIXELS * Math.sin(radiusArcsec * RADIANS_PER_ARCSEC) * 2 ** level > MAX_TRIXELS) throw tooLarge(level);
  setCircle(x, y, z, radiusArcsec);

  // Most circles are small and lie deep inside some trixel: go there without looking at what is beside the way.
  const start = outside ? 0 : enclosingTrixel(level);
  if (start > 0) {
    const startLevel = trixelAtDepth[0]!;
    if (startLevel === level) partial.add(start, start + 1);
    else descend(start, startLevel, level, full, partial);
    return;
  }
  for (let face = 0; face < 8; face += 1) {
    for (let i = 0; i < 9; i += 1) frames[i] = FACE_CORNERS[9 * face + i]!;
    const relation = relate(0);
    if (relation === DISJOINT) continue;
    const scale = powerOf4(level);
    if (relation === FULL) full.add((8 + face) * scale, (9 + face) * scale);
    else if (level === 0) partial.add(8 + face, 9 + face);
    else descend(8 + face, 0, level, full, partial);
  }
}

function tooLarge(level: number): AntaresError {
  return new AntaresError(
    'SKY_COVER_TOO_LARGE',
    `the circle meets more than ${MAX_TRIXELS} trixels of level ${level}; cover it at a shallower level`,
  );
}

/** Visits the children of the trixel in frame 0, which the rim crosses, and theirs, in ascending order of their ids. */
function descend(top: number, topLevel: number, level: number, full: RangeList, partial: RangeList): void {
  let depth = 0;
  trixelAtDepth[0] = top;
  nextChild[0] = 0;
  writeMidpoints(frames, 0);
  while (depth >= 0) {
    const k = nextChild[depth]!;
    if (k === 4) {
      depth -= 1;
      continue;
    }
    nextChild[depth] = k + 1;
    const child = (depth + 1) * TRIXEL_DOUBLES;
    writeChild(frames, depth * TRIXEL_DOUBLES, k, child);
    const relation = relate(child);
    if (relation === DISJOINT) continue;
    const id = 4 * trixelAtDepth[depth]! + k;
    const steps = level - topLevel - depth - 1;
    if (relation === FULL) {
      full.add(id * powerOf4(steps), (id + 1) * powerOf4(steps));
    } else if (steps === 0) {
      partial.add(id, id + 1);
    } else {
      depth += 1;
      trixelAtDepth[depth] = id;
      nextChild[depth] = 0;
      writeMidpoints(frames, child);
    }
  }
}

function setCircle(x: number, y: number, z: number, radiusArcsec: number): void {
  outside = radiusArcsec > 324_000;
  const sign = outside ? -1 : 1;
  const radius = (outside ? 648_000 - radiusArcsec : radiusArcsec) * RADIANS_PER_ARCSEC;
  const widest = radius + ROUNDING_RADIANS;
  circle[X] = sign * x;
  circle[Y] = sign * y;
  circle[Z] = sign * z;
  circle[CHORD_MAYBE] = squaredChordOfAngle(widest);
  circle[CHORD_SURE] = radius > ROUNDING_RADIANS ? squaredChordOfAngle(radius - ROUNDING_RADIANS) : -1;
  circle[SINE_MAYBE] = Math.sin(widest) ** 2;
  circle[COSINE_MAYBE] = widest < Math.PI / 2 ? Math.cos(widest) ** 2 : -1;
  circle[WIDE] = radius > 1 ? 1 : 0;
}

/**
 * Finds the deepest trixel that holds the whole circle at hand with room to spare.
 *
 * @returns its id, its corners in frame 0 and its level in `trixelAtDepth[0]`; 0 when there is none
 */
function enclosingTrixel(level: number): number {
  const x = circle[X]!;
  const y = circle[Y]!;
  const z = circle[Z]!;
  const sine = circle[SINE_MAYBE]!;
  if (circle[WIDE] === 1 || x * x <= sine || y * y <= sine || z * z <= sine) return 0;
  const quadrant = x > 0 ? (y > 0 ? 0 : 3) : y > 0 ? 1 : 2;
  let id = z > 0 ? 15 - quadrant : 8 + quadrant;
  const corners = 9 * (id - 8);
  for (let i = 0; i < 9; i += 1) frames[i] = FACE_CORNERS[corners + i]!;
  let depth = 0;
  while (depth < level) {
    writeMidpoints(frames, 0);
    // The lines between midpoints cut off one corner child each. A circle clear of a line, on the corner's side, is in
    // that child; clear of all three on the other side, it is in the middle one.
    const besideA = sideOfPlane(15, 12);
    let k = 3;
    if (besideA > 0) k = 0;
    else if (besideA === 0) break;
    else {
      const besideB = sideOfPlane(9, 15);
      if (besideB > 0) k = 1;
      else if (besideB === 0) break;
      else {
        const besideC = sideOfPlane(12, 9);
        if (besideC > 0) k = 2;
        else if (besideC === 0) break;
      }
    }
    writeChild(frames, 0, k, 0);
    id = 4 * id + k;
    depth += 1;
  }
  trixelAtDepth[0] = depth;
  return id;
}

/** On which side of the plane through two corners the circle at hand lies: left 1, right −1, or 0 when it may touch it. */
function sideOfPlane(a: number, b: number): number {
  const ax = frames[a]!;
  const ay = frames[a + 1]!;
  const az = frames[a + 2]!;
  const dx = frames[b]! - ax;
  const dy = frames[b + 1]! - ay;
  const dz = frames[b + 2]! - az;
  const nx = ay * dz - az * dy;
  const ny = az * dx - ax * dz;
  const nz = ax * dy - ay * dx;
  const side = (circle[X]! - ax) * nx + (circle[Y]! - ay) * ny + (circle[Z]! - az) * nz;
  if (side * side <= circle[SINE_MAYBE]! * (nx * nx + ny * ny + nz * nz)) return 0;
  return side > 0 ? 1 : -1;
}

/** How the trixel at a place in the frames lies to the circle that was asked for. */
function relate(at: number): number {
  const relation = relateToInner(at);
  return outside ? FULL - relation : relation;
}

/** How the trixel at a place in the frames lies to the circle at hand, of up to 90 degrees. */
function relateToInner(at: number): number {
  const a = chordToCorner(at);
  const b = chordToCorner(at + 3);
  const c = chordToCorner(at + 6);
  const sure = circle[CHORD_SURE]!;
  if (a <= sure && b <= sure && c <= sure) return FULL;
  const maybe = circle[CHORD_MAYBE]!;
  if (a <= maybe || b <= maybe || c <= maybe) return PARTIAL;
  const ab = relateToEdge(at, at + 3);
  if (ab === BEYOND) return DISJOINT;
  const bc = relateToEdge(at + 3, at + 6);
  if (bc === BEYOND) return DISJOINT;
  const ca = relateToEdge(at + 6, at);
  if (ca === BEYOND) return DISJOINT;
  if (ab === CROSSED || bc === CROSSED || ca === CROSSED) return PARTIAL;
  return ab === INNER && bc === INNER && ca === INNER ? PARTIAL : DISJOINT;
}

function chordToCorner(corner: number): number {
  const x = frames[corner]! - circle[X]!;
  const y = frames[corner + 1]! - circle[Y]!;
  const z = frames[corner + 2]! - circle[Z]!;
  return x * x + y * y + z * z;
}

/** The centre is on the trixel's side of the edge. */
const INNER = 0;
/** The centre is outside the edge, and the point of the edge nearest to it is in the circle. */
const CROSSED = 1;
/** The centre is outside the edge, and the nearest point is one of its ends. */
const MISSED = 2;
/** The circle is wholly outside the plane of the edge, and so outside the trixel. */
const BEYOND = 3;

/** How the circle at hand lies to the edge from one corner to the next, counter-clockwise, neither being in it. */
function relateToEdge(a: number, b: number): number {
  const ax = frames[a]!;
  const ay = frames[a + 1]!;
  const az = frames[a + 2]!;
  const bx = frames[b]!;
  const by = frames[b + 1]!;
  const bz = frames[b + 2]!;
  // Differences first: neighbouring corners agree in most digits, and subtracting them is exact.
  const dx = bx - ax;
  const dy = by - ay;
  const dz = bz - az;
  const nx = ay * dz - az * dy;
  const ny = az * dx - ax * dz;
  const nz = ax * dy - ay * dx;
  const x = circle[X]! - ax;
  const y = circle[Y]! - ay;
  const z = circle[Z]! - az;
  const side = x * nx + y * ny + z * nz;
  if (side >= 0) return INNER;
  const squaredNormal = nx * nx + ny * ny + nz * nz;
  if (circle[WIDE] === 1) {
    const px = circle[Y]! * nz - circle[Z]! * ny;
    const py = circle[Z]! * nx - circle[X]! * nz;
    const pz = circle[X]! * ny - circle[Y]! * nx;
    if (px * px + py * py + pz * pz < circle[COSINE_MAYBE]! * squaredNormal) return BEYOND;
  } else if (side * side > circle[SINE_MAYBE]! * squaredNormal) return BEYOND;
  // The foot of the perpendicular is on the edge when the centre lies ahead of a and before b along it.
  const ahead = (ny * az - nz * ay) * x + (nz * ax - nx * az) * y + (nx * ay - ny * ax) * z;
  if (ahead < 0) return MISSED;
  const u = circle[X]! - bx;
  const v = circle[Y]! - by;
  const w = circle[Z]! - bz;
  const before = (by * nz - bz * ny) * u + (bz * nx - bx * nz) * v + (bx * ny - by * nx) * w;
  return before < 0 ? MISSED : CROSSED;
}
