import { invalid, type JsonInput } from './parse-context.ts';

/** Levels of lists and objects inside each other; a query is refused long before. */
const MAX_DEPTH = 200;
/** Digits of an integer: beyond it no query means a number. */
const MAX_DIGITS = 400;

/**
 * Parses JSON so that integers beyond 2^53 keep all their digits, as bigint: ids of LSST are such numbers.
 *
 * Objects have no prototype, so that a member called `__proto__` is one like any other.
 *
 * @throws QUERY_INVALID  with the place where the text is no JSON
 */
export function parseJson(text: string): JsonInput {
  return new JsonParser(text).parse();
}

const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const SPACE = /[ \t\r\n]*/y;

class JsonParser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): JsonInput {
    const value = this.#value(0);
    this.#space();
    if (this.#at < this.#text.length) throw this.#unexpected('the end');
    return value;
  }

  #value(depth: number): JsonInput {
    if (depth > MAX_DEPTH) throw invalid(`the JSON is nested more than ${MAX_DEPTH} levels deep`);
    this.#space();
    switch (this.#text[this.#at]) {
      case '{':
        return this.#object(depth);
      case '[':
        return this.#list(depth);
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

  #object(depth: number): JsonInput {
    const result = Object.create(null) as Record<string, JsonInput>;
    this.#at += 1;
    if (this.#takes('}')) return result;
    do {
      this.#space();
      const name = this.#string();
      if (!this.#takes(':')) throw this.#unexpected('a colon');
      result[name] = this.#value(depth + 1);
    } while (this.#takes(','));
    if (!this.#takes('}')) throw this.#unexpected('a comma or a closing brace');
    return result;
  }

  #list(depth: number): JsonInput {
    const result: JsonInput[] = [];
    this.#at += 1;
    if (this.#takes(']')) return result;
    do result.push(this.#value(depth + 1));
    while (this.#takes(','));
    if (!this.#takes(']')) throw this.#unexpected('a comma or a closing bracket');
    return result;
  }

  #string(): string {
    if (this.#text[this.#at] !== '"') throw this.#unexpected('a text in double quotes');
    let end = this.#at + 1;
    while (end < this.#text.length && this.#text[end] !== '"') end += this.#text[end] === '\\' ? 2 : 1;
    const quoted = this.#text.slice(this.#at, end + 1);
    try {
      const value = JSON.parse(quoted) as string;
      this.#at = end + 1;
      return value;
    } catch {
      throw this.#unexpected('a text in double quotes, without line breaks and with an end');
    }
  }

  #number(): number | bigint {
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.#text);
    if (match === null) throw this.#unexpected('a value');
    this.#at = NUMBER.lastIndex;
    const value = Number(match[0]);
    const isInteger = match[1] === undefined && match[2] === undefined;
    if (!isInteger || Number.isSafeInteger(value)) return value;
    if (match[0].length > MAX_DIGITS) throw invalid(`an integer of ${match[0].length} digits is no value of any field`);
    return BigInt(match[0]);
  }

  #word<T>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) throw this.#unexpected('a value');
    this.#at += word.length;
    return value;
  }

  #takes(letter: string): boolean {
    this.#space();
    if (this.#text[this.#at] !== letter) return false;
    this.#at += 1;
    return true;
  }

  #space(): void {
    SPACE.lastIndex = this.#at;
    SPACE.exec(this.#text);
    this.#at = SPACE.lastIndex;
  }

  #unexpected(expected: string): Error {
    const got = this.#at < this.#text.length ? JSON.stringify(this.#text[this.#at]) : 'the end of the text';
    return invalid(`the search is no JSON: expected ${expected} at character ${this.#at + 1}; got ${got}`);
  }
}
