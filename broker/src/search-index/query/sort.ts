import type { SortValue } from '../search-index.ts';
import { SCORE_FIELD } from './fields.ts';
import { isScoring, type Query } from './query.ts';
import { compareText } from './text-order.ts';

/**
 * What hits are sorted by: a field, ascending or descending; missing values come last in either direction.
 *
 * A list counts with its least element in ascending order, with its greatest in descending order. Where values of a field
 * differ in kind, numbers come before text, and text before flags. `_score` is a key like a field.
 */
export interface SortKey {
  readonly field: string;
  readonly order: 'asc' | 'desc';
}

/** The keys in force: those asked for; else the score where the query scores; else none, which is the locus id alone. */
export function sortKeysInForce(sort: readonly SortKey[], query: Query): readonly SortKey[] {
  if (sort.length > 0) return sort;
  return isScoring(query) ? [{ field: SCORE_FIELD, order: 'desc' }] : [];
}

/** The order of two values under a key: negative, 0 or positive; a missing one comes after all others either way. */
export function compareSortValues(a: SortValue, b: SortValue, order: SortKey['order']): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1;
  const ascending = kindRank(a) - kindRank(b) || compareAlike(a, b);
  return order === 'asc' ? ascending : -ascending;
}

function kindRank(value: NonNullable<SortValue>): number {
  return typeof value === 'string' ? 1 : typeof value === 'boolean' ? 2 : 0;
}

function compareAlike(a: NonNullable<SortValue>, b: NonNullable<SortValue>): number {
  if (typeof a === 'string') return compareText(a, b as string);
  // Comparing a double with a bigint is exact.
  return a < b ? -1 : a > b ? 1 : 0;
}
