import { randomUUID } from 'node:crypto';
import { AntaresError } from '../../model/errors.ts';
import type { SearchRequest, SortValue } from '../search-index.ts';
import { REPLACED_BY_FIELD } from './fields.ts';
import { parseAggregations } from './parse-aggregations.ts';
import {
  describe,
  invalid,
  isObject,
  type JsonInput,
  membersOf,
  ParseContext,
  shown,
  suggestion,
  tooCostly,
  wholeNumber,
} from './parse-context.ts';
import { parseJson } from './parse-json.ts';
import { parseQuery } from './parse-query.ts';
import { parseSort } from './parse-sort.ts';
import type { Query } from './query.ts';
import { DEFAULT_QUERY_LIMITS, type QueryLimits } from './query-limits.ts';

/** How a search document is read. */
export interface ParseOptions {
  /** `antares`: `{}` or `{"query": …}` and nothing else, as at ANTARES. `own`: also `sort`, `from`, `size`, `aggs`, `search_after`. */
  readonly form?: 'antares' | 'own';
  readonly limits?: QueryLimits;
  /** Seed of a `random_score` that names none; by default another one each time. */
  readonly seed?: () => string;
}

/** Hits of a page where nothing is said. */
export const DEFAULT_PAGE_SIZE = 10;

const OWN_MEMBERS = ['query', 'sort', 'from', 'size', 'search_after', 'aggs', 'aggregations'];

/**
 * Reads a search document, already parsed from JSON.
 *
 * Loci that were merged into another (`properties.replaced_by`) are left out, unless the query names that field.
 *
 * @returns a request that any index takes; what the form does not say is the first {@link DEFAULT_PAGE_SIZE} hits
 * @throws QUERY_INVALID, QUERY_CLAUSE_UNKNOWN, QUERY_TOO_COSTLY, SORT_INVALID, AGGREGATION_INVALID
 */
export function parseSearchBody(body: JsonInput, options: ParseOptions = {}): SearchRequest {
  const limits = options.limits ?? DEFAULT_QUERY_LIMITS;
  const known = options.form === 'own' ? OWN_MEMBERS : ['query'];
  const members = membersOf(body, 'the search', 'a JSON object such as {"query": {"match_all": {}}}');
  for (const [name] of members) {
    if (known.includes(name)) continue;
    throw invalid(
      `the search has the member ${shown(name)}; expected ${known.length === 1 ? 'exactly one, "query"' : `some of ${known.join(', ')}`}${suggestion(name, known)}`,
    );
  }
  const given = new Map(members);
  const context = new ParseContext(limits, options.seed ?? randomUUID);
  const asked = given.get('query');
  const query: Query = isAll(asked) ? { clause: 'match_all' } : parseQuery(asked, 'query', context);
  const from = given.has('from') ? wholeNumber(given.get('from'), 0, Number.MAX_SAFE_INTEGER, 'from') : 0;
  const size = given.has('size')
    ? wholeNumber(given.get('size'), 0, Number.MAX_SAFE_INTEGER, 'size')
    : DEFAULT_PAGE_SIZE;
  checkWindow(from, size, limits);
  const aggregations = given.get('aggs') ?? given.get('aggregations');
  const searchAfter = readSearchAfter(given.get('search_after'));
  if (searchAfter !== undefined && from > 0) throw invalid('"search_after" goes with "from" 0 only');
  return {
    query: context.fields.has(REPLACED_BY_FIELD) ? query : withoutReplaced(query),
    sort: parseSort(given.get('sort'), limits),
    from,
    size,
    searchAfter,
    aggregations: aggregations === undefined ? undefined : parseAggregations(aggregations, 'aggs', context),
  };
}

/**
 * Reads a search document from its text. Integers keep all their digits, which `JSON.parse` would round.
 *
 * @throws QUERY_INVALID  also where the text is no JSON; and what {@link parseSearchBody} throws
 */
export function parseSearchText(text: string, options: ParseOptions = {}): SearchRequest {
  return parseSearchBody(parseJson(text), options);
}

/** Loci of a query that were not merged into another. Scores stay. */
export function withoutReplaced(query: Query): Query {
  const isReplaced: Query = { clause: 'field', field: REPLACED_BY_FIELD, test: { test: 'exists' } };
  return { clause: 'bool', must: [query], filter: [], should: [], mustNot: [isReplaced], minimumShouldMatch: 0 };
}

/** Refuses pages too far out. @throws QUERY_TOO_COSTLY */
export function checkWindow(from: number, size: number, limits: QueryLimits): void {
  if (from + size <= limits.maxWindow) return;
  throw tooCostly(
    `from ${from} and size ${size} reach beyond ${limits.maxWindow} hits; go on from the last hit with search_after`,
  );
}

/** `{}` and `{"query": {}}` ask for everything. */
function isAll(query: JsonInput): boolean {
  return query === undefined || (isObject(query) && Object.keys(query).length === 0);
}

function readSearchAfter(value: JsonInput): readonly SortValue[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || value.length === 0) {
    throw new AntaresError('SORT_INVALID', `search_after: expected the "sort" of the last hit; got ${describe(value)}`);
  }
  return value.map((item: JsonInput) => {
    if (item === null || item === undefined) return undefined;
    if (typeof item === 'object' || typeof item === 'function' || typeof item === 'symbol') {
      throw new AntaresError('SORT_INVALID', `search_after: expected values of sort keys; got ${describe(item)}`);
    }
    return item as SortValue;
  });
}
