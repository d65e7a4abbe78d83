import { damaged } from './damage.ts';
import { longEnd, longNumber } from './long.ts';

/**
 * Where the string or byte sequence at `offset` ends.
 *
 * @throws PACKET_DAMAGED  when its length is negative or beyond the end of the view
 */
export function bytesEnd(view: DataView, offset: number): number {
  const length = longNumber(view, offset);
  const start = longEnd(view, offset);
  if (!(length >= 0 && length <= view.byteLength - start)) {
    throw damaged(offset, `a length of ${length} bytes, where ${view.byteLength - start} are left`);
  }
  return start + length;
}

/** The string at `offset`. Bytes that are no UTF-8 become U+FFFD. @throws PACKET_DAMAGED */
export function textAt(view: DataView, bytes: Buffer, offset: number): string {
  const first = view.getUint8(offset);
  if (first === 0) return '';
  if (first <= 2 * SHORT && (first & 1) === 0) return shortText(bytes, offset + 1, first >>> 1);
  const end = bytesEnd(view, offset);
  return bytes.toString('utf8', longEnd(view, offset), end);
}

/** The bytes at `offset`, as a view of the packet: nothing is copied. @throws PACKET_DAMAGED */
export function bytesAt(view: DataView, bytes: Uint8Array, offset: number): Uint8Array {
  const start = longEnd(view, offset);
  return viewOf(bytes, start, bytesEnd(view, offset));
}

/** A part of the bytes, without copying, and a plain `Uint8Array` whatever class the whole is. */
export function viewOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start);
}

const SHORT = 16;
const SLOTS = 1024;
const remembered: string[] = new Array<string>(SLOTS).fill('');

/**
 * A short string, looked up among those met lately: packets say `t`, `null`, `r` and the same version labels over and
 * over, and comparing a dozen bytes is cheaper than making a string.
 */
function shortText(bytes: Buffer, start: number, length: number): string {
  let hash = length;
  for (let i = start; i < start + length; i += 1) {
    const byte = bytes[i];
    if (byte === undefined || byte > 127) return bytes.toString('utf8', start, start + length);
    hash = Math.imul(hash, 31) + byte;
  }
  const slot = (hash ^ (hash >>> 11)) & (SLOTS - 1);
  const known = remembered[slot]!;
  if (known.length === length) {
    let i = 0;
    while (i < length && known.charCodeAt(i) === bytes[start + i]) i += 1;
    if (i === length) return known;
  }
  const text = bytes.toString('latin1', start, start + length);
  remembered[slot] = text;
  return text;
}
