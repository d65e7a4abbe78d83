import { AntaresError } from '../../model/errors.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

/** How the values of a column are written. The numbers are part of the format. */
const CONSTANT = 1;
const INT8 = 2;
const INT16 = 3;
const INT32 = 4;
const FLOAT32 = 5;
/** Low words, and the high words as bytes above the lowest: positions of one object, times within some nights. */
const SPLIT8 = 6;
const SPLIT16 = 7;
const FLOAT64 = 8;
/** Some values are NaN: a bit a row says which are there, only those are written. */
export const MASKED = 0x80;

/** What `chooseCodec` found; one object, overwritten by each call. */
const chosen = { kind: 0, baseHigh: 0 };

/**
 * The first codec that gives back every bit of the values, none of them NaN.
 *
 * Most columns are told by their first two values, and by one more look at all of them.
 */
export function chooseCodec(values: Float64Array, words: Uint32Array, count: number): typeof chosen {
  if (isConstant(words, count)) chosen.kind = CONSTANT;
  else if (!isInteger(values[0]!) || !isInteger(values[1]!) || !areIntegers(values, count)) {
    chosen.kind = areSingle(values, count) ? FLOAT32 : chooseSplit(words, count);
  }
  return chosen;
}

/** Of 32 bits; minus zero is none, since an integer cannot keep its sign. */
function isInteger(value: number): boolean {
  return (value | 0) === value && !Object.is(value, -0);
}

function isConstant(words: Uint32Array, count: number): boolean {
  const low = words[0]!;
  const high = words[1]!;
  for (let i = 1; i < count; i += 1) if (words[2 * i] !== low || words[2 * i + 1] !== high) return false;
  return true;
}

/** Whether all are integers; says in `chosen` how many bytes they need. */
function areIntegers(values: Float64Array, count: number): boolean {
  let lowest = 0;
  let highest = 0;
  for (let i = 0; i < count; i += 1) {
    const value = values[i]!;
    if (!isInteger(value)) return false;
    if (value < lowest) lowest = value;
    else if (value > highest) highest = value;
  }
  chosen.kind = lowest >= -0x80 && highest < 0x80 ? INT8 : lowest >= -0x8000 && highest < 0x8000 ? INT16 : INT32;
  return true;
}

function areSingle(values: Float64Array, count: number): boolean {
  for (let i = 0; i < count; i += 1) if (Math.fround(values[i]!) !== values[i]) return false;
  return true;
}

/** How doubles are written: by how far apart their high words are. */
function chooseSplit(words: Uint32Array, count: number): number {
  let lowest = words[1]!;
  let highest = lowest;
  for (let i = 1; i < count; i += 1) {
    const high = words[2 * i + 1]!;
    if (high < lowest) lowest = high;
    else if (high > highest) highest = high;
  }
  chosen.baseHigh = lowest;
  return highest - lowest < 0x100 ? SPLIT8 : highest - lowest < 0x10000 ? SPLIT16 : FLOAT64;
}

/** Writes values of a column by the codec that was chosen for them. */
export function writeValues(
  writer: ByteWriter,
  codec: typeof chosen,
  values: Float64Array,
  words: Uint32Array,
  count: number,
): void {
  switch (codec.kind) {
    case CONSTANT:
      writer.words(words, 0, 1, 2);
      break;
    case INT8:
      for (let i = 0; i < count; i += 1) writer.uint8(values[i]! & 0xff);
      break;
    case INT16:
      for (let i = 0; i < count; i += 1) writer.uint16(values[i]! & 0xffff);
      break;
    case INT32:
      for (let i = 0; i < count; i += 1) writer.uint32(values[i]! >>> 0);
      break;
    case FLOAT32:
      writer.float32s(values, count);
      break;
    case SPLIT8:
      writer.uint32(codec.baseHigh);
      writer.words(words, 0, 2, count);
      for (let i = 0; i < count; i += 1) writer.uint8(words[2 * i + 1]! - codec.baseHigh);
      break;
    case SPLIT16:
      writer.uint32(codec.baseHigh);
      writer.words(words, 0, 2, count);
      for (let i = 0; i < count; i += 1) writer.uint16(words[2 * i + 1]! - codec.baseHigh);
      break;
    default:
      writer.words(words, 0, 1, count * 2);
  }
}

/**
 * Reads values of a column.
 *
 * @param target, words  the same memory as doubles and as words; values go in from `at` on
 * @throws ALERT_STORE_DAMAGED  for a codec that there is not
 */
export function readValues(
  reader: ByteReader,
  kind: number,
  count: number,
  target: Float64Array,
  words: Uint32Array,
  at: number,
): void {
  const { bytes, uint32s, view } = reader;
  let from = reader.position;
  const end = at + count;
  switch (kind) {
    case CONSTANT: {
      words[2 * at] = uint32s[from >>> 2]!;
      words[2 * at + 1] = uint32s[(from >>> 2) + 1]!;
      if (count > 1) target.fill(target[at]!, at + 1, end);
      from += 8;
      break;
    }
    case INT8:
      for (let i = at; i < end; i += 1) target[i] = (bytes[from++]! << 24) >> 24;
      break;
    case INT16:
      for (let i = at; i < end; i += 1, from += 2) target[i] = view.getInt16(from);
      break;
    case INT32:
      for (let i = at; i < end; i += 1, from += 4) target[i] = view.getInt32(from);
      break;
    case FLOAT32: {
      const { float32s } = reader;
      const first = from >>> 2;
      for (let i = 0; i < count; i += 1) target[at + i] = float32s[first + i]!;
      from += count * 4;
      break;
    }
    case SPLIT8:
    case SPLIT16: {
      const base = view.getUint32(from);
      const low = (from + 4) >>> 2;
      from += 4 + count * 4;
      for (let i = 0, to = 2 * at; i < count; i += 1, to += 2) {
        words[to] = uint32s[low + i]!;
        if (kind === SPLIT8) {
          words[to + 1] = base + bytes[from]!;
          from += 1;
        } else {
          words[to + 1] = base + view.getUint16(from);
          from += 2;
        }
      }
      break;
    }
    case FLOAT64: {
      const first = from >>> 2;
      for (let i = 0; i < count * 2; i += 1) words[2 * at + i] = uint32s[first + i]!;
      from += count * 8;
      break;
    }
    default:
      throw new AntaresError(
        'ALERT_STORE_DAMAGED',
        `a light curve uses codec ${kind}; restore the store from a backup`,
      );
  }
  reader.position = from;
}

/** Spreads values over the rows that a mask names; the others become NaN. */
export function scatter(
  target: Float64Array,
  at: number,
  rows: number,
  mask: Uint8Array,
  maskAt: number,
  values: Float64Array,
): void {
  let next = 0;
  for (let i = 0; i < rows; i += 1) {
    target[at + i] = (mask[maskAt + (i >>> 3)]! & (1 << (i & 7))) === 0 ? Number.NaN : values[next++]!;
  }
}

/** How many bits of a mask are set. */
export function countBits(bytes: Uint8Array, from: number, count: number): number {
  let bits = 0;
  for (let i = from; i < from + count; i += 1) for (let byte = bytes[i]!; byte !== 0; byte &= byte - 1) bits += 1;
  return bits;
}
