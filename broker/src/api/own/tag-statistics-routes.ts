import { Type } from 'typebox';
import { isoDateOfMjd } from '../../model/time.ts';
import type { AggregationResult } from '../../search-index/query/aggregation.ts';
import { withoutReplaced } from '../../search-index/query/parse-search-body.ts';
import type { Query } from '../../search-index/query/query.ts';
import type { ApiContext } from '../api-context.ts';
import { badRequest } from '../api-error.ts';
import { defineRoute, type Route } from '../route.ts';
import { TAGS_ANSWER } from './answer-schemas.ts';

/** Most tags of an answer. */
const MAX_TAGS = 1_000;
const MJD_OF_UNIX_0 = 40_587;
const NEWEST_TIME = 'properties.newest_alert_observation_time';

/** How many loci have each tag, in all and night by night. */
export function tagStatisticsRoutes({ index }: ApiContext): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      url: '/statistics/tags',
      summary: 'Loci by tag; and by tag and the night of their newest detection',
      description:
        'A night is the UTC date of the newest detection of a locus, for surveys wherever they are; `from` and `to` (dates, both included) narrow the loci down.',
      access: 'anyone',
      cost: 'search',
      query: Type.Object(
        {
          by: Type.Optional(Type.Union([Type.Literal('tag'), Type.Literal('night')], { default: 'tag' })),
          from: Type.Optional(Type.String({ description: 'YYYY-MM-DD' })),
          to: Type.Optional(Type.String({ description: 'YYYY-MM-DD' })),
        },
        { additionalProperties: false },
      ),
      answers: { 200: TAGS_ANSWER },
      handle: async ({ query: { by = 'tag', from, to } }) => {
        const { total, aggregations } = await index.search({
          query: withoutReplaced(nightsQuery(from, to)),
          sort: [],
          from: 0,
          size: 0,
          aggregations: {
            tags: {
              kind: 'terms',
              field: 'tags',
              size: MAX_TAGS,
              orderBy: 'count',
              order: 'desc',
              minimumCount: 1,
              aggregations:
                by === 'tag'
                  ? {}
                  : {
                      nights: {
                        kind: 'histogram',
                        field: NEWEST_TIME,
                        interval: 1,
                        offset: 0,
                        minimumCount: 1,
                        aggregations: {},
                      },
                    },
            },
          },
        });
        return {
          json: {
            loci: total,
            tags: bucketsOf(aggregations['tags']).map((bucket) => ({
              tag: bucket.key as string,
              loci: bucket.doc_count,
              nights:
                by === 'tag'
                  ? undefined
                  : bucketsOf(bucket.nights).map(({ key, doc_count }) => ({
                      night: isoDateOfMjd(key as number),
                      loci: doc_count,
                    })),
            })),
          },
        };
      },
    }),
  ];
}

interface Bucket {
  readonly key: string | number;
  readonly doc_count: number;
  readonly nights?: AggregationResult;
}

function bucketsOf(result: AggregationResult | undefined): readonly Bucket[] {
  return (result?.['buckets'] ?? []) as unknown as readonly Bucket[];
}

/** Loci whose newest detection is of some nights. */
function nightsQuery(from: string | undefined, to: string | undefined): Query {
  if (from === undefined && to === undefined) return { clause: 'match_all' };
  const bound = (date: string | undefined, name: string, shift: number) => {
    if (date === undefined) return undefined;
    const unixMs = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
    if (Number.isNaN(unixMs)) throw badRequest('NIGHT_INVALID', `${name}: expected a date, YYYY-MM-DD`);
    const mjd = unixMs / 86_400_000 + MJD_OF_UNIX_0 + shift;
    return { text: String(mjd), number: mjd, flag: undefined };
  };
  return {
    clause: 'field',
    field: NEWEST_TIME,
    test: { test: 'range', gte: bound(from, 'from', 0), lt: bound(to, 'to', 1) },
  };
}
