import { surveyField } from '../survey-lists.ts';

const [QUOTE, BACKSLASH, COMMA, COLON, MINUS] = [0x22, 0x5c, 0x2c, 0x3a, 0x2d];
const [LEFT_BRACKET, RIGHT_BRACKET, LEFT_BRACE, RIGHT_BRACE] = [0x5b, 0x5d, 0x7b, 0x7d];
const [ZERO, NINE] = [0x30, 0x39];
/** Digits of an integer that reads the same as a number and as it stands. */
const MOST_DIGITS = 15;
/** Lists in a text; a text with more is not taken. */
const MOST_LISTS = 64;

const decoder = new TextDecoder();

/**
 * Finds what `surveyLists` would, in texts of the one form that nearly all have: objects of lists of one text or integer,
 * `{"ztf":{"id":["ZTF18abcdefg"],"field":[464]}}`, as JSON without blanks or escapes. The elements are left where they lie.
 */
export class SurveyScan {
  /** Lists of the text that was taken last. */
  count = 0;
  /** By list: canonical name of its field, where its element begins and ends. */
  readonly fields: string[] = [];
  readonly starts = new Uint32Array(MOST_LISTS);
  readonly ends = new Uint32Array(MOST_LISTS);
  /** By list: the names over it in the text before this one. Most texts have the same ones in the same order. */
  readonly #paths: { readonly outer: Uint8Array; readonly inner: Uint8Array; readonly field: string }[] = [];
  #bytes: Uint8Array = new Uint8Array(0);
  #end = 0;
  #at = 0;

  /** @param bytes  UTF-8 @returns whether the text is of that form; nothing is to be read here where it is not */
  scan(bytes: Uint8Array, start: number, end: number): boolean {
    this.#bytes = bytes;
    this.#end = end;
    this.#at = start;
    this.count = 0;
    if (!this.#take(LEFT_BRACE)) return false;
    do {
      const outer = this.#at + 1;
      if (!this.#takeText()) return false;
      if (!this.#takeLists(outer, this.#at - 1)) return false;
    } while (this.#take(COMMA));
    return this.#take(RIGHT_BRACE) && this.#at === end;
  }

  /** Takes `:{"name":[element], …}`, below a name that lies between two places. */
  #takeLists(outerStart: number, outerEnd: number): boolean {
    if (!this.#take(COLON) || !this.#take(LEFT_BRACE)) return false;
    do {
      const inner = this.#at + 1;
      if (!this.#takeText()) return false;
      const innerEnd = this.#at - 1;
      if (!this.#take(COLON) || !this.#take(LEFT_BRACKET)) return false;
      const list = this.count;
      if (list === MOST_LISTS || !this.#takeElement(list) || !this.#take(RIGHT_BRACKET)) return false;
      const field = this.#fieldOf(list, outerStart, outerEnd, inner, innerEnd);
      // Of two lists of one name JSON keeps the last.
      for (let before = 0; before < list; before += 1) if (this.fields[before] === field) return false;
      this.fields[list] = field;
      this.count = list + 1;
    } while (this.#take(COMMA));
    return this.#take(RIGHT_BRACE);
  }

  #takeElement(list: number): boolean {
    const start = this.#at;
    if (this.#takeText()) {
      this.starts[list] = start + 1;
      this.ends[list] = this.#at - 1;
      return true;
    }
    this.starts[list] = start;
    const isTaken = this.#takeInteger();
    this.ends[list] = this.#at;
    return isTaken;
  }

  #take(byte: number): boolean {
    if (this.#at >= this.#end || this.#bytes[this.#at] !== byte) return false;
    this.#at += 1;
    return true;
  }

  /** Takes a text in quotes without escapes, or nothing. */
  #takeText(): boolean {
    const bytes = this.#bytes;
    if (bytes[this.#at] !== QUOTE) return false;
    for (let at = this.#at + 1; at < this.#end; at += 1) {
      const byte = bytes[at]!;
      if (byte === QUOTE) {
        this.#at = at + 1;
        return true;
      }
      if (byte === BACKSLASH || byte < 0x20) return false;
    }
    return false;
  }

  #takeInteger(): boolean {
    const bytes = this.#bytes;
    const first = bytes[this.#at] === MINUS ? this.#at + 1 : this.#at;
    let at = first;
    while (at < this.#end && bytes[at]! >= ZERO && bytes[at]! <= NINE) at += 1;
    const digits = at - first;
    // Minus nought would lose its sign.
    if (digits === 0 || digits > MOST_DIGITS || (bytes[first] === ZERO && (digits > 1 || first > this.#at)))
      return false;
    this.#at = at;
    return true;
  }

  #fieldOf(list: number, outerStart: number, outerEnd: number, innerStart: number, innerEnd: number): string {
    const known = this.#paths[list];
    if (
      known !== undefined &&
      this.#isSame(known.inner, innerStart, innerEnd) &&
      this.#isSame(known.outer, outerStart, outerEnd)
    ) {
      return known.field;
    }
    const outer = this.#bytes.slice(outerStart, outerEnd);
    const inner = this.#bytes.slice(innerStart, innerEnd);
    const field = surveyField(decoder.decode(outer), decoder.decode(inner));
    this.#paths[list] = { outer, inner, field };
    return field;
  }

  #isSame(name: Uint8Array, start: number, end: number): boolean {
    if (name.length !== end - start) return false;
    const bytes = this.#bytes;
    for (let i = 0; i < name.length; i += 1) if (name[i] !== bytes[start + i]) return false;
    return true;
  }
}
