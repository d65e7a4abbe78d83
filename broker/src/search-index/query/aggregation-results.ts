import type { SortValue } from '../search-index.ts';
import type {
  AggregationResult,
  DateHistogramAggregation,
  HistogramAggregation,
  MetricAggregation,
  TermsAggregation,
} from './aggregation.ts';
import { tooCostly } from './parse-context.ts';
import { DEFAULT_QUERY_LIMITS } from './query-limits.ts';
import { compareSortValues } from './sort.ts';
import { startOfTimeBucket } from './time-buckets.ts';

/** Numbers of a field, summed up. */
export interface NumberSummary {
  readonly count: number;
  /** Infinite where there is no number. */
  readonly min: number;
  readonly max: number;
  readonly sum: number;
}

/** A value and how many loci have it. */
export interface ValueCount {
  readonly key: NonNullable<SortValue>;
  readonly count: number;
}

/** What is inside a bucket beside its key and count. */
type Inner<Key> = (key: Key) => AggregationResult;

/** The answer of an aggregation of one number. */
export function summaryResult(
  kind: Exclude<MetricAggregation['kind'], 'value_count' | 'cardinality'>,
  { count, min, max, sum }: NumberSummary,
): AggregationResult {
  const known = <T>(value: T): T | null => (count === 0 ? null : value);
  const all = { count, min: known(min), max: known(max), avg: known(sum / count), sum };
  return kind === 'stats' ? all : { value: all[kind] };
}

/** The answer of `percentiles`. @param ascending  all numbers, sorted */
export function percentilesResult(ascending: ArrayLike<number>, percents: readonly number[]): AggregationResult {
  const values: Record<string, number | null> = {};
  for (const percent of percents) {
    const name = Number.isInteger(percent) ? `${percent}.0` : String(percent);
    const rank = (percent / 100) * (ascending.length - 1);
    const low = ascending[Math.floor(rank)];
    const high = ascending[Math.ceil(rank)];
    values[name] = low === undefined || high === undefined ? null : low + (high - low) * (rank - Math.floor(rank));
  }
  return { values };
}

/** The answer of `terms`. @param counts  every value once; @param inner  asked for the buckets in the answer only */
export function termsResult(
  counts: readonly ValueCount[],
  { size, orderBy, order, minimumCount }: TermsAggregation,
  inner: Inner<ValueCount['key']>,
): AggregationResult {
  const direction = order === 'asc' ? 1 : -1;
  const sorted = counts
    .filter(({ count }) => count >= minimumCount)
    .sort((a, b) =>
      orderBy === 'count'
        ? direction * (a.count - b.count) || compareSortValues(a.key, b.key, 'asc')
        : compareSortValues(a.key, b.key, order),
    );
  const others = sorted.slice(size).reduce((sum, { count }) => sum + count, 0);
  const buckets = sorted.slice(0, size).map(({ key, count }) => ({ ...keyOf(key), doc_count: count, ...inner(key) }));
  return { doc_count_error_upper_bound: 0, sum_other_doc_count: others, buckets };
}

/** Flags are 1 and 0 with their name beside, as at Elasticsearch. */
function keyOf(key: ValueCount['key']): AggregationResult {
  return typeof key === 'boolean' ? { key: key ? 1 : 0, key_as_string: String(key) } : { key };
}

/**
 * The answer of `histogram` and `date_histogram`.
 *
 * @param counts  loci by number of the interval
 * @throws QUERY_TOO_COSTLY  where it has more buckets than allowed
 */
export function histogramResult(
  counts: ReadonlyMap<number, number>,
  aggregation: HistogramAggregation | DateHistogramAggregation,
  inner: Inner<number>,
): AggregationResult {
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (const bucket of counts.keys()) {
    if (bucket < least) least = bucket;
    if (bucket > greatest) greatest = bucket;
  }
  const isFilled = aggregation.minimumCount === 0;
  const number = isFilled && counts.size > 0 ? greatest - least + 1 : counts.size;
  const allowed = DEFAULT_QUERY_LIMITS.maxBuckets;
  if (number > allowed) {
    throw tooCostly(
      `the ${aggregation.kind} of ${aggregation.field} has ${number} buckets; at most ${allowed} are allowed`,
    );
  }
  const numbers = isFilled
    ? Array.from({ length: number }, (_, i) => least + i)
    : [...counts.keys()].sort((a, b) => a - b);
  const buckets = numbers
    .map((bucket) => ({ bucket, count: counts.get(bucket) ?? 0 }))
    .filter(({ count }) => count >= aggregation.minimumCount)
    .map(({ bucket, count }) => ({ ...startOf(bucket, aggregation), doc_count: count, ...inner(bucket) }));
  return { buckets };
}

function startOf(bucket: number, aggregation: HistogramAggregation | DateHistogramAggregation): AggregationResult {
  if (aggregation.kind === 'histogram') return { key: bucket * aggregation.interval + aggregation.offset + 0 };
  const key = startOfTimeBucket(bucket, aggregation.interval);
  return { key, key_as_string: new Date(key).toISOString() };
}
