import { parseSearchText } from '../../search-index/query/parse-search-body.ts';
import { parseSort } from '../../search-index/query/parse-sort.ts';
import type { Query } from '../../search-index/query/query.ts';
import type { SortKey } from '../../search-index/query/sort.ts';

/** A search as the drop-in interfaces are asked for it. */
export interface SearchParameters {
  /** JSON of the query; undefined for all loci. */
  readonly text: string | undefined;
  /** `-properties.newest_alert_observation_time,ra`; undefined for none. */
  readonly sort: string | undefined;
  /** What a random order is made from, where the query asks for one and names no seed. */
  readonly seed: number;
  /** Whether `{}` asks for loci in a random order, as the 2.x client means it. */
  readonly isEmptyRandom: boolean;
}

/** A search, checked. */
export interface Search {
  readonly query: Query;
  readonly sort: readonly SortKey[];
  /** Undefined where the order is not random. */
  readonly seed: number | undefined;
}

/** What `{}` of the 2.x client stands for. */
const RANDOM = '{"query":{"function_score":{"random_score":{}}}}';

/**
 * Reads the parameters of a search.
 *
 * A random order goes before `sort`: the clients of ANTARES send their order with every search, and mean none by it where
 * they want loci at random.
 *
 * @throws QUERY_INVALID, QUERY_CLAUSE_UNKNOWN, QUERY_TOO_COSTLY, SORT_INVALID
 */
export function readSearch({ text, sort, seed, isEmptyRandom }: SearchParameters): Search {
  const isRandom = isEmptyRandom && text !== undefined && /^\s*\{\s*\}\s*$/.test(text);
  const { query } = parseSearchText(isRandom ? RANDOM : (text ?? '{}'), { seed: () => String(seed) });
  return hasRandomScore(query) ? { query, sort: [], seed } : { query, sort: parseSort(sort), seed: undefined };
}

function hasRandomScore(query: Query): boolean {
  switch (query.clause) {
    case 'random_score':
      return true;
    case 'bool':
      return query.must.some(hasRandomScore) || query.should.some(hasRandomScore);
    default:
      return false;
  }
}
