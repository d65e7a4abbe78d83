import { toFieldName } from './fields.ts';
import {
  describe,
  flag,
  invalid,
  type JsonInput,
  membersOf,
  type ParseContext,
  refuseOthers,
  shown,
} from './parse-context.ts';
import { readPattern } from './pattern.ts';
import { allOf, anyOf, type FieldTest, not, type Query, type RangeTest } from './query.ts';

/** What stands between two clauses of a text. */
type Occur = 'must' | 'should' | 'must_not';

const MEMBERS = [
  'query',
  'fields',
  'default_field',
  'default_operator',
  'analyze_wildcard',
  'allow_leading_wildcard',
  'lenient',
  'boost',
  '_name',
];

/**
 * Reads `query_string`: `field:value`, `field:[a TO b]`, `field:>=x`, `field:(a OR b)`, `_exists_:field`, quotes, `*` and
 * `?`, `AND`, `OR`, `NOT`, `&&`, `||`, `!`, `+`, `-`, parentheses.
 *
 * `AND` binds more than `OR`; words side by side are joined by `default_operator` (`OR` unless said otherwise). A value
 * without a field is looked for in `fields`, or in all that hold text.
 *
 * @throws QUERY_INVALID, QUERY_TOO_COSTLY
 */
export function parseQueryString(body: JsonInput, path: string, context: ParseContext, depth: number): Query {
  const members = membersOf(body, path, 'an object with "query"');
  refuseOthers(members, MEMBERS, path);
  const given = new Map(members);
  const text = given.get('query');
  if (typeof text !== 'string') throw invalid(`${path}.query: expected a text; got ${describe(text)}`);
  context.checkLength(text, `${path}.query`, context.limits.maxQueryStringLength);
  for (const name of ['analyze_wildcard', 'allow_leading_wildcard', 'lenient']) {
    if (given.has(name)) flag(given.get(name), `${path}.${name}`);
  }
  const operator = String(given.get('default_operator') ?? 'OR').toUpperCase();
  if (operator !== 'AND' && operator !== 'OR') {
    throw invalid(`${path}.default_operator: expected AND or OR; got ${describe(given.get('default_operator'))}`);
  }
  const fields = fieldsOf(given.get('fields') ?? given.get('default_field'), path, context);
  return new QueryStringParser(text, fields, operator, path, context).parse(depth);
}

function fieldsOf(value: JsonInput, path: string, context: ParseContext): readonly string[] | undefined {
  if (value === undefined || value === '*') return undefined;
  const list = Array.isArray(value) ? value : [value];
  if (list.length > 100) throw invalid(`${path}.fields: expected at most 100 fields; got ${list.length}`);
  const names = list.map((item, i) => {
    // A weight, as in `tags^2`, changes scores alone.
    const name = toFieldName(context.text(item, `${path}.fields[${i}]`).replace(/\^[\d.]+$/, ''));
    context.fields.add(name);
    return name;
  });
  return list.includes('*') || names.length === 0 ? undefined : names;
}

type Token =
  | { readonly kind: '(' | ')' | 'AND' | 'OR' | 'NOT' | '+' | '-' | 'end'; readonly at: number }
  | { readonly kind: 'field'; readonly name: string; readonly at: number }
  | { readonly kind: 'word' | 'phrase'; readonly text: string; readonly at: number }
  | { readonly kind: 'range'; readonly range: RangeTest; readonly at: number };

class QueryStringParser {
  readonly #tokens: readonly Token[];
  readonly #fields: readonly string[] | undefined;
  readonly #operator: 'AND' | 'OR';
  readonly #path: string;
  readonly #context: ParseContext;
  #next = 0;

  constructor(
    text: string,
    fields: readonly string[] | undefined,
    operator: 'AND' | 'OR',
    path: string,
    context: ParseContext,
  ) {
    this.#tokens = tokensOf(text, `${path}.query`, context);
    this.#fields = fields;
    this.#operator = operator;
    this.#path = `${path}.query`;
    this.#context = context;
  }

