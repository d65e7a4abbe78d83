import { AntaresError } from '../../model/errors.ts';

declare const brand: unique symbol;

/**
 * Number of a trixel of the hierarchical triangular mesh: 8 to 15 for the faces of the octahedron (S0..S3, N0..N3), then
 * two more bits for each level, 4 + 2·level in all.
 *
 * Exact in a JavaScript number up to level 24 (52 bits). Bit operators are not: they cut at 32 bits, so everything here
 * is arithmetic with powers of two, which is exact.
 */
export type HtmId = number & { readonly [brand]: 'HtmId' };

/** Trixels with consecutive numbers at one level: first ≤ id < end. */
export interface HtmRange {
  readonly first: HtmId;
  readonly end: HtmId;
}

/** The deepest level: 52 bits. */
export const HTM_MAX_LEVEL = 24;

const POWER_OF_4 = Float64Array.from({ length: HTM_MAX_LEVEL + 1 }, (_, level) => 4 ** level);

/** 4 to the power of a whole number in [0, 24]. */
export function powerOf4(exponent: number): number {
  return POWER_OF_4[exponent]!;
}

/**
 * A level, checked.
 *
 * @throws SKY_LEVEL_OUT_OF_RANGE  unless it is an integer in [0, 24]
 */
export function toHtmLevel(level: number): number {
  if (!Number.isInteger(level) || level < 0 || level > HTM_MAX_LEVEL) {
    throw new AntaresError('SKY_LEVEL_OUT_OF_RANGE', `expected an HTM level from 0 to ${HTM_MAX_LEVEL}; got ${level}`);
  }
  return level;
}

/** Whether a number is that of a trixel: an integer with 4 + 2·level bits, level ∈ [0, 24]. */
export function isHtmId(id: number): id is HtmId {
  return Number.isInteger(id) && id >= 8 && id < 2 ** 52 && bitLength(id) % 2 === 0;
}

/**
 * Takes a number for an HTM id.
 *
 * @throws SKY_HTM_ID_MALFORMED  when it is not the number of a trixel
 */
export function toHtmId(id: number): HtmId {
  if (!isHtmId(id)) {
    throw new AntaresError(
      'SKY_HTM_ID_MALFORMED',
      `expected an integer within [8·4^level, 16·4^level) for a level from 0 to ${HTM_MAX_LEVEL}; got ${id}`,
    );
  }
  return id;
}

/** The level of a trixel, [0, 24]. */
export function htmLevel(id: HtmId): number {
  return (bitLength(id) - 4) / 2;
}

/** The trixel at a level that a deeper one lies in; itself at its own level. The level must not be deeper than the id's. */
export function htmAncestor(id: HtmId, level: number): HtmId {
  const steps = htmLevel(id) - toHtmLevel(level);
  if (steps < 0) throw new TypeError(`trixel ${id} has no ancestor at the deeper level ${level}`);
  return Math.floor(id / powerOf4(steps)) as HtmId;
}

/** The trixels at a level that lie in a trixel: one range, since children continue their parent's digits. */
export function htmDescendants(id: HtmId, level: number): HtmRange {
  const steps = toHtmLevel(level) - htmLevel(id);
  if (steps < 0) throw new TypeError(`trixel ${id} has no descendants at the shallower level ${level}`);
  const scale = powerOf4(steps);
  return { first: (id * scale) as HtmId, end: ((id + 1) * scale) as HtmId };
}

/** N or S, the face, then one digit 0 to 3 for each level: 8 is S0, 63 is N33. */
export function htmName(id: HtmId): string {
  const digits = (id as number).toString(4); // 8 to 15 are 20 to 33 to the base four: hemisphere, face
  return (digits[0] === '3' ? 'N' : 'S') + digits.slice(1);
}

/**
 * The trixel of a name such as N0123.
 *
 * @throws SKY_HTM_ID_MALFORMED
 */
export function htmIdOfName(name: string): HtmId {
  if (!/^[NS][0-3]{1,25}$/.test(name)) {
    throw new AntaresError(
      'SKY_HTM_ID_MALFORMED',
      `expected N or S and 1 to 25 digits from 0 to 3; got ${JSON.stringify(name)}`,
    );
  }
  return Number.parseInt((name[0] === 'N' ? '3' : '2') + name.slice(1), 4) as HtmId;
}

/** Bits of a positive integer below 2^53, without a logarithm: that of 2^52 − 1 rounds up. */
function bitLength(value: number): number {
  const high = Math.floor(value / 2 ** 32);
  return high > 0 ? 64 - Math.clz32(high) : 32 - Math.clz32(value);
}
