import type { Aggregation } from '../../search-index/query/aggregation.ts';
import { withoutReplaced } from '../../search-index/query/parse-search-body.ts';
import type { ApiContext } from '../api-context.ts';

/** Figures over all loci. */
export interface LociStatistics {
  /** Loci by tag, the most frequent first. */
  readonly tags: { readonly [tag: string]: number };
  /** Loci by catalogue with a match. */
  readonly catalogs: { readonly [catalog: string]: number };
  /** Fewest and most detections with a magnitude of a locus; 0 where there is none. */
  readonly minNumMeasurements: number;
  readonly maxNumMeasurements: number;
}

const MOST_NAMES = 10_000;

/** Counts loci by tag and catalogue. All zero and empty for an empty store. */
export async function lociStatistics(context: ApiContext): Promise<LociStatistics> {
  if ((await context.index.size()) === 0)
    return { tags: {}, catalogs: {}, minNumMeasurements: 0, maxNumMeasurements: 0 };
  const { aggregations } = await context.index.search({
    query: withoutReplaced({ clause: 'match_all' }),
    sort: [],
    from: 0,
    size: 0,
    aggregations: {
      tags: termsOf('tags'),
      catalogs: termsOf('catalogs'),
      measurements: { kind: 'stats', field: 'properties.num_mag_values' },
    },
  });
  const { min, max } = aggregations['measurements'] as { readonly min?: unknown; readonly max?: unknown };
  return {
    tags: countsOf(aggregations['tags']),
    catalogs: countsOf(aggregations['catalogs']),
    minNumMeasurements: Number(min ?? 0),
    maxNumMeasurements: Number(max ?? 0),
  };
}

function termsOf(field: string): Aggregation {
  return { kind: 'terms', field, size: MOST_NAMES, orderBy: 'count', order: 'desc', minimumCount: 1, aggregations: {} };
}

function countsOf(result: unknown): { [name: string]: number } {
  const { buckets } = result as { readonly buckets: readonly { readonly key: string; readonly doc_count: number }[] };
  // Not an object literal: a tag may be called like a member of one.
  const counts: { [name: string]: number } = Object.create(null) as { [name: string]: number };
  for (const { key, doc_count } of buckets) counts[key] = doc_count;
  return counts;
}
