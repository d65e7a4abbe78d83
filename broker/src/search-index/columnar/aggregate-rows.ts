import type { Aggregation, AggregationResult, Aggregations } from '../query/aggregation.ts';
import { histogramResult, percentilesResult, summaryResult, termsResult } from '../query/aggregation-results.ts';
import { timeBucketOf, toUnixMs } from '../query/time-buckets.ts';
import type { SortValue } from '../search-index.ts';
import { CHUNK_MASK, CHUNK_SHIFT, CHUNK_WORDS } from './chunks.ts';
import type { Columns } from './columns.ts';
import { compileQuery } from './compile-query.ts';
import { countDifferentTexts } from './count-texts.ts';
import type { FieldColumns } from './field-columns.ts';
import { forEachRow } from './matcher.ts';
import type { NumberColumn } from './number-column.ts';
import { STEM_LIMIT } from './stems.ts';
import { TailSet } from './tail-set.ts';
import type { TextColumn } from './text-column.ts';

type Key = NonNullable<SortValue>;

/** Summaries over rows, by name. @param rows  ascending */
export function aggregateRows(
  aggregations: Aggregations,
  rows: Uint32Array,
  columns: Columns,
): Record<string, AggregationResult> {
  return Object.fromEntries(
    Object.entries(aggregations).map(([name, aggregation]) => [name, aggregate(aggregation, rows, columns)]),
  );
}

function aggregate(aggregation: Aggregation, rows: Uint32Array, columns: Columns): AggregationResult {
  if (aggregation.kind === 'filter') {
    const found = filterRows(aggregation, rows, columns);
    return { doc_count: found.length, ...aggregateRows(aggregation.aggregations, found, columns) };
  }
  const field = columns.fields.get(aggregation.field);
  switch (aggregation.kind) {
    case 'terms': {
      const groups = groupByValue(aggregation.field, field, rows, columns);
      const slotsOfKey = new Map<Key, number[]>();
      for (let slot = 0; slot < groups.counts.length; slot += 1) {
        if (groups.counts[slot] === 0) continue;
        for (const key of groups.keysOf(slot)) {
          const slots = slotsOfKey.get(key);
          if (slots === undefined) slotsOfKey.set(key, [slot]);
          else slots.push(slot);
        }
      }
      const counts = [...slotsOfKey].map(([key, slots]) => ({
        key,
        count: slots.reduce((sum, slot) => sum + groups.counts[slot]!, 0),
      }));
      return termsResult(counts, aggregation, (key) =>
        inside(aggregation.aggregations, () => rowsOf(slotsOfKey.get(key) ?? [], groups, rows), columns),
      );
    }
    case 'histogram': {
      const { interval, offset } = aggregation;
      return byNumber(aggregation, field, rows, columns, (value) => Math.floor((value - offset) / interval));
    }
    case 'date_histogram': {
      const { interval, time } = aggregation;
      return byNumber(aggregation, field, rows, columns, (value) => timeBucketOf(toUnixMs(value, time), interval));
    }
    case 'percentiles': {
      const numbers = numbersOf(field, rows).filter((value) => !Number.isNaN(value));
      return percentilesResult(numbers.sort(), aggregation.percents);
    }
    case 'value_count':
      return { value: aggregation.field === 'locus_id' ? rows.length : countValues(field, rows) };
    case 'cardinality':
      if (field !== undefined && isPlainText(field)) return { value: countDifferentTexts(field.texts, rows) };
      return { value: cardinality(groupByValue(aggregation.field, field, rows, columns)) };
    default: {
      let [count, min, max, sum] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
      const numbers = numbersOf(field, rows);
      for (let i = 0; i < numbers.length; i += 1) {
        const value = numbers[i]!;
        if (Number.isNaN(value)) continue;
        count += 1;
        sum += value;
        if (value < min) min = value;
        if (value > max) max = value;
      }
      return summaryResult(aggregation.kind, { count, min, max, sum });
    }
  }
}

/** Aggregations in a bucket; the rows are looked for only where there are any. */
function inside(aggregations: Aggregations, rows: () => Uint32Array, columns: Columns): AggregationResult {
  return Object.keys(aggregations).length === 0 ? {} : aggregateRows(aggregations, rows(), columns);
}

