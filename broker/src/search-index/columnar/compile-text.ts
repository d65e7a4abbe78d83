import { patternTester } from '../query/pattern.ts';
import type { EqualsTest, FieldTest, Operand, PatternTest, RangeTest } from '../query/query.ts';
import { type ByteDictionary, compareBytes, utf8Text } from './byte-dictionary.ts';
import { CHUNK_SHIFT, isEmptySet, type RowSet } from './chunks.ts';
import { anyOf, eitherOf, forEachRow, type Matcher, NONE } from './matcher.ts';
import { STEM_LIMIT, type Stem, TAIL } from './stems.ts';
import { markOf, TAIL_MARKS } from './tail-column.ts';
import { TailSet } from './tail-set.ts';
import type { TextColumn, TextPlace } from './text-column.ts';
import { Utf8Scratch } from './utf8-scratch.ts';

/** A test of the value itself: whether there is one needs none. */
type ValueTest = Exclude<FieldTest, { test: 'exists' }>;

/** Makes a test of texts ready. */
export function compileText(column: TextColumn, test: FieldTest): Matcher {
  const { codes, dictionary, stems } = column;
  if (test.test === 'exists') return { cost: 0.5, restrict: (chunk, words) => codes.restrictToPresent(chunk, words) };
  const marks = markEntries(dictionary, test);
  if (stems.size === 0) return withCodes(column, marks);
  if (isExact(test)) return eitherOf([withCodes(column, marks), withTails(column, test)]);
  const passes = elementTester(test);
  const tried = new Uint8Array(dictionary.size);
  let isTried = false;
  for (const [code, stem] of stems.list.entries()) {
    const passed = passesForAll(stem, test, passes);
    if (passed === true) (marks as Uint8Array)[code] = 1;
    if (passed !== undefined) continue;
    tried[code] = 1;
    isTried = true;
  }
  const marked = withCodes(column, marks);
  return isTried ? anyOf([marked, eachStemmed(column, tried, passes)]) : marked;
}

/** Entries of a dictionary that pass: a mark by code, or the one code that passes, or -1 for none. */
export function markEntries(dictionary: ByteDictionary, test: ValueTest): Uint8Array | number {
  if (isExact(test)) return markEqual(dictionary, test);
  const passes = elementTester(test);
  const marks = new Uint8Array(dictionary.size);
  const { lists, bytes } = dictionary;
  for (let code = 0; code < dictionary.size; code += 1) {
    if (!dictionary.isLive(code)) continue;
    if (lists.size === 0 || !lists.has(code)) {
      if (passes(bytes, dictionary.startOf(code), dictionary.endOf(code))) marks[code] = 1;
      continue;
    }
    dictionary.forEachElement(code, (start, end) => {
      if (marks[code] === 0 && passes(bytes, start, end)) marks[code] = 1;
    });
  }
  return marks;
}

function isExact(test: ValueTest): test is EqualsTest {
  return test.test === 'equals' && !test.ignoreCase;
}

function withCodes({ codes }: TextColumn, marks: Uint8Array | number): Matcher {
  if (typeof marks !== 'number') {
    return { cost: 1.2, restrict: (chunk, words) => codes.restrictToMarked(chunk, marks, words) };
  }
  if (marks < 0) return NONE;
  const only = { low: marks, high: marks, lowInteger: BigInt(marks), highInteger: BigInt(marks) };
  return { cost: 1, restrict: (chunk, words) => codes.restrictToInterval(chunk, only, words) };
}

/** Rows whose stem and tail are one of the texts that are asked for. */
function withTails(column: TextColumn, { values }: EqualsTest): Matcher {
  const { codes, stems, tails } = column;
  const scratch = new Utf8Scratch();
  const wanted = new TailSet();
  const lows = new Uint8Array(TAIL_MARKS);
  for (const { text } of values) {
    scratch.load(text);
    const stem = stems.find(scratch.bytes, 0, scratch.end);
    if (stem < 0) continue;
    wanted.numberOf(stem, stems.high, stems.low);
    lows[markOf(stems.low)] = 1;
  }
  if (wanted.size === 0) return NONE;
  if (wanted.size === 1) {
    const [high, low] = [wanted.highOf(0), wanted.lowOf(0)];
    const hasStem = withCodes(column, wanted.stemOf(0));
    return {
      cost: 1,
      restrict: (chunk, words) => {
        tails.restrictToTail(chunk, high, low, words);
        if (!isEmptySet(words)) hasStem.restrict(chunk, words);
      },
    };
  }
  return {
    cost: 2,
    restrict: (chunk, words) => {
      tails.restrictToMarked(chunk, lows, words);
      keepRows(chunk, words, (row) => {
        const code = codes.codeOf(row);
        if (code < 0 || code >= STEM_LIMIT) return false;
        tails.read(row);
        return wanted.has(code, tails.high, tails.low);
      });
    },
  };
}