  parse(depth: number): Query {
    if (this.#peek().kind === 'end') return { clause: 'match_none' };
    const query = this.#expression(undefined, depth + 1);
    if (this.#peek().kind !== 'end') throw this.#unexpected('the end');
    return query;
  }

  /** Clauses joined by OR, each of clauses joined by AND. */
  #expression(field: string | undefined, depth: number): Query {
    this.#context.spend(this.#path, depth);
    const alternatives: Query[] = [];
    let group: { readonly occur: Occur; readonly query: Query }[] = [this.#clause(field, depth)];
    const close = (): void => {
      alternatives.push(joined(group));
    };
    for (;;) {
      const { kind } = this.#peek();
      if (kind === 'end' || kind === ')') break;
      if (kind === 'OR') {
        this.#next += 1;
        close();
        group = [this.#clause(field, depth)];
        continue;
      }
      if (kind === 'AND') {
        this.#next += 1;
        const last = group.pop()!;
        group.push({ ...last, occur: last.occur === 'should' ? 'must' : last.occur });
        const next = this.#clause(field, depth);
        group.push({ ...next, occur: next.occur === 'should' ? 'must' : next.occur });
        continue;
      }
      const clause = this.#clause(field, depth);
      if (this.#operator === 'AND') {
        group = group.map((each) => ({ ...each, occur: each.occur === 'should' ? 'must' : each.occur }));
        group.push({ ...clause, occur: clause.occur === 'should' ? 'must' : clause.occur });
      } else {
        group.push(clause);
      }
    }
    close();
    return anyOf(...alternatives);
  }

  #clause(field: string | undefined, depth: number): { readonly occur: Occur; readonly query: Query } {
    const token = this.#take();
    switch (token.kind) {
      case '+':
        return { occur: 'must', query: this.#clause(field, depth + 1).query };
      case '-':
      case 'NOT': {
        const inner = this.#clause(field, depth + 1);
        // NOT NOT a is a.
        if (inner.occur === 'must_not') return { occur: 'must', query: inner.query };
        return { occur: 'must_not', query: inner.query };
      }
      case '(': {
        const query = this.#expression(field, depth + 1);
        if (this.#take().kind !== ')') {
          this.#next -= 1;
          throw this.#unexpected('a closing parenthesis');
        }
        return { occur: 'should', query };
      }
      case 'field':
        return { occur: 'should', query: this.#ofField(token.name, depth) };
      case 'word':
      case 'phrase':
      case 'range':
        return { occur: 'should', query: this.#value(token, field) };
      default:
        this.#next -= 1;
        throw this.#unexpected('a word, a field or a parenthesis');
    }
  }

  #ofField(spelt: string, depth: number): Query {
    const token = this.#take();
    if (spelt === '_exists_' && (token.kind === 'word' || token.kind === 'phrase')) {
      this.#context.spend(this.#path, depth);
      const field = toFieldName(token.text);
      this.#context.fields.add(field);
      return { clause: 'field', field, test: { test: 'exists' } };
    }
    const field = toFieldName(spelt);
    this.#context.fields.add(field);
    if (token.kind === '(') {
      this.#next -= 1;
      return this.#clause(field, depth + 1).query;
    }
    if (token.kind === 'word' || token.kind === 'phrase' || token.kind === 'range') return this.#value(token, field);
    this.#next -= 1;
    throw this.#unexpected(`a value after ${shown(`${spelt}:`)}`);
  }

  #value(token: Extract<Token, { kind: 'word' | 'phrase' | 'range' }>, field: string | undefined): Query {
    this.#context.spend(this.#path, 0);
    const isAll = token.kind === 'word' && token.text === '*';
    if (isAll && field === undefined) return { clause: 'match_all' };
    const test = isAll ? ({ test: 'exists' } as const) : this.#test(token);
    return field === undefined ? { clause: 'any_field', fields: this.#fields, test } : { clause: 'field', field, test };
  }

  #test(token: Extract<Token, { kind: 'word' | 'phrase' | 'range' }>): FieldTest {
    if (token.kind === 'range') return token.range;
    this.#context.checkLength(token.text, this.#path);
    if (token.kind === 'word' && /(?:^|[^\\])(?:\\\\)*[*?]/.test(token.text)) {
      return { test: 'pattern', pattern: readPattern(token.text) };
    }
    const text = token.kind === 'word' ? unescaped(token.text) : token.text;
    return { test: 'equals', values: [this.#context.operand(text, this.#path)], ignoreCase: false };
  }

  #peek(): Token {
    return this.#tokens[this.#next]!;
  }

  #take(): Token {
    const token = this.#tokens[this.#next]!;
    if (token.kind !== 'end') this.#next += 1;
    else this.#next = this.#tokens.length;
    return token;
  }

  #unexpected(expected: string): Error {
    const token = this.#tokens[Math.min(Math.max(this.#next, 0), this.#tokens.length - 1)]!;
    const what = 'text' in token ? shown(token.text) : token.kind === 'field' ? shown(`${token.name}:`) : token.kind;
    return invalid(`${this.#path}: expected ${expected} at character ${token.at + 1}; got ${what}`);
  }
}

/** Clauses side by side: all of the musts, none of the must-nots, and where there is no must, one of the rest. */
function joined(group: readonly { readonly occur: Occur; readonly query: Query }[]): Query {
  if (group.length === 1) return group[0]!.occur === 'must_not' ? not(group[0]!.query) : group[0]!.query;
  const of = (occur: Occur): Query[] => group.filter((each) => each.occur === occur).map(({ query }) => query);
  const [must, should, mustNot] = [of('must'), of('should'), of('must_not')];
  if (mustNot.length === 0 && should.length === 0) return allOf(...must);
  return {
    clause: 'bool',
    must,
    filter: [],
    should,
    mustNot,
    minimumShouldMatch: must.length === 0 && should.length > 0 ? 1 : 0,
  };
}

/** Characters that end a word. */
const ENDS_WORD = /[\s()"]/;

function tokensOf(text: string, path: string, context: ParseContext): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  /** Whether a value of a field is expected here. */
  let afterField = false;
  while (at < text.length) {
    const start = at;
    const letter = text[at]!;
    if (/\s/.test(letter)) {
      at += 1;
      continue;
    }
    const pair = text.slice(at, at + 2);
    if (afterField && (letter === '[' || letter === '{')) {
      const { range, end } = readBrackets(text, at, path, context);
      tokens.push({ kind: 'range', range, at });
      at = end;
    } else if (afterField && /[<>]/.test(letter)) {
      const bound = pair === '>=' ? 'gte' : pair === '<=' ? 'lte' : letter === '>' ? 'gt' : 'lt';
      at += bound.length === 3 ? 2 : 1;
      while (text[at] === ' ') at += 1;
      const value = readBound(text, at, path);
      tokens.push({ kind: 'range', range: { test: 'range', [bound]: context.operand(value.text, path) }, at: start });
      at = value.end;
    } else if (letter === '(' || letter === ')') {
      tokens.push({ kind: letter, at });
      at += 1;
    } else if (letter === '"') {
      const { phrase, end } = readPhrase(text, at, path);
      tokens.push({ kind: 'phrase', text: phrase, at });
      at = end;
    } else if (pair === '&&' || pair === '||') {
      tokens.push({ kind: pair === '&&' ? 'AND' : 'OR', at });
      at += 2;
    } else if (!afterField && (letter === '+' || letter === '-' || letter === '!')) {
      tokens.push({ kind: letter === '!' ? 'NOT' : letter, at });
      at += 1;
    } else {
      const word = readWord(text, at, !afterField);
      at = word.end;
      if (word.isField) {
        tokens.push({ kind: 'field', name: unescaped(word.text), at: start });
        afterField = true;
        continue;
      }
      if (word.text === 'AND' || word.text === 'OR' || word.text === 'NOT') tokens.push({ kind: word.text, at: start });
      else tokens.push({ kind: 'word', text: word.text, at: start });
    }
    afterField = false;
  }
  tokens.push({ kind: 'end', at: text.length });
  return tokens;
}

function readWord(
  text: string,
  start: number,
  mayBeField: boolean,
): { readonly text: string; readonly end: number; readonly isField: boolean } {
  let at = start;
  while (at < text.length && !ENDS_WORD.test(text[at]!)) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === ':' && mayBeField && at > start) {
      return { text: text.slice(start, at), end: at + 1, isField: true };
    }
    at += 1;
  }
  return { text: text.slice(start, at), end: Math.min(at, text.length), isField: false };
}

