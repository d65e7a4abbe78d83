/** What hits are sorted by: a field, ascending or descending; missing values come last. */
export interface SortKey {
  readonly field: string;
  readonly order: 'asc' | 'desc';
}
