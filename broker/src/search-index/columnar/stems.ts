import { countDigits } from '../../model/decimal.ts';
import { compareBytes } from './byte-dictionary.ts';

/** Codes of a text column below this are stems, those of its dictionary begin here: stems of a column at most. */
export const STEM_LIMIT = 32;

/** What a tail is made of. */
export const TAIL = { digits: 0, letters: 1 } as const;
/** One of {@link TAIL}. */
export type TailKind = (typeof TAIL)[keyof typeof TAIL];

/** Digits of a tail at most: as many as 64 bits hold, whichever they are. */
const MOST_DIGITS = 19;
/** Letters of a tail at most, of five bits each. */
const MOST_LETTERS = 12;
const LETTERS_A_HALF = 6;
const ZERO = 0x30;
/** Before `a`: letters count from 1. */
const BEFORE_A = 0x60;

/** By number below 100: its two digits, a byte each. */
const TWO_DIGITS = Uint16Array.from({ length: 100 }, (_, n) => ((ZERO + Math.floor(n / 10)) << 8) | (ZERO + (n % 10)));

/** Bytes of a tail at most. */
export const TAIL_BYTES = Math.max(MOST_DIGITS, MOST_LETTERS);

/** The beginning of texts whose tails are all of one kind. */
export interface Stem {
  readonly kind: TailKind;
  /** UTF-8. */
  readonly bytes: Uint8Array;
}

/**
 * Where the tail of a text begins: the decimal number that it ends with, or its last lower-case letters, twelve at most.
 *
 * A number with noughts before it, or of more than 19 digits, is no tail: what is kept of it would not give it back.
 *
 * @returns -1 where a text has no tail
 */
export function tailStart(bytes: Uint8Array, start: number, end: number): number {
  if (end === start) return -1;
  let at = end - 1;
  if (isDigit(bytes[at]!)) {
    while (at > start && isDigit(bytes[at - 1]!)) {
      at -= 1;
      if (end - at > MOST_DIGITS) return -1;
    }
    return bytes[at] === ZERO && end - at > 1 ? -1 : at;
  }
  if (!isLetter(bytes[at]!)) return -1;
  const least = Math.max(start, end - MOST_LETTERS);
  while (at > least && isLetter(bytes[at - 1]!)) at -= 1;
  return at;
}

/** The kind of a tail. @param first  its first byte */
export function tailKind(first: number): TailKind {
  return isDigit(first) ? TAIL.digits : TAIL.letters;
}

/**
 * The stems of a column, under small numbers (codes), and the way from texts to stem and tail and back.
 *
 * A tail is 64 bits in two halves. Of a number, the low half has in its lower 30 bits what the last nine digits say, all
 * other bits what those before say; of letters, each half has six of them, five bits each. Halves of 32 bits and not
 * integers of 64: those would each be an object here.
 */
export class Stems {
  readonly #list: Stem[] = [];
  /** The stem that was found last: neighbours are mostly alike. */
  #last = 0;
  /** The tail of the text that was looked for last, where it was found. */
  high = 0;
  low = 0;

  constructor(list: readonly Stem[] = []) {
    this.#list.push(...list);
  }

  get list(): readonly Stem[] {
    return this.#list;
  }

  get size(): number {
    return this.#list.length;
  }

  /** @param stem  a new one; the {@link STEM_LIMIT} is the caller's business */
  add(stem: Stem): void {
    this.#list.push(stem);
  }

  /** The code of the stem of a text, the tail in {@link high} and {@link low}; -1 where it is no text with a stem of these. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const at = tailStart(bytes, start, end);
    if (at < 0) return -1;
    const kind = tailKind(bytes[at]!);
    const code = this.#codeOf(kind, bytes, start, at);
    if (code < 0) return -1;
    if (kind === TAIL.digits) this.#readDigits(bytes, at, end);
    else this.#readLetters(bytes, at, end);
    return code;
  }

  /** Writes the text of a stem and a tail to the beginning of an array that is long enough. @returns where it ends */
  write(code: number, high: number, low: number, target: Uint8Array): number {
    const { bytes } = this.#list[code]!;
    for (let i = 0; i < bytes.length; i += 1) target[i] = bytes[i]!;
    return this.writeTail(code, high, low, target);
  }

  /** As {@link write}, where the stem is written already. */
  writeTail(code: number, high: number, low: number, target: Uint8Array): number {
    const { kind, bytes } = this.#list[code]!;
    const write = kind === TAIL.digits ? writeNumber : writeLetters;
    return write(high, low, target, bytes.length);
  }

