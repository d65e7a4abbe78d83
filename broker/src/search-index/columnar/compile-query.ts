import { coneTester } from '../../sky/cone.ts';
import { patternTester } from '../query/pattern.ts';
import type {
  BoolQuery,
  ConeQuery,
  EqualsTest,
  FieldTest,
  Operand,
  PatternTest,
  Query,
  RangeTest,
} from '../query/query.ts';
import { type ByteDictionary, compareBytes } from './byte-dictionary.ts';
import { CHUNK_MASK, CHUNK_SHIFT, CHUNK_WORDS, isEmptySet, type RowSet } from './chunks.ts';
import type { Columns } from './columns.ts';
import type { TextColumn } from './field-columns.ts';
import type { NumberColumn, NumberInterval } from './number-column.ts';
import { toInterval } from './number-interval.ts';

/** A query made ready for the columns as they are; valid until the next change. */
export interface Matcher {
  /** Keeps of a set of rows of a chunk those that match. */
  restrict(chunk: number, words: RowSet): void;
  /** How much there is to do for a row; cheap ones go first. */
  readonly cost: number;
}

const NONE: Matcher = { cost: 0, restrict: (_, words) => words.fill(0) };
const ALL: Matcher = { cost: 0, restrict: () => undefined };

/** Makes a query (checked by `checkFields`) ready. */
export function compileQuery(query: Query, columns: Columns): Matcher {
  switch (query.clause) {
    case 'match_all':
      return ALL;
    case 'match_none':
      return NONE;
    case 'field':
      return compileField(query.field, query.test, columns);
    case 'cone':
      return compileCone(query, columns);
    case 'bool':
      return compileBool(query, columns);
    case 'random_score':
    case 'constant_score':
      return compileQuery(query.query, columns);
    case 'any_field':
      throw new TypeError('any_field is taken apart by checkFields before a query is evaluated');
  }
}

function compileBool({ must, filter, should, mustNot, minimumShouldMatch }: BoolQuery, columns: Columns): Matcher {
  const parts = [...must, ...filter].map((each) => compileQuery(each, columns));
  for (const each of mustNot) parts.push(noneOf(compileQuery(each, columns)));
  if (minimumShouldMatch > should.length) return NONE;
  if (minimumShouldMatch > 0) {
    const options = should.map((each) => compileQuery(each, columns));
    if (minimumShouldMatch === options.length) parts.push(...options);
    else parts.push(minimumShouldMatch === 1 ? anyOf(options) : someOf(options, minimumShouldMatch));
  }
  return allOf(parts);
}

function allOf(parts: readonly Matcher[]): Matcher {
  if (parts.length === 0) return ALL;
  if (parts.length === 1) return parts[0]!;
  const sorted = [...parts].sort((a, b) => a.cost - b.cost);
  return {
    cost: sum(parts),
    restrict: (chunk, words) => {
      for (const [i, part] of sorted.entries()) {
        if (i > 0 && isEmptySet(words)) return;
        part.restrict(chunk, words);
      }
    },
  };
}

function noneOf(part: Matcher): Matcher {
  const matched = new Int32Array(CHUNK_WORDS);
  return {
    cost: part.cost + 0.5,
    restrict: (chunk, words) => {
      matched.set(words);
      part.restrict(chunk, matched);
      for (let w = 0; w < CHUNK_WORDS; w += 1) words[w]! &= ~matched[w]!;
    },
  };
}

function anyOf(parts: readonly Matcher[]): Matcher {
  const left = new Int32Array(CHUNK_WORDS);
  const matched = new Int32Array(CHUNK_WORDS);
  const found = new Int32Array(CHUNK_WORDS);
  return {
    cost: sum(parts),
    restrict: (chunk, words) => {
      left.set(words);
      found.fill(0);
      for (const part of parts) {
        matched.set(left);
        part.restrict(chunk, matched);
        let remaining = 0;
        for (let w = 0; w < CHUNK_WORDS; w += 1) {
          found[w]! |= matched[w]!;
          left[w]! &= ~matched[w]!;
          remaining |= left[w]!;
        }
        if (remaining === 0) break;
      }
      words.set(found);
    },
  };
}

