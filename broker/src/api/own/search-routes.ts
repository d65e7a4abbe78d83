import { Type } from 'typebox';
import { CLAUSE_NAMES } from '../../search-index/query/parse-query.ts';
import { parseSearchText } from '../../search-index/query/parse-search-body.ts';
import { isScoring } from '../../search-index/query/query.ts';
import { DEFAULT_QUERY_LIMITS } from '../../search-index/query/query-limits.ts';
import type { SearchHit, SortValue } from '../../search-index/search-index.ts';
import type { ApiContext } from '../api-context.ts';
import { bodyTextOf } from '../json-body.ts';
import type { WireValue } from '../json-text.ts';
import { defineRoute, type Route } from '../route.ts';
import { FIELDS_ANSWER, SEARCH_ANSWER } from './answer-schemas.ts';
import { locusListingToWire } from './locus-wire.ts';

/** Most loci of a page, since each comes with all its properties. */
const MAX_SIZE = 1_000;

const SEARCH_BODY = Type.Object(
  {
    query: Type.Optional(
      Type.Unknown({ description: `A clause: one of ${CLAUSE_NAMES.join(', ')}. Default: all loci` }),
    ),
    sort: Type.Optional(Type.Unknown({ description: '[{"properties.num_alerts": "desc"}]; missing values come last' })),
    from: Type.Optional(
      Type.Unknown({ description: `Loci to pass over; from + size ≤ ${DEFAULT_QUERY_LIMITS.maxWindow}` }),
    ),
    size: Type.Optional(Type.Unknown({ description: `Loci of the page, 10 where not said, at most ${MAX_SIZE}` })),
    search_after: Type.Optional(Type.Unknown({ description: '`next_search_after` of the page before' })),
    aggs: Type.Optional(Type.Unknown({ description: 'Aggregations by name, over all hits' })),
    aggregations: Type.Optional(Type.Unknown({ description: 'The same as aggs' })),
  },
  { additionalProperties: true, description: 'A search in the language of Elasticsearch, as far as it is of use here' },
);

/** The search: loci by query, sorted, paged, summed up; and what can be asked for. */
export function searchRoutes({ index, store }: ApiContext): readonly Route[] {
  return [
    defineRoute({
      method: 'POST',
      url: '/search',
      summary: 'Loci that match a query, with exact counts and summaries',
      description:
        'Integers keep all their digits, in the query as in the answer. `total` counts all hits, whatever the page. Read on with `search_after` = `next_search_after`: there is no end to it, and no page is dearer than the first.',
      access: 'anyone',
      cost: 'search',
      body: SEARCH_BODY,
      answers: { 200: SEARCH_ANSWER },
      handle: async ({ request }) => {
        const parsed = parseSearchText(bodyTextOf(request), {
          form: 'own',
          limits: { ...DEFAULT_QUERY_LIMITS },
        });
        const search = { ...parsed, size: Math.min(parsed.size, MAX_SIZE) };
        const { total, hits, aggregations } = await index.search(search);
        const records = await store.getLocusRecords(hits.map(({ ref }) => ref));
        const hasScores = isScoring(search.query);
        return {
          json: {
            total,
            loci: hits.flatMap((hit, i) => {
              const record = records[i];
              if (record === undefined) return [];
              return {
                ...locusListingToWire(record),
                score: hasScores ? hit.score : undefined,
                sort: hit.sort.map(sortValueToWire),
              };
            }),
            aggregations,
            next_search_after: nextPage(hits, search.size),
          },
        };
      },
    }),
    defineRoute({
      method: 'GET',
      url: '/fields',
      summary: 'What can be searched and sorted by, with type, number of loci that have it, and meaning',
      access: 'anyone',
      cost: 'search',
      query: Type.Object({}, { additionalProperties: false }),
      answers: { 200: FIELDS_ANSWER },
      handle: async () => {
        const [fields, definitions] = await Promise.all([index.fields(), store.listProperties()]);
        const known = new Map(
          definitions.filter(({ subject }) => subject === 'locus').map((definition) => [definition.name, definition]),
        );
        return {
          json: {
            fields: fields.map(({ name, type, documents }) => {
              const definition = known.get(name.replace(/^properties\./, ''));
              return { name, type, loci: documents, origin: definition?.origin, description: definition?.description };
            }),
          },
        };
      },
    }),
  ];
}

/** Where the next page begins; undefined where this one was the last for sure. */
function nextPage(hits: readonly SearchHit[], size: number): WireValue {
  if (size === 0 || hits.length < size) return undefined;
  return hits.at(-1)!.sort.map(sortValueToWire);
}

/** Sort values as JSON: a missing one is null. */
function sortValueToWire(value: SortValue): WireValue {
  return value === undefined ? null : value;
}
