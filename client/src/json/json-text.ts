import { AntaresError } from '../antares-error.ts';

/** What JSON holds, as this client reads it: integers that a double cannot hold exactly are text, digit for digit. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** What can be written as JSON; a `bigint` becomes its digits, undefined members are left out. */
export type WritableJson =
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | readonly WritableJson[]
  | { readonly [key: string]: WritableJson };

/** Nesting beyond this is refused: no answer of a broker is as deep, and a hostile one must not exhaust the stack. */
const MAX_DEPTH = 500;
/** A run of digits that may be beyond 2^53: only texts with one need to be read by hand. */
const MAYBE_WIDE = /\d{16}/;
/** An integer of 16 digits or more where a value can stand; a whole document of one counts, too. */
const WIDE_INTEGER = /(^\s*|[[,:]\s*)(-?[1-9]\d{15,})(?=\s*(?:[,}\]]|$))/g;

/**
 * Reads JSON text without losing a digit: integers beyond ±(2^53 − 1), which `JSON.parse` would round, are returned as
 * text (`3470490460915015042` → `"3470490460915015042"`). All else is as `JSON.parse` reads it.
 *
 * @throws ANSWER_MALFORMED  with the place where it stops being JSON, or deeper than 500 levels
 */
export function parseJson(text: string): Json {
  if (!MAYBE_WIDE.test(text)) {
    try {
      return JSON.parse(text) as Json;
    } catch (cause) {
      throw new AntaresError('ANSWER_MALFORMED', `expected JSON, got ${excerpt(text, 0)}`, { cause });
    }
  }
  // Quotes around wide integers, and the engine's own reader does the rest, some three times as fast as reading by hand. What
  // only looks like an integer, inside of a text, then makes the text end before a digit, which no JSON does: that is found
  // out, and read by hand, as is all that is no JSON, for the place.
  try {
    return JSON.parse(text.replaceAll(WIDE_INTEGER, quoteWide)) as Json;
  } catch {
    return new Reader(text, (digits) => digits).document() as Json;
  }
}

/** Reads JSON text with integers beyond ±(2^53 − 1) as `bigint`: `toJsonText` writes it as it was. */
export function parseExactJson(text: string): WritableJson {
  return new Reader(text, BigInt).document();
}

/**
 * Writes JSON text in which a `bigint` stands as its digits.
 *
 * @throws TypeError  for numbers that JSON does not have (NaN, infinities): in a question they are a mistake
 */
export function toJsonText(value: WritableJson): string {
  return write(value) ?? 'null';
}

/** Recursive descent over the grammar of RFC 8259, and nothing more lenient. */
class Reader {
  readonly #text: string;
  readonly #wide: (digits: string) => string | bigint;
  #at = 0;
  #depth = 0;

  /** @param wide  what becomes of an integer that a double cannot hold exactly */
  constructor(text: string, wide: (digits: string) => string | bigint) {
    this.#text = text;
    this.#wide = wide;
  }

  document(): WritableJson {
    const value = this.#value();
    this.#space();
    if (this.#at < this.#text.length) throw this.#malformed();
    return value;
  }

  #value(): WritableJson {
    this.#space();
    switch (this.#text[this.#at]) {
      case '{':
        return this.#nested(() => this.#object());
      case '[':
        return this.#nested(() => this.#list());
      case '"':
        return this.#string();
      case 't':
        return this.#word('true', true);
      case 'f':
        return this.#word('false', false);
      case 'n':
        return this.#word('null', null);
      default:
        return this.#number();
    }
  }

  #nested(read: () => WritableJson): WritableJson {
    if (++this.#depth > MAX_DEPTH) {
      throw new AntaresError('ANSWER_MALFORMED', `expected JSON of at most ${MAX_DEPTH} levels, got a deeper one`);
    }
    const value = read();
    this.#depth--;
    return value;
  }

  #object(): WritableJson {
    const object: { [key: string]: WritableJson } = {};
    this.#at++;
    this.#space();
    if (this.#take('}')) return object;
    for (;;) {
      this.#space();
      if (this.#text[this.#at] !== '"') throw this.#malformed();
      const key = this.#string();
      this.#space();
      if (!this.#take(':')) throw this.#malformed();
      const value = this.#value();
      // As in JSON.parse, this key is a member like any other, and not the prototype.
      if (key === '__proto__') {
        Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
      } else object[key] = value;
      this.#space();
      if (this.#take('}')) return object;
      if (!this.#take(',')) throw this.#malformed();
    }
  }

  #list(): WritableJson {
    const list: WritableJson[] = [];
    this.#at++;
    this.#space();
    if (this.#take(']')) return list;
    for (;;) {
      list.push(this.#value());
      this.#space();
      if (this.#take(']')) return list;
      if (!this.#take(',')) throw this.#malformed();
    }
  }

  #string(): string {
    const text = this.#text;
    const first = this.#at + 1;
    let plain = true;
    for (let at = first; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (unit === 0x22) {
        this.#at = at + 1;
        return plain ? text.slice(first, at) : this.#unescape(first - 1, at + 1);
      }
      if (unit < 0x20) break;
      if (unit === 0x5c) {
        plain = false;
        at++;
      }
    }
    throw this.#malformed();
  }

  #unescape(from: number, to: number): string {
    try {
      return JSON.parse(this.#text.slice(from, to)) as string;
    } catch {
      this.#at = from;
      throw this.#malformed();
    }
  }

  #number(): WritableJson {
    NUMBER.lastIndex = this.#at;
    const digits = NUMBER.exec(this.#text)?.[0];
    if (digits === undefined) throw this.#malformed();
    this.#at += digits.length;
    const value = Number(digits);
    return Number.isSafeInteger(value) || !INTEGER.test(digits) ? value : this.#wide(digits);
  }

  #word(word: string, value: WritableJson): WritableJson {
    if (!this.#text.startsWith(word, this.#at)) throw this.#malformed();
    this.#at += word.length;
    return value;
  }

  #space(): void {
    for (;;) {
      const unit = this.#text.charCodeAt(this.#at);
      if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return;
      this.#at++;
    }
  }

  #take(mark: string): boolean {
    if (this.#text[this.#at] !== mark) return false;
    this.#at++;
    return true;
  }

  #malformed(): AntaresError {
    const found = this.#at < this.#text.length ? excerpt(this.#text, this.#at) : 'its end';
    return new AntaresError('ANSWER_MALFORMED', `expected JSON, got ${found} at character ${this.#at}`);
  }
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const INTEGER = /^-?\d+$/;

function quoteWide(all: string, before: string, digits: string): string {
  return Number.isSafeInteger(Number(digits)) ? all : `${before}"${digits}"`;
}

function excerpt(text: string, from: number): string {
  return text.length === 0 ? 'an empty text' : JSON.stringify(text.slice(from, from + 40));
}

function write(value: WritableJson): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new TypeError(`expected a finite number in JSON, got ${value}`);
  }
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map((item) => write(item) ?? 'null').join(',')}]`;
  const members: string[] = [];
  for (const [key, member] of Object.entries(value)) {
    const text = write(member);
    if (text !== undefined) members.push(`${JSON.stringify(key)}:${text}`);
  }
  return `{${members.join(',')}}`;
}

function isList(value: object): value is readonly WritableJson[] {
  return Array.isArray(value);
}
