import { Type } from 'typebox';
import type { LocusRecord } from '../../model/locus.ts';
import type { ApiContext } from '../api-context.ts';
import { badRequest } from '../api-error.ts';
import { withParameters } from '../links.ts';
import { alertsOfLocus } from '../loci/alert-reading.ts';
import { catalogEntriesOf } from '../loci/catalog-reading.ts';
import { readCursor, writeCursor } from '../loci/cursor.ts';
import { LARGEST_PAGE, type ListingPage, listLoci, newSeed } from '../loci/listing.ts';
import { getLocus, getLocusRecord } from '../loci/locus-reading.ts';
import { readSearch } from '../loci/search-parameters.ts';
import { lociStatistics } from '../loci/statistics.ts';
import { newestThumbnailsOf } from '../loci/thumbnails-of-loci.ts';
import { writtenInSteps } from '../loci/written-in-steps.ts';
import { wrongGeneration } from '../loci/wrong-generation.ts';
import { type Answer, type Call, defineRoute, type Route } from '../route.ts';
import {
  isWanted,
  JSON_API,
  type Relationship,
  type Resource,
  readInclude,
  readSparseFields,
  type SparseFields,
  toWire,
  withFields,
} from './json-api.ts';
import { V1Documents } from './v1-documents.ts';

/** Images are read from packets, one a locus: on larger pages they are left out. */
const LARGEST_PAGE_WITH_THUMBNAILS = 100;
/** Loci of a page with included resources, and alerts among those: all of it is in memory at once. */
const LARGEST_PAGE_WITH_INCLUDED = 100;
const MOST_ALERTS_INCLUDED = 20_000;

const LISTING_PARAMETERS = Type.Object({
  'elasticsearch_query[locus_listing]': Type.Optional(Type.String({ description: 'JSON: `{"query": …}`' })),
  sort: Type.Optional(Type.String({ description: 'fields, comma separated, with a minus for descending' })),
  'page[limit]': Type.Integer({ default: 10, minimum: 0, maximum: LARGEST_PAGE }),
  'page[offset]': Type.Optional(Type.Integer({ minimum: 0 })),
  'page[after]': Type.Optional(Type.String({ description: 'cursor of a page: from `links.next`' })),
  include: Type.Optional(Type.String({ description: '`alerts`, `locus`, or both, comma separated' })),
});
interface ListingParameters {
  readonly 'elasticsearch_query[locus_listing]'?: string;
  readonly sort?: string;
  readonly 'page[limit]': number;
  readonly 'page[offset]'?: number;
  readonly 'page[after]'?: string;
  readonly include?: string;
}

