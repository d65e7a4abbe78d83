import type { Query } from './query.ts';

/**
 * A summary over all hits, checked. Its names and answers are those of Elasticsearch; all of them are exact.
 *
 * A missing value takes part in nothing. A list takes part with each element. Numbers are summed as doubles.
 */
export type Aggregation =
  | TermsAggregation
  | MetricAggregation
  | PercentilesAggregation
  | HistogramAggregation
  | DateHistogramAggregation
  | FilterAggregation;

/** Aggregations by name. */
export type Aggregations = Readonly<Record<string, Aggregation>>;

/** How many loci have each value; the most frequent first, unless said otherwise. */
export interface TermsAggregation {
  readonly kind: 'terms';
  readonly field: string;
  /** Buckets in the answer; the rest is in `sum_other_doc_count`. */
  readonly size: number;
  /** Ties of counts are in ascending order of the values. */
  readonly orderBy: 'count' | 'key';
  readonly order: 'asc' | 'desc';
  readonly minimumCount: number;
  readonly aggregations: Aggregations;
}

/** A number of a field: `value`, and for `stats` all of `count`, `min`, `max`, `avg`, `sum`; null where there is none. */
export interface MetricAggregation {
  readonly kind: 'stats' | 'min' | 'max' | 'avg' | 'sum' | 'value_count' | 'cardinality';
  readonly field: string;
}

/** Values below which so many percent lie: exact, linear between neighbours. */
export interface PercentilesAggregation {
  readonly kind: 'percentiles';
  readonly field: string;
  /** [0, 100] */
  readonly percents: readonly number[];
}

/** How many values lie in each interval `[key, key + interval)`, ascending. */
export interface HistogramAggregation {
  readonly kind: 'histogram';
  readonly field: string;
  /** > 0 */
  readonly interval: number;
  readonly offset: number;
  /** With 0, empty intervals between others are there too. */
  readonly minimumCount: number;
  readonly aggregations: Aggregations;
}

/** How many values lie in each interval of time, UTC, ascending. Keys are Unix milliseconds. */
export interface DateHistogramAggregation {
  readonly kind: 'date_histogram';
  readonly field: string;
  readonly interval: DateInterval;
  /** What the field holds: modified Julian dates, as all times of observation do, or Unix seconds. */
  readonly time: 'mjd' | 'unix';
  readonly minimumCount: number;
  readonly aggregations: Aggregations;
}

/** So many milliseconds, counted from 1970; or a unit of the calendar (weeks begin on Monday). */
export type DateInterval =
  | { readonly milliseconds: number }
  | { readonly calendar: 'minute' | 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year' };

/** The hits that also match a query. */
export interface FilterAggregation {
  readonly kind: 'filter';
  readonly query: Query;
  readonly aggregations: Aggregations;
}

/**
 * What a summary came to, in Elasticsearch's shapes: `{value}`, `{count, min, max, avg, sum}`, `{values: {"50.0": …}}`,
 * `{doc_count, …}`, `{buckets: [{key, doc_count, …}]}`. Integers beyond 2^53 are bigint.
 */
export type AggregationResult = { readonly [key: string]: AggregationValue };

/** A value in a summary. */
export type AggregationValue =
  | number
  | bigint
  | string
  | boolean
  | null
  | readonly AggregationValue[]
  | { readonly [key: string]: AggregationValue };
