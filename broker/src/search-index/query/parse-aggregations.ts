import { AntaresError } from '../../model/errors.ts';
import type { Aggregation, Aggregations, DateInterval, MetricAggregation } from './aggregation.ts';
import { toFieldName } from './fields.ts';
import {
  describe,
  finiteNumber,
  isObject,
  type JsonInput,
  membersOf,
  type ParseContext,
  shown,
  suggestion,
  wholeNumber,
} from './parse-context.ts';
import { parseQuery } from './parse-query.ts';

const METRICS = ['stats', 'min', 'max', 'avg', 'sum', 'value_count', 'cardinality'] as const;
const KINDS = [...METRICS, 'terms', 'percentiles', 'histogram', 'date_histogram', 'filter'] as const;
const DEFAULT_PERCENTS = [1, 5, 25, 50, 75, 95, 99];

/**
 * Reads aggregations as Elasticsearch spells them: `{"by_tag": {"terms": {"field": "tags"}, "aggs": {…}}}`.
 *
 * @throws AGGREGATION_INVALID, QUERY_TOO_COSTLY, and what a query in a `filter` throws
 */
export function parseAggregations(value: JsonInput, path: string, context: ParseContext, depth = 0): Aggregations {
  if (!isObject(value)) throw invalidAt(path, `expected an object of aggregations by name; got ${describe(value)}`);
  const result: Record<string, Aggregation> = Object.create(null) as Record<string, Aggregation>;
  for (const [name, body] of Object.entries(value)) {
    result[name] = parseAggregation(body, `${path}.${name}`, context, depth);
  }
  return result;
}

function parseAggregation(body: JsonInput, path: string, context: ParseContext, depth: number): Aggregation {
  context.spend(path, depth);
  if (!isObject(body)) throw invalidAt(path, `expected an aggregation such as {"max": {"field": "ra"}}`);
  let inner: Aggregations = {};
  const kinds: [string, JsonInput][] = [];
  for (const [name, value] of Object.entries(body)) {
    if (name === 'aggs' || name === 'aggregations')
      inner = parseAggregations(value, `${path}.${name}`, context, depth + 1);
    else if (name !== 'meta') kinds.push([name, value]);
  }
  const [kind, options] = kinds[0] ?? ['', undefined];
  if (kinds.length !== 1) throw invalidAt(path, `expected one of ${KINDS.join(', ')}; got ${kinds.length}`);
  const at = `${path}.${kind}`;
  const metric = METRICS.find((each) => each === kind);
  if (metric !== undefined) {
    if (Object.keys(inner).length > 0) throw invalidAt(path, `${kind} has no room for aggregations inside`);
    return parseMetric(metric, options, at, context);
  }
  switch (kind) {
    case 'terms': {
      const given = optionsOf(options, at, ['field', 'size', 'order', 'min_doc_count', 'shard_size']);
      return {
        kind,
        field: fieldOf(given, at, context),
        size: wholeOf(given, 'size', 10, 1, context.limits.maxBuckets, at),
        ...orderOf(given.get('order'), at),
        minimumCount: wholeOf(given, 'min_doc_count', 1, 1, Number.MAX_SAFE_INTEGER, at),
        aggregations: inner,
      };
    }
    case 'percentiles': {
      const given = optionsOf(options, at, ['field', 'percents', 'keyed', 'tdigest', 'hdr']);
      return { kind, field: fieldOf(given, at, context), percents: percentsOf(given.get('percents'), at) };
    }
    case 'histogram': {
      const given = optionsOf(options, at, ['field', 'interval', 'offset', 'min_doc_count', 'keyed']);
      const interval = numberOf(given, 'interval', Number.NaN, at);
      if (!(interval > 0))
        throw invalidAt(at, `expected an "interval" above 0; got ${describe(given.get('interval'))}`);
      return {
        kind,
        field: fieldOf(given, at, context),
        interval,
        offset: numberOf(given, 'offset', 0, at),
        minimumCount: wholeOf(given, 'min_doc_count', 0, 0, Number.MAX_SAFE_INTEGER, at),
        aggregations: inner,
      };
    }
    case 'date_histogram': {
      const known = ['field', 'fixed_interval', 'calendar_interval', 'interval', 'time', 'min_doc_count', 'time_zone'];
      const given = optionsOf(options, at, known);
      const zone = given.get('time_zone') ?? 'UTC';
      if (zone !== 'UTC' && zone !== 'Z' && zone !== '+00:00') throw invalidAt(at, 'the only "time_zone" is UTC');
      return {
        kind,
        field: fieldOf(given, at, context),
        interval: dateIntervalOf(given, at),
        time: timeOf(given.get('time'), at),
        minimumCount: wholeOf(given, 'min_doc_count', 0, 0, Number.MAX_SAFE_INTEGER, at),
        aggregations: inner,
      };
    }
    case 'filter':
      return { kind, query: parseQuery(options, at, context, depth + 1), aggregations: inner };
    default:
      throw invalidAt(
        path,
        `unknown aggregation ${shown(kind)}; known are ${KINDS.join(', ')}${suggestion(kind, KINDS)}`,
      );
  }
}