function byNumber(
  aggregation: Extract<Aggregation, { kind: 'histogram' | 'date_histogram' }>,
  field: FieldColumns | undefined,
  rows: Uint32Array,
  columns: Columns,
  bucketOf: (value: number) => number,
): AggregationResult {
  const numbers = numbersOf(field, rows);
  const slotOfBucket = new Map<number, number>();
  const slots = new Int32Array(rows.length).fill(-1);
  const counts: number[] = [];
  for (let i = 0; i < rows.length; i += 1) {
    const bucket = bucketOf(numbers[i]!);
    if (!Number.isFinite(bucket)) continue;
    let slot = slotOfBucket.get(bucket);
    if (slot === undefined) {
      slot = counts.length;
      slotOfBucket.set(bucket, slot);
      counts.push(0);
    }
    counts[slot]! += 1;
    slots[i] = slot;
  }
  const groups = partition({ slots, counts });
  const countOfBucket = new Map([...slotOfBucket].map(([bucket, slot]) => [bucket, counts[slot]!]));
  return histogramResult(countOfBucket, aggregation, (bucket) => {
    const slot = slotOfBucket.get(bucket);
    return inside(aggregation.aggregations, () => rowsOf(slot === undefined ? [] : [slot], groups, rows), columns);
  });
}

/** Rows by which values they have: each row has one slot, or none (-1). */
interface Slots {
  readonly slots: Int32Array;
  /** Rows by slot. */
  readonly counts: readonly number[] | Int32Array;
}

interface Groups extends Slots {
  /** Indexes of the rows by slot, one slot after the other; made when they are first asked for. */
  readonly ordered: () => { readonly starts: Uint32Array; readonly indexes: Uint32Array };
}

interface ValueGroups extends Groups {
  /** Values of the rows of a slot; several for a list. */
  readonly keysOf: (slot: number) => readonly Key[];
  /** Whether different slots have no value in common. */
  readonly isDisjoint: boolean;
}

/** Puts the rows of each slot side by side, at first use. */
function partition({ slots, counts }: Slots): Groups {
  let made: { readonly starts: Uint32Array; readonly indexes: Uint32Array } | undefined;
  const make = (): { readonly starts: Uint32Array; readonly indexes: Uint32Array } => {
    const starts = new Uint32Array(counts.length + 1);
    for (let slot = 0; slot < counts.length; slot += 1) starts[slot + 1] = starts[slot]! + counts[slot]!;
    const next = starts.slice();
    const indexes = new Uint32Array(starts[counts.length]!);
    for (let i = 0; i < slots.length; i += 1) {
      const slot = slots[i]!;
      if (slot < 0) continue;
      indexes[next[slot]!] = i;
      next[slot]! += 1;
    }
    return { starts, indexes };
  };
  return {
    slots,
    counts,
    ordered: () => {
      made ??= make();
      return made;
    },
  };
}

/** The rows of some slots, ascending. */
function rowsOf(wanted: readonly number[], groups: Groups, rows: Uint32Array): Uint32Array {
  const { starts, indexes } = groups.ordered();
  const total = wanted.reduce((sum, slot) => sum + groups.counts[slot]!, 0);
  const found = new Uint32Array(total);
  let at = 0;
  for (const slot of wanted) {
    for (let i = starts[slot]!; i < starts[slot + 1]!; i += 1) {
      found[at] = rows[indexes[i]!]!;
      at += 1;
    }
  }
  return wanted.length > 1 ? found.sort() : found;
}

function groupByValue(name: string, field: FieldColumns | undefined, rows: Uint32Array, columns: Columns): ValueGroups {
  if (name === 'locus_id') {
    const slots = Int32Array.from(rows, (_, i) => i);
    const counts = new Int32Array(rows.length).fill(1);
    const groups = partition({ slots, counts });
    return { ...groups, keysOf: (slot) => [columns.ids.textOf(rows[slot]!)], isDisjoint: true };
  }
  const slots = new Int32Array(rows.length).fill(-1);
  const text = field?.text;
  const entrySlots = text?.dictionary.size ?? 0;
  const stemmed = new TailSet(text === undefined || text.stems.size === 0 ? 0 : rows.length);
  if (text !== undefined) writeTextSlots(text, rows, slots, stemmed);
  const textSlots = entrySlots + stemmed.size;
  const others: Key[] = [];
  const slotOfKey = new Map<Key, number>();
  const note = (i: number, key: Key): void => {
    let slot = slotOfKey.get(key);
    if (slot === undefined) {
      slot = textSlots + others.length;
      slotOfKey.set(key, slot);
      others.push(key);
    }
    slots[i] = slot;
  };
  for (const column of [field?.float, field?.int]) {
    if (column === undefined) continue;
    const isLong = column.hasLongIntegers;
    const numbers = column.gather(rows);
    for (let i = 0; i < rows.length; i += 1) {
      if (!Number.isNaN(numbers[i]!)) note(i, isLong ? normalized(column.get(rows[i]!)!) : numbers[i]!);
    }
  }
  if (field?.flag !== undefined) {
    const flags = field.flag.gather(rows);
    for (let i = 0; i < rows.length; i += 1) if (!Number.isNaN(flags[i]!)) note(i, flags[i] === 1);
  }
  const counts = new Int32Array(textSlots + others.length);
  for (let i = 0; i < rows.length; i += 1) if (slots[i]! >= 0) counts[slots[i]!]! += 1;
  const lists = text?.dictionary.lists;
  return {
    ...partition({ slots, counts }),
    keysOf: (slot) => {
      if (slot < entrySlots) return text!.dictionary.elementsOf(slot);
      if (slot >= textSlots) return [others[slot - textSlots]!];
      const number = slot - entrySlots;
      return [text!.textOf(stemmed.stemOf(number), stemmed.highOf(number), stemmed.lowOf(number))];
    },
    isDisjoint: lists === undefined || lists.size === 0,
  };
}

