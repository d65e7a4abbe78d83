import { Type } from 'typebox';
import type { ApiContext } from '../api-context.ts';
import { withParameters } from '../links.ts';
import { alertsOfLocus } from '../loci/alert-reading.ts';
import { catalogEntriesOf } from '../loci/catalog-reading.ts';
import { readCursor, writeCursor } from '../loci/cursor.ts';
import { LARGEST_PAGE, listLoci, newSeed } from '../loci/listing.ts';
import { getLocus, getLocusRecord } from '../loci/locus-reading.ts';
import { readSearch } from '../loci/search-parameters.ts';
import { lociStatistics } from '../loci/statistics.ts';
import { writtenInSteps } from '../loci/written-in-steps.ts';
import { wrongGeneration } from '../loci/wrong-generation.ts';
import { type Answer, type Call, defineRoute, type Route } from '../route.ts';
import { onePage } from './envelope.ts';
import { V2Documents } from './v2-documents.ts';

const LISTING_PARAMETERS = Type.Object({
  elasticsearch_query: Type.Optional(
    Type.String({ description: 'JSON: `{"query": …}`, or `{}` for loci in a random order' }),
  ),
  sort: Type.Optional(Type.String({ description: 'fields, comma separated, with a minus for descending' })),
  limit: Type.Integer({ default: 10, minimum: 1, maximum: LARGEST_PAGE }),
});
type ListingParameters = { readonly elasticsearch_query?: string; readonly sort?: string; readonly limit: number };

/** Loci: searches, one by one, and what belongs to them. */
export function lociRoutes(context: ApiContext): readonly Route[] {
  const access = 'anyone';
  const id = Type.Object({ id: Type.String() });
  return [
    defineRoute({
      method: 'GET',
      url: '/loci',
      summary: 'Loci that match a query',
      access,
      cost: 'search',
      query: LISTING_PARAMETERS,
      handle: (call) => listing(context, call, undefined),
    }),
    defineRoute({
      method: 'GET',
      url: '/loci/page-:cursor',
      summary: 'A further page of loci: follow `links.next`',
      description:
        'The cursor stands in the path: client 2.0.0 puts its first parameters in place of all that `next` has, and would never come to an end.',
      access,
      cost: 'search',
      params: Type.Object({ cursor: Type.String() }),
      query: LISTING_PARAMETERS,
      handle: (call) => listing(context, call, call.params.cursor),
    }),
    defineRoute({
      method: 'GET',
      url: '/loci/statistics',
      summary: 'Loci by tag and catalogue',
      access,
      cost: 'search',
      handle: async ({ baseUrl }) => ({
        json: { data: new V2Documents(context, baseUrl).statistics(await lociStatistics(context)) },
      }),
    }),
    defineRoute({
      method: 'GET',
      url: '/loci/:id',
      summary: 'A locus with its light curve',
      access,
      cost: 'cheap',
      params: id,
      handle: async ({ params, baseUrl }) => {
        const { record, lightCurve } = await getLocus(context, params.id);
        return { json: { data: new V2Documents(context, baseUrl).locus(record, lightCurve) } };
      },
    }),
    defineRoute({
      method: 'GET',
      url: '/loci/:id/alerts',
      summary: 'All alerts of a locus, ascending in time',
      access,
      cost: 'cheap',
      params: id,
      handle: async ({ params, baseUrl, url }) => {
        const record = await getLocusRecord(context, params.id);
        const rows = await alertsOfLocus(context, record.ref);
        const documents = new V2Documents(context, baseUrl);
        return {
          json: onePage(await writtenInSteps(rows, (row) => documents.alert(row, record)), `${baseUrl}${url}`),
        };
      },
    }),
    defineRoute({
      method: 'GET',
      url: '/loci/:id/catalog-matches',
      summary: 'Catalogue objects of a locus; radius and separation in arcseconds',
      access,
      cost: 'cheap',
      params: id,
      handle: async ({ params, baseUrl, url }) => {
        const entries = await catalogEntriesOf(context, await getLocusRecord(context, params.id));
        const documents = new V2Documents(context, baseUrl);
        return {
          json: onePage(
            entries.map((entry) => documents.catalogMatch(entry)),
            `${baseUrl}${url}`,
          ),
        };
      },
    }),
  ];
}

async function listing(
  context: ApiContext,
  { query, baseUrl, url }: Call<unknown, ListingParameters, unknown>,
  cursorText: string | undefined,
): Promise<Answer> {
  if (Object.hasOwn(query, 'elasticsearch_query[locus_listing]')) throw wrongGeneration(baseUrl, 'v2');
  const { elasticsearch_query: text, sort, limit } = query;
  const cursor = cursorText === undefined ? undefined : readCursor(cursorText);
  const search = readSearch({ text, sort, seed: cursor?.seed ?? newSeed(), isEmptyRandom: true });
  const { total, records, next } = await listLoci(context, { ...search, limit, offset: 0, cursor });
  const documents = new V2Documents(context, baseUrl);
  const parameters = { limit, sort, elasticsearch_query: text };
  return {
    json: {
      data: await writtenInSteps(records, (record) => documents.searchItem(record)),
      meta: { count: total },
      links: {
        self: `${baseUrl}${url}`,
        // The parameters go along: clients from 2.0.1 on send none of their own with a further page.
        next: next === undefined ? null : withParameters(`${baseUrl}/v2/loci/page-${writeCursor(next)}`, parameters),
      },
    },
  };
}
