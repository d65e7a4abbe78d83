import { AntaresError } from '../model/errors.ts';

/**
 * Which tags a locus must have: a tag, any or all of several expressions, or not an expression.
 *
 * As text: `extragalactic & (sn1a_candidate | young) & !sso_candidates`. `!` binds closest, then `&`, then `|`; the words
 * `and`, `or` and `not` do as well, in either case. A tag that is no plain word (letters, digits and `_ . : -`, or one of
 * these three words) is written in double quotes, with `\` before a quote or a `\` in it.
 */
export type TagExpression =
  | string
  | { readonly anyOf: readonly TagExpression[] }
  | { readonly allOf: readonly TagExpression[] }
  | { readonly not: TagExpression };

/** Deepest nesting of parentheses and `!`. */
const MAX_DEPTH = 100;

/**
 * Reads an expression from its text.
 *
 * @throws STREAM_EXPRESSION_INVALID  says what was expected, what came, and at which character
 */
export function parseTagExpression(text: string): TagExpression {
  const parser = new Parser(text);
  return parser.parse();
}

/** Writes an expression as text, which `parseTagExpression` reads back to the same expression. */
export function formatTagExpression(expression: TagExpression): string {
  return format(expression, 0);
}

function format(expression: TagExpression, bindsAbove: number): string {
  if (typeof expression === 'string') return formatTag(expression);
  if ('not' in expression) return `!${format(expression.not, 3)}`;
  const [parts, sign, binds] = 'anyOf' in expression ? [expression.anyOf, ' | ', 1] : [expression.allOf, ' & ', 2];
  const text = parts.map((part) => format(part, binds)).join(sign);
  // The same kind within itself keeps its parentheses, so that the structure is read back as it was.
  return binds <= bindsAbove ? `(${text})` : text;
}

const PLAIN_TAG = /^[\p{L}\p{N}_.:-]+$/u;
const WORDS = new Map([
  ['and', '&'],
  ['or', '|'],
  ['not', '!'],
]);

function formatTag(tag: string): string {
  return PLAIN_TAG.test(tag) && !WORDS.has(tag.toLowerCase()) ? tag : `"${tag.replace(/[\\"]/g, '\\$&')}"`;
}

interface Token {
  readonly kind: '!' | '&' | '(' | ')' | 'end' | 'tag' | '|';
  readonly text: string;
  /** Place of its first character, from 1. */
  readonly at: number;
}

class Parser {
  readonly #text: string;
  #position = 0;
  #token: Token;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    this.#token = this.#next();
  }

  parse(): TagExpression {
    const expression = this.#any();
    if (this.#token.kind !== 'end') throw this.#unexpected('& or | before it, or the end');
    return expression;
  }

  #any(): TagExpression {
    const parts = [this.#all()];
    while (this.#take('|')) parts.push(this.#all());
    return parts.length === 1 ? parts[0]! : { anyOf: parts };
  }

  #all(): TagExpression {
    const parts = [this.#single()];
    while (this.#take('&')) parts.push(this.#single());
    return parts.length === 1 ? parts[0]! : { allOf: parts };
  }

  #single(): TagExpression {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH)
      throw this.#error(`at most ${MAX_DEPTH} levels of parentheses and !`, 'more', this.#token.at);
    let expression: TagExpression;
    const { text, at } = this.#token;
    if (this.#take('!')) expression = { not: this.#single() };
    else if (this.#take('(')) {
      expression = this.#any();
      if (!this.#take(')')) throw this.#unexpected(`) for the ( at character ${at}`);
    } else if (this.#take('tag')) expression = text;
    else throw this.#unexpected('a tag, ! or (');
    this.#depth -= 1;
    return expression;
  }

  #take(kind: Token['kind']): boolean {
    if (this.#token.kind !== kind) return false;
    this.#token = this.#next();
    return true;
  }

  #next(): Token {
    while (/\s/.test(this.#text.charAt(this.#position))) this.#position += 1;
    const at = this.#position + 1;
    const sign = this.#text.charAt(this.#position);
    if (sign === '') return { kind: 'end', text: '', at };
    if (sign === '"') return this.#quoted(at);
    if (sign === '!' || sign === '&' || sign === '|' || sign === '(' || sign === ')') {
      this.#position += 1;
      // && and || are what programmers type.
      if ((sign === '&' || sign === '|') && this.#text.charAt(this.#position) === sign) this.#position += 1;
      return { kind: sign, text: sign, at };
    }
    const word = /^[\p{L}\p{N}_.:-]+/u.exec(this.#text.slice(this.#position))?.[0];
    if (word === undefined) throw this.#error('a tag, &, |, ! or parentheses', JSON.stringify(sign), at);
    this.#position += word.length;
    const operator = WORDS.get(word.toLowerCase());
    return operator === undefined
      ? { kind: 'tag', text: word, at }
      : { kind: operator as Token['kind'], text: word, at };
  }

  #quoted(at: number): Token {
    let tag = '';
    for (let i = this.#position + 1; i < this.#text.length; i += 1) {
      const letter = this.#text.charAt(i);
      if (letter === '"') {
        this.#position = i + 1;
        if (tag === '' || tag.includes('\n')) throw this.#error('a tag between the quotes', JSON.stringify(tag), at);
        return { kind: 'tag', text: tag, at };
      }
      if (letter === '\\') i += 1;
      tag += this.#text.charAt(i);
    }
    throw this.#error('a second "', 'the end', this.#text.length + 1);
  }

  #unexpected(expected: string): AntaresError {
    const { kind, text, at } = this.#token;
    return this.#error(expected, kind === 'end' ? 'the end' : JSON.stringify(text), at);
  }

  #error(expected: string, got: string, at: number): AntaresError {
    return new AntaresError(
      'STREAM_EXPRESSION_INVALID',
      `expected ${expected} at character ${at} of ${JSON.stringify(this.#text)}, got ${got}`,
    );
  }
}
