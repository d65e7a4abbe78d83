import { SCORE_FIELD } from '../query/fields.ts';
import { compareSortValues, type SortKey } from '../query/sort.ts';
import { compareText } from '../query/text-order.ts';
import type { SortValue } from '../search-index.ts';
import { CHUNK_ROWS, CHUNK_SHIFT } from './chunks.ts';
import { type Columns, idSortKey } from './columns.ts';
import type { FieldColumns } from './field-columns.ts';
import { STEM_LIMIT } from './stems.ts';

/** A row that may be among the hits. */
export interface Candidate {
  readonly row: number;
  readonly score: number;
  /** What the first key comes to as a number, the smaller the earlier; see {@link HitOrder.writeFirst}. */
  readonly first: number;
}

/** Order of two rows under one key. */
type RowComparison = (a: Candidate, b: Candidate) => number;

/**
 * The order of hits: the sort keys, then the locus id.
 *
 * The first key is worked out as a double for all rows of a chunk at once, so that most rows are turned away with one
 * comparison. Where a double does not say it all (text, long integers, mixed kinds), equal ones are compared in full.
 */
export class HitOrder {
  readonly #columns: Columns;
  readonly #keys: readonly SortKey[];
  readonly #comparisons: readonly RowComparison[];
  readonly #writeFirst: (chunk: number, scores: Float64Array, out: Float64Array) => void;

  constructor(keys: readonly SortKey[], columns: Columns) {
    this.#columns = columns;
    this.#keys = keys;
    const comparisons = keys.map((key) => comparisonOf(key, columns));
    const [first] = keys;
    const { isExact, write } = first === undefined ? byId(1, columns) : firstKey(first, columns);
    this.#writeFirst = write;
    this.#comparisons = isExact ? comparisons.slice(1) : comparisons;
  }

  /** Writes the first key of every row of a chunk as a number: never in the wrong order, equal perhaps. */
  writeFirst(chunk: number, scores: Float64Array, out: Float64Array): void {
    this.#writeFirst(chunk, scores, out);
  }

  /** Negative where the first comes before the second; 0 for the same row only. */
  compare(a: Candidate, b: Candidate): number {
    if (a.first !== b.first) return a.first < b.first ? -1 : 1;
    for (const compare of this.#comparisons) {
      const compared = compare(a, b);
      if (compared !== 0) return compared;
    }
    return compareIds(a.row, b.row, this.#columns);
  }

  /** A test for rows that come after the sort values of another hit. */
  isAfter(cursor: readonly SortValue[]): (candidate: Candidate) => boolean {
    const orders = [...this.#keys.map(({ order }) => order), 'asc' as const];
    const id = Buffer.from(cursor.at(-1) as string, 'utf8');
    const idKey = this.#keys.length === 0 ? idSortKey(id, 0, id.length) : Number.NaN;
    return (candidate) => {
      if (candidate.first > idKey) return true;
      if (candidate.first < idKey) return false;
      const values = this.sortValues(candidate);
      for (const [i, order] of orders.entries()) {
        const compared = compareSortValues(values[i], cursor[i], order);
        if (compared !== 0) return compared > 0;
      }
      return false;
    };
  }

  /** Values of the keys, then the locus id. */
  sortValues({ row, score }: Candidate): SortValue[] {
    const id = this.#columns.ids.textOf(row);
    const values = this.#keys.map(({ field, order }): SortValue => {
      if (field === SCORE_FIELD) return score;
      return field === 'locus_id' ? id : this.#columns.fields.get(field)?.sortValue(row, order);
    });
    return [...values, id];
  }
}

interface FirstKey {
  /** Whether equal numbers are equal values. */
  readonly isExact: boolean;
  readonly write: (chunk: number, scores: Float64Array, out: Float64Array) => void;
}

function firstKey({ field: name, order }: SortKey, columns: Columns): FirstKey {
  const sign = order === 'asc' ? 1 : -1;
  if (name === 'locus_id') return byId(sign, columns);
  if (name === SCORE_FIELD) {
    return {
      isExact: true,
      write: (_, scores, out) => {
        for (let place = 0; place < CHUNK_ROWS; place += 1) out[place] = sign * scores[place]!;
      },
    };
  }
  const field = columns.fields.get(name);
  const numbers = field === undefined ? [] : [field.float, field.int, field.flag].filter((each) => each !== undefined);
  const [only] = numbers;
  if (field === undefined || numbers.length !== 1 || only === undefined || field.text !== undefined) {
    return { isExact: false, write: (_, __, out) => out.fill(0) };
  }
  return {
    isExact: !only.hasLongIntegers,
    write: (chunk, _, out) => {
      only.writeDoubles(chunk, sign * Number.POSITIVE_INFINITY, out);
      if (sign < 0) for (let place = 0; place < CHUNK_ROWS; place += 1) out[place] = -out[place]!;
    },
  };
}

function byId(sign: number, columns: Columns): FirstKey {
  return {
    isExact: false,
    write: (chunk, _, out) => {
      const from = chunk << CHUNK_SHIFT;
      for (let place = 0; place < CHUNK_ROWS; place += 1) out[place] = sign * columns.idKeyOf(from + place);
    },
  };
}

function comparisonOf({ field: name, order }: SortKey, columns: Columns): RowComparison {
  const sign = order === 'asc' ? 1 : -1;
  if (name === SCORE_FIELD) return (a, b) => sign * (a.score - b.score);
  if (name === 'locus_id') return (a, b) => sign * compareIds(a.row, b.row, columns);
  const field = columns.fields.get(name);
  if (field === undefined) return () => 0;
  const text = onlyText(field);
  if (text === undefined) {
    return (a, b) => compareSortValues(field.sortValue(a.row, order), field.sortValue(b.row, order), order);
  }
  const { codes, dictionary } = text;
  return (a, b) => {
    const x = codes.codeOf(a.row);
    const y = codes.codeOf(b.row);
    if (x < 0 || y < 0) return x < 0 && y < 0 ? 0 : x < 0 ? 1 : -1;
    if (x === y && x >= STEM_LIMIT) return 0;
    if (dictionary.lists.size === 0) return sign * text.compare(a.row, x, b.row, y);
    const [one, other] = [text.elementsOf(a.row), text.elementsOf(b.row)];
    const at = order === 'asc' ? 0 : -1;
    return sign * compareText(one.at(at)!, other.at(at)!);
  };
}

function onlyText({ text, float, int, flag }: FieldColumns): FieldColumns['text'] {
  return float === undefined && int === undefined && flag === undefined ? text : undefined;
}

function compareIds(a: number, b: number, columns: Columns): number {
  const difference = columns.idKeyOf(a) - columns.idKeyOf(b);
  return difference !== 0 ? difference : columns.ids.compare(a, b);
}