function parseMetric(
  kind: MetricAggregation['kind'],
  options: JsonInput,
  path: string,
  context: ParseContext,
): Aggregation {
  return { kind, field: fieldOf(optionsOf(options, path, ['field', 'precision_threshold']), path, context) };
}

function optionsOf(value: JsonInput, path: string, known: readonly string[]): Map<string, JsonInput> {
  if (!isObject(value)) throw invalidAt(path, `expected an object with ${known.join(', ')}; got ${describe(value)}`);
  const members = membersOf(value, path, 'an object');
  for (const [name] of members) {
    if (!known.includes(name)) throw invalidAt(path, `no option ${shown(name)}; known are ${known.join(', ')}`);
  }
  return new Map(members);
}

function fieldOf(given: Map<string, JsonInput>, path: string, context: ParseContext): string {
  const field = given.get('field');
  if (typeof field !== 'string' || field === '') throw invalidAt(path, `expected a "field"; got ${describe(field)}`);
  context.checkLength(field, `${path}.field`);
  return toFieldName(field);
}

function orderOf(
  value: JsonInput,
  path: string,
): { readonly orderBy: 'count' | 'key'; readonly order: 'asc' | 'desc' } {
  if (value === undefined) return { orderBy: 'count', order: 'desc' };
  const item: JsonInput = Array.isArray(value) && value.length === 1 ? value[0] : value;
  const entries = isObject(item) ? Object.entries(item) : [];
  const [name, order] = entries[0] ?? [];
  const orderBy = name === '_count' ? 'count' : name === '_key' || name === '_term' ? 'key' : undefined;
  if (entries.length !== 1 || orderBy === undefined || (order !== 'asc' && order !== 'desc')) {
    throw invalidAt(path, 'expected an "order" such as {"_count": "desc"} or {"_key": "asc"}');
  }
  return { orderBy, order };
}

function percentsOf(value: JsonInput, path: string): readonly number[] {
  if (value === undefined) return DEFAULT_PERCENTS;
  const isValid = Array.isArray(value) && value.length > 0 && value.length <= 100;
  if (!isValid || !value.every((item) => typeof item === 'number' && item >= 0 && item <= 100)) {
    throw invalidAt(path, 'expected "percents" as a list of numbers from 0 to 100');
  }
  return value as number[];
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const CALENDAR: Readonly<Record<string, Extract<DateInterval, { calendar: string }>['calendar']>> = {
  minute: 'minute',
  '1m': 'minute',
  hour: 'hour',
  '1h': 'hour',
  day: 'day',
  '1d': 'day',
  week: 'week',
  '1w': 'week',
  month: 'month',
  '1M': 'month',
  quarter: 'quarter',
  '1q': 'quarter',
  year: 'year',
  '1y': 'year',
};

function dateIntervalOf(given: Map<string, JsonInput>, path: string): DateInterval {
  const calendar = given.get('calendar_interval') ?? given.get('interval');
  if (typeof calendar === 'string' && Object.hasOwn(CALENDAR, calendar)) return { calendar: CALENDAR[calendar]! };
  const fixed = given.get('fixed_interval') ?? given.get('interval');
  const match = typeof fixed === 'string' ? /^(\d{1,9})(ms|s|m|h|d)$/.exec(fixed) : null;
  const milliseconds = match === null ? 0 : Number(match[1]) * UNIT_MS[match[2]!]!;
  if (milliseconds > 0) return { milliseconds };
  throw invalidAt(
    path,
    'expected a "fixed_interval" such as "12h" or "30d", or a "calendar_interval" of day, week, month, quarter or year',
  );
}

function timeOf(value: JsonInput, path: string): 'mjd' | 'unix' {
  if (value === undefined || value === 'mjd') return 'mjd';
  if (value === 'unix') return 'unix';
  throw invalidAt(
    path,
    `expected "time" to be "mjd" or "unix" (seconds): what the field holds; got ${describe(value)}`,
  );
}

function numberOf(given: Map<string, JsonInput>, name: string, fallback: number, path: string): number {
  const value = given.get(name);
  return value === undefined ? fallback : asAggregation(() => finiteNumber(value, `${path}.${name}`));
}

function wholeOf(
  given: Map<string, JsonInput>,
  name: string,
  fallback: number,
  low: number,
  high: number,
  path: string,
): number {
  const value = given.get(name);
  return value === undefined ? fallback : asAggregation(() => wholeNumber(value, low, high, `${path}.${name}`));
}

function asAggregation<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new AntaresError('AGGREGATION_INVALID', (error as Error).message);
  }
}

function invalidAt(path: string, message: string): AntaresError {
  return new AntaresError('AGGREGATION_INVALID', `${path}: ${message}`);
}