function someOf(parts: readonly Matcher[], minimum: number): Matcher {
  const matched = new Int32Array(CHUNK_WORDS);
  const counts = new Uint16Array(32 * CHUNK_WORDS);
  return {
    cost: sum(parts),
    restrict: (chunk, words) => {
      counts.fill(0);
      for (const part of parts) {
        matched.set(words);
        part.restrict(chunk, matched);
        forEachRow(matched, (place) => {
          counts[place]! += 1;
        });
      }
      forEachRow(words, (place) => {
        if (counts[place]! < minimum) words[place >>> 5]! &= ~(1 << (place & 31));
      });
    },
  };
}

function sum(parts: readonly Matcher[]): number {
  return parts.reduce((total, { cost }) => total + cost, 0);
}

/** Calls with the place of each row of a set, ascending; the callback may take the row out. */
export function forEachRow(words: RowSet, visit: (place: number) => void): void {
  for (let w = 0; w < CHUNK_WORDS; w += 1) {
    let left = words[w]!;
    while (left !== 0) {
      const lowest = left & -left;
      visit((w << 5) + 31 - Math.clz32(lowest));
      left ^= lowest;
    }
  }
}

function compileCone(cone: ConeQuery, columns: Columns): Matcher {
  const contains = coneTester(cone);
  const near = columns.cells.rowsNear(cone);
  if (near !== undefined) {
    const byChunk = new Map<number, RowSet>();
    for (const row of near) {
      if (!contains(columns.ra.get(row) as number, columns.dec.get(row) as number)) continue;
      let set = byChunk.get(row >>> CHUNK_SHIFT);
      if (set === undefined) {
        set = new Int32Array(CHUNK_WORDS);
        byChunk.set(row >>> CHUNK_SHIFT, set);
      }
      set[(row & CHUNK_MASK) >>> 5]! |= 1 << (row & 31);
    }
    return {
      cost: -1,
      restrict: (chunk, words) => {
        const set = byChunk.get(chunk);
        if (set === undefined) words.fill(0);
        else for (let w = 0; w < CHUNK_WORDS; w += 1) words[w]! &= set[w]!;
      },
    };
  }
  const ra = new Float64Array(32 * CHUNK_WORDS);
  const dec = new Float64Array(32 * CHUNK_WORDS);
  return {
    cost: 20,
    restrict: (chunk, words) => {
      columns.ra.writeDoubles(chunk, Number.NaN, ra);
      columns.dec.writeDoubles(chunk, Number.NaN, dec);
      forEachRow(words, (place) => {
        if (!contains(ra[place]!, dec[place]!)) words[place >>> 5]! &= ~(1 << (place & 31));
      });
    },
  };
}

function compileField(name: string, test: FieldTest, columns: Columns): Matcher {
  if (name === 'locus_id') return compileIds(test, columns);
  const field = columns.fields.get(name);
  if (field === undefined) return NONE;
  const parts: Matcher[] = [];
  for (const numbers of [field.float, field.int]) if (numbers !== undefined) parts.push(compileNumbers(numbers, test));
  if (field.text !== undefined) parts.push(compileText(field.text, test));
  if (field.flag !== undefined) parts.push(compileFlags(field.flag, test));
  const useful = parts.filter((part) => part !== NONE);
  if (useful.length === 0) return NONE;
  return useful.length === 1 ? useful[0]! : anyOf(useful);
}