function readPhrase(text: string, start: number, path: string): { readonly phrase: string; readonly end: number } {
  let at = start + 1;
  let phrase = '';
  for (; at < text.length; at += 1) {
    if (text[at] === '"') return { phrase, end: at + 1 };
    if (text[at] === '\\' && at + 1 < text.length) at += 1;
    phrase += text[at]!;
  }
  throw invalid(`${path}: the quotation that begins at character ${start + 1} has no end`);
}

function readBound(text: string, start: number, path: string): { readonly text: string; readonly end: number } {
  if (text[start] === '"') {
    const { phrase, end } = readPhrase(text, start, path);
    return { text: phrase, end };
  }
  let at = start;
  while (at < text.length && !/[\s()\]}]/.test(text[at]!)) at += text[at] === '\\' ? 2 : 1;
  if (at === start) throw invalid(`${path}: expected a value at character ${start + 1}`);
  return { text: unescaped(text.slice(start, at)), end: Math.min(at, text.length) };
}

function readBrackets(
  text: string,
  start: number,
  path: string,
  context: ParseContext,
): { readonly range: RangeTest; readonly end: number } {
  const skip = (from: number): number => {
    let at = from;
    while (at < text.length && /\s/.test(text[at]!)) at += 1;
    return at;
  };
  const low = readBound(text, skip(start + 1), path);
  const to = skip(low.end);
  if (text.slice(to, to + 2).toUpperCase() !== 'TO') {
    throw invalid(`${path}: expected [low TO high] at character ${start + 1}`);
  }
  const high = readBound(text, skip(to + 2), path);
  const end = skip(high.end);
  if (text[end] !== ']' && text[end] !== '}') {
    throw invalid(`${path}: the range that begins at character ${start + 1} has no end`);
  }
  const range: { -readonly [Name in keyof RangeTest]: RangeTest[Name] } = { test: 'range' };
  if (low.text !== '*') range[text[start] === '[' ? 'gte' : 'gt'] = context.operand(low.text, path);
  if (high.text !== '*') range[text[end] === ']' ? 'lte' : 'lt'] = context.operand(high.text, path);
  return { range, end: end + 1 };
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/gs, '$1');
}
