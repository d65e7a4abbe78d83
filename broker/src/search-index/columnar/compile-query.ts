import { coneTester } from '../../sky/cone.ts';
import type { BoolQuery, ConeQuery, FieldTest, Operand, Query } from '../query/query.ts';
import { CHUNK_MASK, CHUNK_SHIFT, CHUNK_WORDS, type RowSet } from './chunks.ts';
import type { Columns } from './columns.ts';
import { compileText, markEntries } from './compile-text.ts';
import { ALL, allOf, anyOf, eitherOf, forEachRow, type Matcher, NONE, noneOf, someOf } from './matcher.ts';
import type { NumberColumn, NumberInterval } from './number-column.ts';
import { toInterval } from './number-interval.ts';

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
  return eitherOf(parts);
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