function compileNumbers(column: NumberColumn, test: FieldTest): Matcher {
  switch (test.test) {
    case 'exists':
      return presence(column);
    case 'range': {
      if ([test.gt, test.gte, test.lt, test.lte].some((bound) => bound !== undefined && bound.number === undefined)) {
        return NONE;
      }
      return interval(column, toInterval(test));
    }
    case 'equals': {
      const numbers = test.values.flatMap(({ number }) => (number === undefined ? [] : [number]));
      if (numbers.length === 0) return NONE;
      if (numbers.length === 1) {
        const bound: Operand = { text: '', number: numbers[0], flag: undefined };
        return interval(column, toInterval({ test: 'range', gte: bound, lte: bound }));
      }
      const doubles = new Set<number>();
      const integers = new Set<bigint>();
      for (const number of numbers) {
        const double = Number(number);
        if (typeof number === 'number' || (Number.isFinite(double) && BigInt(double) === number))
          doubles.add(double + 0);
        if (typeof number === 'bigint') integers.add(number);
        else if (Number.isInteger(number)) integers.add(BigInt(number));
      }
      return {
        cost: 4,
        restrict: (chunk, words) => column.restrictToValues(chunk, doubles, integers, words),
      };
    }
    case 'pattern':
      return NONE;
  }
}

function presence(column: NumberColumn): Matcher {
  return { cost: 0.5, restrict: (chunk, words) => column.restrictToPresent(chunk, words) };
}

function interval(column: NumberColumn, bounds: NumberInterval): Matcher {
  return { cost: 1.5, restrict: (chunk, words) => column.restrictToInterval(chunk, bounds, words) };
}

function compileFlags(column: NumberColumn, test: FieldTest): Matcher {
  if (test.test === 'exists') return presence(column);
  if (test.test !== 'equals') return NONE;
  const flags = new Set(test.values.flatMap(({ flag }) => (flag === undefined ? [] : [flag ? 1 : 0])));
  if (flags.size === 0) return NONE;
  return { cost: 1, restrict: (chunk, words) => column.restrictToValues(chunk, flags, new Set(), words) };
}

function compileText({ codes, dictionary }: TextColumn, test: FieldTest): Matcher {
  if (test.test === 'exists') return presence(codes);
  const marks = markEntries(dictionary, test);
  if (typeof marks === 'number') {
    if (marks < 0) return NONE;
    const only = { low: marks, high: marks, lowInteger: BigInt(marks), highInteger: BigInt(marks) };
    return { cost: 1, restrict: (chunk, words) => codes.restrictToInterval(chunk, only, words) };
  }
  return { cost: 1.2, restrict: (chunk, words) => codes.restrictToMarked(chunk, marks, words) };
}

/** The locus id is no column: rows are the codes of its dictionary. */
function compileIds(test: FieldTest, { ids }: Columns): Matcher {
  if (test.test === 'exists') return ALL;
  const marks = markEntries(ids, test);
  const rows = typeof marks === 'number' ? [marks] : undefined;
  return {
    cost: rows === undefined ? 1 : -2,
    restrict: (chunk, words) => {
      const first = chunk << CHUNK_SHIFT;
      if (rows !== undefined) {
        const row = rows[0]!;
        const isHere = row >= 0 && row >>> CHUNK_SHIFT === chunk;
        const word = isHere ? words[(row & CHUNK_MASK) >>> 5]! & (1 << (row & 31)) : 0;
        words.fill(0);
        if (isHere) words[(row & CHUNK_MASK) >>> 5] = word;
        return;
      }
      const marked = marks as Uint8Array;
      forEachRow(words, (place) => {
        if (marked[first + place] !== 1) words[place >>> 5]! &= ~(1 << (place & 31));
      });
    },
  };
}

/** Entries of a dictionary that pass: a mark by code, or the one code that passes, or -1 for none. */
function markEntries(dictionary: ByteDictionary, test: Exclude<FieldTest, { test: 'exists' }>): Uint8Array | number {
  if (test.test === 'equals' && !test.ignoreCase) return markEqual(dictionary, test);
  const passes = elementTester(dictionary, test);
  const marks = new Uint8Array(dictionary.size);
  const { lists } = dictionary;
  for (let code = 0; code < dictionary.size; code += 1) {
    if (!dictionary.isLive(code)) continue;
    if (lists.size === 0 || !lists.has(code)) {
      if (passes(dictionary.startOf(code), dictionary.endOf(code))) marks[code] = 1;
      continue;
    }
    dictionary.forEachElement(code, (start, end) => {
      if (marks[code] === 0 && passes(start, end)) marks[code] = 1;
    });
  }
  return marks;
}

