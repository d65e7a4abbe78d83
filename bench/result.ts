/** One figure that a benchmark found. */
export interface BenchResult {
  /** Which question of the budget it answers: `cross-match`. */
  readonly question: string;
  /** What was measured, in words: `positions in fields, 1.9 M rows`. */
  readonly measure: string;
  readonly value: number;
  /** Such as `positions/s/core`, `s`, `MB`. */
  readonly unit: string;
  /** What else a reader wants beside it: sizes, spread, comparisons. */
  readonly detail?: Record<string, number | string>;
}
