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