function markEqual(dictionary: ByteDictionary, { values }: EqualsTest): Uint8Array | number {
  const codes = new Set<number>();
  for (const { text } of values) {
    const code = dictionary.find(text);
    if (code >= 0) codes.add(code);
  }
  if (dictionary.lists.size > 0) {
    const wanted = values.map(({ text }) => Buffer.from(text, 'utf8'));
    const texts = wanted.length > 4 ? new Set(values.map(({ text }) => text)) : undefined;
    for (const code of dictionary.lists) {
      dictionary.forEachElement(code, (start, end) => {
        const { bytes } = dictionary;
        const isWanted =
          texts === undefined
            ? wanted.some((each) => compareBytes(bytes, start, end, each, 0, each.length) === 0)
            : texts.has(dictionary.textAt(start, end));
        if (isWanted) codes.add(code);
      });
    }
  }
  if (codes.size === 0) return -1;
  if (codes.size === 1) return [...codes][0]!;
  const marks = new Uint8Array(dictionary.size);
  for (const code of codes) marks[code] = 1;
  return marks;
}

/** Tries an element by where it lies in the memory of a dictionary. */
type ElementTester = (start: number, end: number) => boolean;

function elementTester(dictionary: ByteDictionary, test: Exclude<FieldTest, { test: 'exists' }>): ElementTester {
  switch (test.test) {
    case 'equals': {
      const wanted = new Set(test.values.map(({ text }) => text.toLowerCase()));
      return (start, end) => wanted.has(dictionary.textAt(start, end).toLowerCase());
    }
    case 'range':
      return rangeTester(dictionary, test);
    case 'pattern':
      return bytePatternTester(dictionary, test);
  }
}

function rangeTester(dictionary: ByteDictionary, { gt, gte, lt, lte }: RangeTest): ElementTester {
  const encoded = (bound: Operand | undefined): Buffer | undefined =>
    bound === undefined ? undefined : Buffer.from(bound.text, 'utf8');
  const bounds = { gt: encoded(gt), gte: encoded(gte), lt: encoded(lt), lte: encoded(lte) };
  const compare = (start: number, end: number, bound: Buffer): number =>
    compareBytes(dictionary.bytes, start, end, bound, 0, bound.length);
  return (start, end) =>
    (bounds.gt === undefined || compare(start, end, bounds.gt) > 0) &&
    (bounds.gte === undefined || compare(start, end, bounds.gte) >= 0) &&
    (bounds.lt === undefined || compare(start, end, bounds.lt) < 0) &&
    (bounds.lte === undefined || compare(start, end, bounds.lte) <= 0);
}

/** Patterns are matched byte by byte; where that could differ from letters (`?` on more than ASCII, case), on the text. */
function bytePatternTester(dictionary: ByteDictionary, { pattern }: PatternTest): ElementTester {
  const onText = patternTester(pattern);
  if (pattern.ignoreCase) return (start, end) => onText(dictionary.textAt(start, end));
  const ANY = -1;
  const ONE = -2;
  const list: number[] = [];
  for (const part of pattern.parts) {
    if ('wild' in part) list.push(part.wild === '*' ? ANY : ONE);
    else list.push(...Buffer.from(part.literal, 'utf8'));
  }
  // One more at the end, which nothing equals.
  const units = Int16Array.from([...list, -3]);
  const last = list.length;
  const hasOne = units.includes(ONE);
  return (start, end) => {
    const { bytes } = dictionary;
    let at = start;
    let unit = 0;
    let starUnit = -1;
    let starAt = 0;
    while (at < end) {
      const byte = bytes[at]!;
      const wanted = units[unit]!;
      if (hasOne && byte > 0x7f) return onText(dictionary.textAt(start, end));
      if (wanted === ANY) {
        starUnit = unit;
        starAt = at;
        unit += 1;
      } else if (wanted === ONE || wanted === byte) {
        unit += 1;
        at += 1;
      } else if (starUnit >= 0) {
        unit = starUnit + 1;
        starAt += 1;
        at = starAt;
      } else {
        return false;
      }
    }
    while (units[unit] === ANY) unit += 1;
    return unit === last;
  };
}