/** Loci: searches, one by one, and what belongs to them. */
export function lociRoutes(context: ApiContext): readonly Route[] {
  const access = 'anyone';
  const id = Type.Object({ id: Type.String() });
  return [
    defineRoute({
      method: 'GET',
      url: '/loci',
      summary: 'Loci that match a query',
      description:
        'Loci that were replaced by another are not listed, unless the query names `properties.replaced_by`.',
      access,
      cost: 'search',
      query: LISTING_PARAMETERS,
      handle: (call) => listing(context, call),
    }),
    defineRoute({
      method: 'GET',
      url: '/loci/statistics',
      summary: 'Loci by tag and catalogue',
      access,
      cost: 'search',
      handle: async ({ baseUrl, url }) => {
        const { tags, catalogs, minNumMeasurements, maxNumMeasurements } = await lociStatistics(context);
        const attributes = {
          tags,
          catalogs,
          min_num_measurements: minNumMeasurements,
          max_num_measurements: maxNumMeasurements,
        };
        return {
          type: JSON_API,
          json: toWire({
            data: { type: 'locus_statistics', id: 'statistics', attributes },
            links: { self: `${baseUrl}${url}` },
          }),
        };
      },
    }),
    defineRoute({
      method: 'GET',
      url: '/loci/:id',
      summary: 'A locus with its light curve',
      access,
      cost: 'cheap',
      params: id,
      query: Type.Object({ include: Type.Optional(Type.String({ description: '`alerts`' })) }),
      handle: async ({ params, query, baseUrl }) => {
        const fields = readSparseFields(query);
        const include = readInclude(query.include, ['alerts']);
        const documents = new V1Documents(context, baseUrl);
        const { record, lightCurve } = isWanted(fields, 'locus', 'lightcurve')
          ? await getLocus(context, params.id)
          : { record: await getLocusRecord(context, params.id), lightCurve: undefined };
        const links = { self: documents.locusUrl(record.ref.locusId) };
        const locus = documents.locus(record, lightCurve);
        if (!include.has('alerts')) {
          return { type: JSON_API, json: toWire({ data: withFields(locus, fields), links }) };
        }
        const alerts = await alertResources(context, documents, record);
        return {
          type: JSON_API,
          json: toWire({
            data: withFields(withLinked(locus, 'alerts', alerts), fields),
            included: alerts.map((alert) => withFields(alert, fields)),
            links,
          }),
        };
      },
    }),
    defineRoute({
      method: 'GET',
      url: '/loci/:id/alerts',
      summary: 'All alerts of a locus on one page, ascending in time',
      access,
      cost: 'cheap',
      params: id,
      handle: async ({ params, query, baseUrl }) => {
        const fields = readSparseFields((query ?? {}) as Readonly<Record<string, unknown>>);
        const documents = new V1Documents(context, baseUrl);
        const record = await getLocusRecord(context, params.id);
        const rows = await alertsOfLocus(context, record.ref);
        const alerts = await writtenInSteps(rows, (row) => toWire(withFields(documents.alert(row, record), fields)));
        return {
          type: JSON_API,
          json: toWire({
            data: alerts,
            links: { self: documents.alertsUrl(record.ref.locusId) },
            meta: { count: alerts.length },
          }),
        };
      },
    }),
    defineRoute({
      method: 'GET',
      url: '/loci/:id/catalog-matches',
      summary: 'Catalogue objects of a locus',
      access,
      cost: 'cheap',
      params: id,
      handle: async ({ params, baseUrl }) => {
        const record = await getLocusRecord(context, params.id);
        const documents = new V1Documents(context, baseUrl);
        const entries = await catalogEntriesOf(context, record);
        return {
          type: JSON_API,
          json: toWire({
            data: entries.map((entry) => documents.catalogEntry(entry)),
            links: { self: `${documents.locusUrl(record.ref.locusId)}/catalog-matches` },
            meta: { count: entries.length },
          }),
        };
      },
    }),
  ];
}

async function listing(
  context: ApiContext,
  { query, baseUrl, url }: Call<unknown, ListingParameters, unknown>,
): Promise<Answer> {
  if (Object.hasOwn(query, 'elasticsearch_query')) throw wrongGeneration(baseUrl, 'v1');
  const fields = readSparseFields(query as unknown as Readonly<Record<string, unknown>>);
  const limit = query['page[limit]'];
  const include = readInclude(query.include, ['alerts', 'locus']);
  if (include.size > 0 && limit > LARGEST_PAGE_WITH_INCLUDED) {
    throw badRequest('INCLUDE_TOO_MUCH', `include goes with up to ${LARGEST_PAGE_WITH_INCLUDED} loci a page`);
  }
  const after = query['page[after]'];
  const cursor = after === undefined ? undefined : readCursor(after);
  const search = readSearch({
    text: query['elasticsearch_query[locus_listing]'],
    sort: query.sort,
    seed: cursor?.seed ?? newSeed(),
    isEmptyRandom: false,
  });
  const page = await listLoci(context, { ...search, limit, offset: query['page[offset]'] ?? 0, cursor });
  const documents = new V1Documents(context, baseUrl);
  const withThumbnails = limit <= LARGEST_PAGE_WITH_THUMBNAILS;
  const newest = withThumbnails ? await newestThumbnailsOf(context, page.records) : undefined;
  const loci = page.records.map((record, i) => documents.locusListing(record, newest?.[i]));
  const { data, included } = await withIncluded(context, documents, page.records, loci, include, fields);
  return {
    type: JSON_API,
    json: toWire({
      data: await writtenInSteps(data, (locus) => toWire(withFields(locus, fields))),
      ...(include.size === 0 ? {} : { included: included.map((resource) => withFields(resource, fields)) }),
      links: { self: `${baseUrl}${url}`, ...pageLinks(`${baseUrl}${url}`, query, page) },
      meta: { count: page.total },
    }),
  };
}

