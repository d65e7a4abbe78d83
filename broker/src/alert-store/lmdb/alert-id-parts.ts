import type { ByteWriter } from './byte-writer.ts';
import { MAX_KEY_BYTES } from './layout.ts';
import type { Words } from './words.ts';

/** Largest high part: 34 bits, so that high and low part fill 64. */
const MAX_HIGH = 2 ** 34 - 1;

/**
 * An alert id taken apart into a stem and the decimal number at its end: `ztf_candidate:` and 1046434653315015001.
 *
 * Numbers are kept as `high × 10⁹ + low`, up to 2³⁴ × 10⁹: exact for every id of 64 bits with a sign, and without a
 * bigint per row. An id whose number would not come back digit by digit (leading zeros, larger) or that has none is all
 * stem.
 */
export class AlertIdParts {
  /** Where the number begins; the length of the text when there is none. */
  stemLength = 0;
  hasNumber = false;
  /** Integer in [0, 2^34). */
  high = 0;
  /** Integer in [0, 10^9). */
  low = 0;

  /** Takes an id apart; the result is in the fields. */
  parse(id: string): void {
    const { length } = id;
    let low = 0;
    let high = 0;
    let scale = 1;
    let at = length - 1;
    let digits = 0;
    let last = -1;
    for (; at >= 0; at -= 1) {
      const digit = id.charCodeAt(at) - 48;
      if (digit < 0 || digit > 9) break;
      if (digits === 9) scale = 1;
      if (digits < 9) low += digit * scale;
      else if (digits < 20) high += digit * scale;
      scale *= 10;
      digits += 1;
      last = digit;
    }
    this.hasNumber = digits > 0 && digits <= 20 && high <= MAX_HIGH && (last !== 0 || digits === 1);
    if (this.hasNumber) {
      this.stemLength = at + 1;
      this.high = high;
      this.low = low;
    } else {
      this.stemLength = length;
      this.high = 0;
      this.low = 0;
    }
  }

  /** First of the two words that the number is kept in: the low part, and above it the two highest bits of the high. */
  get lowWord(): number {
    return lowWordOf(this.high, this.low);
  }

  /** The other word: the low 32 bits of the high part. */
  get highWord(): number {
    return this.high >>> 0;
  }
}

/** {@link AlertIdParts.lowWord} of a number. */
export function lowWordOf(high: number, low: number): number {
  return (low + Math.floor(high / 0x1_0000_0000) * 0x4000_0000) >>> 0;
}

/** Largest word number that fits a key of the alert index. */
const MAX_KEY_WORD = 0x7fffff;

/**
 * The key of an alert in the alert index.
 *
 * `word of the name before the first colon` (3 bytes; top bit: a number follows), `number` (8 bytes, big-endian), then
 * the rest of the stem as text. Ids that count upwards in time are appended at the end of their part of the table.
 */
export function putAlertKey(writer: ByteWriter, parts: AlertIdParts, words: Words, id: string): void {
  parts.parse(id);
  const colon = id.indexOf(':') + 1;
  const nameLength = Math.min(colon, parts.stemLength);
  const word = words.numberOf(nameLength === 0 ? '' : id.slice(0, nameLength));
  if (word > MAX_KEY_WORD) throw new RangeError('too many kinds of alert ids');
  putAlertKeyWith(writer, parts, word, nameLength, id);
}

/** As `putAlertKey`, without making a word: undefined when no alert with such a name was ever stored. */
export function findAlertKey(
  writer: ByteWriter,
  parts: AlertIdParts,
  words: Words,
  id: string,
): Uint8Array | undefined {
  parts.parse(id);
  const colon = id.indexOf(':') + 1;
  const nameLength = Math.min(colon, parts.stemLength);
  const word = words.find(nameLength === 0 ? '' : id.slice(0, nameLength));
  if (word === undefined) return undefined;
  writer.reset();
  writer.begin();
  putAlertKeyWith(writer, parts, word, nameLength, id);
  const key = writer.take();
  return key.length > MAX_KEY_BYTES ? undefined : key;
}

function putAlertKeyWith(writer: ByteWriter, parts: AlertIdParts, word: number, nameLength: number, id: string): void {
  if (parts.hasNumber) {
    writer.uint24(word | 0x800000);
    writer.uint32(Math.floor(parts.high / 4));
    writer.uint32(((parts.high % 4) * 0x4000_0000 + parts.low) >>> 0);
  } else {
    writer.uint24(word);
  }
  if (parts.stemLength > nameLength) writer.rawText(id.slice(nameLength, parts.stemLength));
}