/** Rows of some stems, text by text. */
function eachStemmed(column: TextColumn, marks: Uint8Array, passes: ElementTester): Matcher {
  const { codes } = column;
  const place: TextPlace = { bytes: new Uint8Array(0), start: 0, end: 0 };
  return {
    cost: 30,
    restrict: (chunk, words) => {
      codes.restrictToMarked(chunk, marks, words);
      keepRows(chunk, words, (row) => {
        column.locateStemmed(row, codes.codeOf(row), place);
        return passes(place.bytes, place.start, place.end);
      });
    },
  };
}

function keepRows(chunk: number, words: RowSet, passes: (row: number) => boolean): void {
  const first = chunk << CHUNK_SHIFT;
  forEachRow(words, (place) => {
    if (!passes(first + place)) words[place >>> 5]! &= ~(1 << (place & 31));
  });
}

/** Whether all texts of a stem pass, or none; undefined where it depends on the tail. */
function passesForAll(stem: Stem, test: ValueTest, passes: ElementTester): boolean | undefined {
  const some = Buffer.concat([stem.bytes, Buffer.from(stem.kind === TAIL.digits ? '0' : 'a')]);
  switch (test.test) {
    case 'equals':
      return undefined;
    case 'range':
      // A bound that does not begin with the stem differs from all of its texts at the same place.
      for (const bound of [test.gt, test.gte, test.lt, test.lte]) {
        if (bound !== undefined && startsWith(Buffer.from(bound.text, 'utf8'), stem.bytes)) return undefined;
      }
      return passes(some, 0, some.length);
    case 'pattern': {
      const { parts, ignoreCase } = test.pattern;
      const [first, second] = parts;
      if (ignoreCase || first === undefined) return undefined;
      const begin = Buffer.from('literal' in first ? first.literal : '', 'utf8');
      if (startsWith(stem.bytes, begin)) {
        const rest = 'literal' in first ? second : first;
        const isLast = parts.length === ('literal' in first ? 2 : 1);
        return isLast && rest !== undefined && 'wild' in rest && rest.wild === '*' ? true : undefined;
      }
      return startsWith(begin, stem.bytes) ? undefined : false;
    }
  }
}

function startsWith(bytes: Uint8Array, beginning: Uint8Array): boolean {
  return (
    bytes.length >= beginning.length && compareBytes(bytes, 0, beginning.length, beginning, 0, beginning.length) === 0
  );
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

/** Tries a text by where it lies. */
type ElementTester = (bytes: Uint8Array, start: number, end: number) => boolean;

function elementTester(test: ValueTest): ElementTester {
  switch (test.test) {
    case 'equals': {
      const wanted = new Set(test.values.map(({ text }) => text.toLowerCase()));
      return (bytes, start, end) => wanted.has(utf8Text(bytes, start, end).toLowerCase());
    }
    case 'range':
      return rangeTester(test);
    case 'pattern':
      return bytePatternTester(test);
  }
}

function rangeTester({ gt, gte, lt, lte }: RangeTest): ElementTester {
  const encoded = (bound: Operand | undefined): Buffer | undefined =>
    bound === undefined ? undefined : Buffer.from(bound.text, 'utf8');
  const bounds = { gt: encoded(gt), gte: encoded(gte), lt: encoded(lt), lte: encoded(lte) };
  const compare = (bytes: Uint8Array, start: number, end: number, bound: Buffer): number =>
    compareBytes(bytes, start, end, bound, 0, bound.length);
  return (bytes, start, end) =>
    (bounds.gt === undefined || compare(bytes, start, end, bounds.gt) > 0) &&
    (bounds.gte === undefined || compare(bytes, start, end, bounds.gte) >= 0) &&
    (bounds.lt === undefined || compare(bytes, start, end, bounds.lt) < 0) &&
    (bounds.lte === undefined || compare(bytes, start, end, bounds.lte) <= 0);
}

/** Patterns are matched byte by byte; where that could differ from letters (`?` on more than ASCII, case), on the text. */
function bytePatternTester({ pattern }: PatternTest): ElementTester {
  const onText = patternTester(pattern);
  if (pattern.ignoreCase) return (bytes, start, end) => onText(utf8Text(bytes, start, end));
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
  return (bytes, start, end) => {
    let at = start;
    let unit = 0;
    let starUnit = -1;
    let starAt = 0;
    while (at < end) {
      const byte = bytes[at]!;
      const wanted = units[unit]!;
      if (hasOne && byte > 0x7f) return onText(utf8Text(bytes, start, end));
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