  /** Order of two texts, where that follows from stems and numbers: undefined where it takes the texts themselves. */
  compare(a: number, aHigh: number, aLow: number, b: number, bHigh: number, bLow: number): number | undefined {
    const [one, other] = [this.#list[a]!, this.#list[b]!];
    if (a !== b) {
      const length = Math.min(one.bytes.length, other.bytes.length);
      return compareBytes(one.bytes, 0, length, other.bytes, 0, length) || undefined;
    }
    const lengthOf = one.kind === TAIL.digits ? digitsOfTail : lettersOfTail;
    if (lengthOf(aHigh, aLow) !== lengthOf(bHigh, bLow)) return undefined;
    return (aHigh >>> 0) - (bHigh >>> 0) || (aLow >>> 0) - (bLow >>> 0);
  }

  /** Bytes of the longest text that these stems can have. */
  get mostBytes(): number {
    return TAIL_BYTES + this.#list.reduce((most, { bytes }) => Math.max(most, bytes.length), 0);
  }

  #codeOf(kind: TailKind, bytes: Uint8Array, start: number, end: number): number {
    const list = this.#list;
    if (this.#last < list.length && isStem(list[this.#last]!, kind, bytes, start, end)) return this.#last;
    for (let code = 0; code < list.length; code += 1) {
      if (!isStem(list[code]!, kind, bytes, start, end)) continue;
      this.#last = code;
      return code;
    }
    return -1;
  }

  #readDigits(bytes: Uint8Array, start: number, end: number): void {
    const middle = Math.max(start, end - 9);
    let top = 0;
    for (let i = start; i < middle; i += 1) top = 10 * top + bytes[i]! - ZERO;
    let rest = 0;
    for (let i = middle; i < end; i += 1) rest = 10 * rest + bytes[i]! - ZERO;
    // Ten digits at the top: 34 bits.
    this.high = Math.floor(top / 4) | 0;
    this.low = ((top % 4) << 30) | rest;
  }

  #readLetters(bytes: Uint8Array, start: number, end: number): void {
    const middle = Math.max(start, end - LETTERS_A_HALF);
    let high = 0;
    for (let i = start; i < middle; i += 1) high = (high << 5) | (bytes[i]! - BEFORE_A);
    let low = 0;
    for (let i = middle; i < end; i += 1) low = (low << 5) | (bytes[i]! - BEFORE_A);
    this.high = high;
    this.low = low;
  }
}

function isStem(stem: Stem, kind: TailKind, bytes: Uint8Array, start: number, end: number): boolean {
  const own = stem.bytes;
  if (stem.kind !== kind || own.length !== end - start) return false;
  // From the end: stems of one column mostly begin alike.
  for (let i = own.length - 1; i >= 0; i -= 1) if (own[i] !== bytes[start + i]) return false;
  return true;
}

function digitsOfTail(high: number, low: number): number {
  const top = topOf(high, low);
  return top === 0 ? countDigits(low & 0x3fffffff) : 9 + countDigits(top);
}

function lettersOfTail(high: number, low: number): number {
  return high === 0 ? lettersOf(low) : LETTERS_A_HALF + lettersOf(high);
}

function lettersOf(half: number): number {
  return Math.ceil((32 - Math.clz32(half)) / 5);
}

/** What all digits but the last nine say. */
function topOf(high: number, low: number): number {
  return 4 * (high >>> 0) + (low >>> 30);
}

function writeNumber(high: number, low: number, target: Uint8Array, at: number): number {
  const top = topOf(high, low);
  const rest = low & 0x3fffffff;
  if (top === 0) return writeDigits(rest, countDigits(rest), target, at);
  const upper = Math.floor(top / 100_000);
  const lower = top - 100_000 * upper;
  let end = at;
  if (upper > 0) end = writeDigits(upper, countDigits(upper), target, end);
  end = writeDigits(lower, upper > 0 ? 5 : countDigits(lower), target, end);
  return writeDigits(rest, 9, target, end);
}

/** @param value  below 2^31 */
function writeDigits(value: number, count: number, target: Uint8Array, at: number): number {
  let rest = value | 0;
  let end = at + count;
  // Two at a time: a division takes longer than a look into a table.
  while (end - at >= 2) {
    const next = (rest / 100) | 0;
    const two = TWO_DIGITS[rest - 100 * next]!;
    target[end - 1] = two & 0xff;
    target[end - 2] = two >> 8;
    rest = next;
    end -= 2;
  }
  if (end > at) target[at] = ZERO + rest;
  return at + count;
}

function writeLetters(high: number, low: number, target: Uint8Array, at: number): number {
  return writeHalf(low, target, writeHalf(high, target, at));
}

function writeHalf(half: number, target: Uint8Array, at: number): number {
  let end = at;
  for (let shift = 5 * (LETTERS_A_HALF - 1); shift >= 0; shift -= 5) {
    const letter = (half >>> shift) & 31;
    if (letter === 0) continue;
    target[end] = BEFORE_A + letter;
    end += 1;
  }
  return end;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= ZERO + 9;
}

function isLetter(byte: number): boolean {
  return byte > BEFORE_A && byte <= BEFORE_A + 26;
}