/**
 * Addresses of the pages before and after. Whoever counts by offset goes on so, as far as offsets reach; all others get a
 * cursor, which is as quick on the thousandth page as on the first.
 */
function pageLinks(
  self: string,
  query: ListingParameters,
  { passed, next, seed }: ListingPage,
): { readonly next?: string; readonly prev?: string } {
  const limit = query['page[limit]'];
  const offset = passed + limit;
  const isByOffset = query['page[offset]'] !== undefined && query['page[after]'] === undefined && seed === undefined;
  const pageAt = (at: number): string =>
    withParameters(self, { 'page[offset]': at, 'page[limit]': limit, 'page[after]': undefined });
  const nextPage = (): string =>
    isByOffset && offset + limit <= LARGEST_PAGE
      ? pageAt(offset)
      : withParameters(self, {
          'page[after]': writeCursor(next!),
          'page[limit]': limit,
          'page[offset]': undefined,
        });
  const canGoBack = passed > 0 && seed === undefined && passed <= LARGEST_PAGE;
  return {
    ...(next === undefined ? {} : { next: nextPage() }),
    ...(canGoBack ? { prev: pageAt(Math.max(0, passed - limit)) } : {}),
  };
}

/** Puts what is to be included beside the loci, and its ids into their relationships. */
async function withIncluded(
  context: ApiContext,
  documents: V1Documents,
  records: readonly LocusRecord[],
  loci: readonly Resource[],
  include: ReadonlySet<string>,
  fields: SparseFields,
): Promise<{ readonly data: readonly Resource[]; readonly included: readonly Resource[] }> {
  if (include.size === 0) return { data: loci, included: [] };
  const alertCount = records.reduce((sum, { numAlerts }) => sum + numAlerts, 0);
  if (include.has('alerts') && alertCount > MOST_ALERTS_INCLUDED) {
    throw badRequest(
      'INCLUDE_TOO_MUCH',
      `these loci have ${alertCount} alerts, and at most ${MOST_ALERTS_INCLUDED} are included: ask for fewer loci, or for the alerts of each`,
    );
  }
  const included: Resource[] = [];
  const data: Resource[] = [];
  for (const [i, record] of records.entries()) {
    let locus = loci[i]!;
    if (include.has('locus')) {
      const isWithCurve = isWanted(fields, 'locus', 'lightcurve');
      const stored = isWithCurve ? (await context.store.getLoci([record.ref]))[0] : undefined;
      const whole = documents.locus(stored?.record ?? record, stored?.lightCurve);
      included.push(whole);
      locus = withLinked(locus, 'locus', whole);
    }
    if (include.has('alerts')) {
      const alerts = await alertResources(context, documents, record);
      included.push(...alerts);
      locus = withLinked(locus, 'alerts', alerts);
    }
    data.push(locus);
  }
  return { data, included };
}

async function alertResources(
  context: ApiContext,
  documents: V1Documents,
  record: LocusRecord,
): Promise<readonly Resource[]> {
  return (await alertsOfLocus(context, record.ref)).map((row) => documents.alert(row, record));
}

/** A resource that says what one of its relationships leads to: full linkage, which compound documents need. */
function withLinked(resource: Resource, name: string, linked: Resource | readonly Resource[]): Resource {
  const toId = ({ type, id }: Resource): { readonly type: string; readonly id: string } => ({ type, id });
  const relationship = resource.relationships?.[name] as Relationship;
  const data = isList(linked) ? linked.map(toId) : toId(linked);
  return { ...resource, relationships: { ...resource.relationships, [name]: { ...relationship, data } } };
}

function isList(linked: Resource | readonly Resource[]): linked is readonly Resource[] {
  return Array.isArray(linked);
}
