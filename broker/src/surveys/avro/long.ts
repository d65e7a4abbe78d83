import { countDigits } from '../../model/decimal.ts';
import type { KnownAlerts } from '../../model/packet.ts';
import { damaged } from './damage.ts';

/**
 * Avro's variable-length integers: 7 bits a byte, lowest first, zigzag (0, -1, 1, -2, …).
 *
 * Reading past the end of the view throws a `RangeError`, as everywhere in this folder; the caller says what it means.
 */

/** Where the integer at `offset` ends. @throws PACKET_DAMAGED when it has more than ten bytes */
export function longEnd(view: DataView, offset: number): number {
  let at = offset;
  while (view.getUint8(at) > 127) {
    at += 1;
    if (at - offset > 9) throw damaged(offset, 'an integer of more than ten bytes');
  }
  return at + 1;
}

/** The integer at `offset` as a double: exact up to 2^53, rounded beyond. */
export function longNumber(view: DataView, offset: number): number {
  let at = offset;
  let byte = view.getUint8(at);
  let low = byte & 127;
  let scale = 128;
  let high = 0;
  while (byte > 127) {
    at += 1;
    if (at - offset > 9) throw damaged(offset, 'an integer of more than ten bytes');
    byte = view.getUint8(at);
    high += (byte & 127) * scale;
    scale *= 128;
  }
  if (at - offset > 6) return Number(longBigInt(view, offset));
  low += high;
  return low % 2 === 0 ? low / 2 : -(low + 1) / 2;
}

// The integer read last by `readParts`: two's complement, as two unsigned 32-bit halves.
let highPart = 0;
let lowPart = 0;

function readParts(view: DataView, offset: number): void {
  let a = 0;
  let b = 0;
  let c = 0;
  let at = offset;
  let byte = 128;
  for (let shift = 0; shift < 28 && byte > 127; shift += 7) {
    byte = view.getUint8(at);
    at += 1;
    a |= (byte & 127) << shift;
  }
  for (let shift = 0; shift < 28 && byte > 127; shift += 7) {
    byte = view.getUint8(at);
    at += 1;
    b |= (byte & 127) << shift;
  }
  if (byte > 127) {
    byte = view.getUint8(at);
    c = byte & 127;
    if (byte > 127) {
      const last = view.getUint8(at + 1);
      if (last > 1) throw damaged(offset, 'an integer of more than 64 bits');
      c |= last << 7;
    }
  }
  const low = (a | (b << 28)) >>> 0;
  const high = ((b >>> 4) | (c << 24)) >>> 0;
  // Undo the zigzag: shift right by one, and flip all bits when the lowest was set.
  const flip = -(a & 1) >>> 0;
  lowPart = (((low >>> 1) | (high << 31)) ^ flip) >>> 0;
  highPart = ((high >>> 1) ^ flip) >>> 0;
}

/** The integer at `offset`, exact. */
export function longBigInt(view: DataView, offset: number): bigint {
  readParts(view, offset);
  if (highPart === 0) return BigInt(lowPart);
  return BigInt.asIntN(64, (BigInt(highPart) << 32n) | BigInt(lowPart));
}

/** Whether the integer at `offset` is 0. */
export function isLongZero(view: DataView, offset: number): boolean {
  return longNumber(view, offset) === 0;
}

const BILLION = 1_000_000_000;

/** Writes a number of a fixed count of digits after a fixed prefix, from its quotient and rest by 10^9. */
type DigitWriter = (quotient: number, rest: number) => string;

/**
 * Identifiers of one kind as text: a fixed prefix, then the integer in decimal, `lsst:170631126925180997`.
 *
 * Several times as fast as going through a BigInt, and the strings are flat, so that maps find them at once: that counts
 * where a packet names hundreds of history rows.
 */
export class IdText {
  readonly prefix: string;
  /** By count of digits, 10 to 19. */
  readonly #writers: (DigitWriter | undefined)[] = new Array<DigitWriter | undefined>(20).fill(undefined);

  /** @param prefix  what stands before the digits; a constant of the program */
  constructor(prefix: string) {
    this.prefix = prefix;
  }

  /** The integer at `offset`, whole; undefined where it is one of those that are known. */
  at(view: DataView, offset: number, known?: KnownAlerts): string | undefined {
    readParts(view, offset);
    if (highPart >= 0x8000_0000) return this.prefix + longBigInt(view, offset).toString();
    // Long division by 10^9 in base 2^16, every step exact in a double.
    const quotient0 = Math.floor(highPart / BILLION);
    const middle = (highPart - quotient0 * BILLION) * 65_536 + (lowPart >>> 16);
    const quotient1 = Math.floor(middle / BILLION);
    const last = (middle - quotient1 * BILLION) * 65_536 + (lowPart & 65_535);
    const quotient2 = Math.floor(last / BILLION);
    const rest = last - quotient2 * BILLION;
    const quotient = (quotient0 * 65_536 + quotient1) * 65_536 + quotient2;
    if (known?.has(this.prefix, quotient, rest) === true) return undefined;
    if (quotient === 0) return this.prefix + rest;
    const digits = quotient >= 100_000_000 ? (quotient >= BILLION ? 19 : 18) : 9 + countDigits(quotient);
    const writer = this.#writers[digits] ?? this.#addWriter(digits);
    return writer(quotient, rest);
  }

  #addWriter(digits: number): DigitWriter {
    const writer = compileDigitWriter(this.prefix, digits);
    this.#writers[digits] = writer;
    return writer;
  }
}

/**
 * One call of `String.fromCharCode` with a fixed number of arguments makes a flat string without anything in between;
 * the generated source holds nothing but the character codes of the prefix and arithmetic.
 */
function compileDigitWriter(prefix: string, digits: number): DigitWriter {
  const lines: string[] = [];
  const codes = Array.from(prefix, (letter) => String(letter.charCodeAt(0)));
  const addDigits = (value: string, count: number): void => {
    const groups: { readonly name: string; readonly width: number }[] = [];
    let whole = value;
    let left = count;
    while (left > 3) {
      const upper = `${value}${left}`;
      const group = `${value}g${left}`;
      lines.push(`const ${upper}=Math.floor(${whole}/1000),${group}=${whole}-${upper}*1000;`);
      groups.unshift({ name: group, width: 3 });
      whole = upper;
      left -= 3;
    }
    groups.unshift({ name: whole, width: left });
    for (const { name, width } of groups) {
      let rest = name;
      for (let power = 10 ** (width - 1); power > 1; power /= 10) {
        const digit = `${name}d${power}`;
        lines.push(`const ${digit}=(${rest}/${power})|0,${digit}r=${rest}-${digit}*${power};`);
        codes.push(`48+${digit}`);
        rest = `${digit}r`;
      }
      codes.push(`48+${rest}`);
    }
  };
  addDigits('q', digits - 9);
  addDigits('r', 9);
  return new Function('f', `return function(q,r){${lines.join('')}return f(${codes.join(',')});}`)(
    String.fromCharCode,
  ) as DigitWriter;
}