/** Gives rows the slot of their text: its code in the dictionary, or, behind these, its number among those with a stem. */
function writeTextSlots(text: TextColumn, rows: Uint32Array, slots: Int32Array, stemmed: TailSet): void {
  const { codes, dictionary, tails } = text;
  for (let i = 0; i < rows.length; i += 1) {
    const code = codes.codeOf(rows[i]!);
    if (code < 0) continue;
    slots[i] = code;
    if (code >= STEM_LIMIT) continue;
    tails.read(rows[i]!);
    slots[i] = dictionary.size + stemmed.numberOf(code, tails.high, tails.low);
  }
}

/** One number is one value, whether it is kept as an integer or not. */
function normalized(value: number | bigint): number | bigint {
  return typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

/** How many values rows have; those of a list count one by one. */
function countValues(field: FieldColumns | undefined, rows: Uint32Array): number {
  if (field === undefined) return 0;
  const { text } = field;
  const others = [field.float, field.int, field.flag].filter((column) => column !== undefined);
  let count = 0;
  for (const row of rows) {
    const code = text?.codes.codeOf(row) ?? -1;
    if (code >= 0) count += text!.dictionary.lists.has(code) ? text!.dictionary.elementsOf(code).length : 1;
    else if (others.some((column) => column.get(row) !== undefined)) count += 1;
  }
  return count;
}

/** Whether a field holds texts and nothing else, no lists of several either. */
function isPlainText({ text, float, int, flag }: FieldColumns): boolean {
  const isEmpty = (column: NumberColumn | undefined): boolean => column === undefined || column.count === 0;
  return text !== undefined && text.dictionary.lists.size === 0 && isEmpty(float) && isEmpty(int) && isEmpty(flag);
}

function cardinality({ counts, keysOf, isDisjoint }: ValueGroups): number {
  const keys = new Set<Key>();
  let slots = 0;
  for (let slot = 0; slot < counts.length; slot += 1) {
    if (counts[slot] === 0) continue;
    slots += 1;
    if (!isDisjoint) for (const key of keysOf(slot)) keys.add(key);
  }
  return isDisjoint ? slots : keys.size;
}

/** Numbers of rows, integers rounded to doubles; NaN where there is none. */
function numbersOf(field: FieldColumns | undefined, rows: Uint32Array): Float64Array {
  const floats = field?.float?.gather(rows);
  const integers = field?.int?.gather(rows);
  if (floats === undefined || integers === undefined) {
    return floats ?? integers ?? new Float64Array(rows.length).fill(Number.NaN);
  }
  for (let i = 0; i < rows.length; i += 1) if (Number.isNaN(floats[i]!)) floats[i] = integers[i]!;
  return floats;
}

function filterRows(
  { query }: Extract<Aggregation, { kind: 'filter' }>,
  rows: Uint32Array,
  columns: Columns,
): Uint32Array {
  const matcher = compileQuery(query, columns);
  const words = new Int32Array(CHUNK_WORDS);
  const found: number[] = [];
  for (let i = 0; i < rows.length; ) {
    const chunk = rows[i]! >>> CHUNK_SHIFT;
    words.fill(0);
    for (; i < rows.length && rows[i]! >>> CHUNK_SHIFT === chunk; i += 1) {
      const place = rows[i]! & CHUNK_MASK;
      words[place >>> 5]! |= 1 << (place & 31);
    }
    matcher.restrict(chunk, words);
    forEachRow(words, (place) => found.push((chunk << CHUNK_SHIFT) + place));
  }
  return Uint32Array.from(found);
}
