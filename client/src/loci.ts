import { type JsonApiResource, readJsonApiList, readJsonApiResource } from './http/json-api.ts';
import type { CallOptions, Download, Request, Transport } from './http/transport.ts';
import { asList, asObject, asText, isObject, numberOrNone, textOrNone } from './json/json-reading.ts';
import { type Json, parseExactJson, parseJson, toJsonText, type WritableJson } from './json/json-text.ts';
import { type Cone, type QueryClause, query, sortKey } from './query/query.ts';
import { type Alert, toAlert } from './resources/alert.ts';
import { type CatalogMatch, toCatalogMatch } from './resources/catalog-object.ts';
import {
  type FoundLocus,
  type Locus,
  type LocusListing,
  toFoundLocus,
  toLocus,
  toLocusListing,
} from './resources/locus.ts';
import { unlessUnknown } from './unless-unknown.ts';

/** How a search is to be answered. */
export interface SearchOptions extends CallOptions {
  /**
   * Fields to sort by, each with a `-` before it for descending. Default: newest alert first, as everywhere at ANTARES; by
   * score where the query makes one (`query.random`).
   */
  readonly sort?: string | readonly string[] | undefined;
  /** Loci asked for at a time, ≥ 1; default 200. */
  readonly pageSize?: number | undefined;
  /** Ends the search after so many loci. */
  readonly limit?: number | undefined;
}

/** One page of a search, with what there is besides the loci. */
export interface SearchPage {
  /** How many loci match in all. */
  readonly total: number;
  readonly loci: readonly FoundLocus[];
  /** By the names that were asked for. */
  readonly aggregations: { readonly [name: string]: Json };
  /** Where the next page begins: hand it back as `searchAfter`. Undefined on the last. */
  readonly nextSearchAfter: SearchCursor | undefined;
}

/** Where a page of a search begins. Opaque. */
export type SearchCursor = readonly WritableJson[];

/** How a page is to be answered. */
export interface SearchPageOptions extends CallOptions {
  readonly sort?: string | readonly string[] | undefined;
  /** Loci on the page; 0 for the total and the aggregations alone. Default 200. */
  readonly size?: number | undefined;
  /** How many loci to pass over. */
  readonly from?: number | undefined;
  readonly searchAfter?: SearchCursor | undefined;
  /** Aggregations as Elasticsearch has them, by names of yours. */
  readonly aggregations?: { readonly [name: string]: WritableJson } | undefined;
}

/** What can be searched and sorted by. */
export interface SearchField {
  /** `properties.num_alerts`, `tags`. */
  readonly name: string;
  readonly type: string | undefined;
  /** How many loci have a value. */
  readonly loci: number;
  readonly origin: string | undefined;
  readonly description: string | undefined;
}

/** Which loci to look up, many at once. */
export interface LookupRequest {
  readonly ids?: readonly string[] | undefined;
  readonly ztfObjectIds?: readonly string[] | undefined;
  /** 64 bits: text or bigint. */
  readonly lsstDiaObjectIds?: readonly (string | bigint)[] | undefined;
  readonly cones?: readonly (Cone & { readonly name?: string | undefined })[] | undefined;
}

/** What was found for one of the things that were looked up. */
export interface LookupResult {
  /** The thing, as the server repeats it. */
  readonly request: Json;
  /** None where nothing was found. */
  readonly loci: readonly FoundLocus[];
}

const NEWEST_FIRST = '-properties.newest_alert_observation_time';
const DEFAULT_PAGE_SIZE = 200;

/** Loci: search, look-up, and all that belongs to one. */
export class Loci {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * All loci that match, in order, page after page as they are read.
   *
   * Pages begin after the last locus of the one before, so that a search may go as deep as it likes, and a locus that
   * changes its place meanwhile shifts no others.
   *
   * @throws QUERY_…  what is wrong with the query, as the server says
   */
  async *search(clause: QueryClause, options: SearchOptions = {}): AsyncGenerator<FoundLocus, void, undefined> {
    const { limit = Number.POSITIVE_INFINITY, pageSize = DEFAULT_PAGE_SIZE } = options;
    let searchAfter: SearchCursor | undefined;
    for (let left = limit; left > 0; ) {
      const page = await this.searchPage(clause, { ...options, size: Math.min(pageSize, left), searchAfter });
      yield* page.loci;
      left -= page.loci.length;
      // A page may be empty and not the last: loci that are gone by now are left out. One that leads to itself is.
      if (page.nextSearchAfter === undefined) return;
      if (searchAfter !== undefined && toJsonText(page.nextSearchAfter) === toJsonText(searchAfter)) return;
      searchAfter = page.nextSearchAfter;
    }
  }

  /** One page of a search, with the exact total and aggregations. */
  async searchPage(clause: QueryClause, options: SearchPageOptions = {}): Promise<SearchPage> {
    const { sort, size = DEFAULT_PAGE_SIZE, from, searchAfter, aggregations } = options;
    const body = {
      query: clause,
      sort: sortKeys(sort ?? defaultSort(clause)),
      size,
      from,
      search_after: searchAfter,
      aggs: aggregations,
    };
    const text = await this.#transport.text({ path: 'api/search', body }, options);
    const answer = asObject(parseJson(text), 'the answer of a search');
    return {
      total: numberOrNone(answer['total']) ?? 0,
      loci: asList(answer['loci'], 'loci').map(toFoundLocus),
      aggregations: isObject(answer['aggregations']) ? answer['aggregations'] : {},
      nextSearchAfter: cursorOf(answer['next_search_after'], text),
    };
  }

  /** How many loci match, exactly. */
  async count(clause: QueryClause, options: CallOptions = {}): Promise<number> {
    return (await this.searchPage(clause, { ...options, size: 0 })).total;
  }

  /** All that can be searched and sorted by. */
  async fields(options: CallOptions = {}): Promise<readonly SearchField[]> {
    const answer = asObject(await this.#transport.json({ path: 'api/fields' }, options), 'the answer');
    return asList(answer['fields'], 'fields').map((value) => {
      const field = asObject(value, 'a field');
      return {
        name: asText(field['name'], 'the name of a field'),
        type: textOrNone(field['type']),
        loci: numberOrNone(field['loci']) ?? 0,
        origin: textOrNone(field['origin']),
        description: textOrNone(field['description']),
      };
    });
  }

  /**
   * The same search through `/v1`, which servers of ANTARES itself have too: page after page, by the links of the server.
   */
  async *searchV1(clause: QueryClause, options: SearchOptions = {}): AsyncGenerator<LocusListing, void, undefined> {
    const { limit = Number.POSITIVE_INFINITY, pageSize = DEFAULT_PAGE_SIZE, sort } = options;
    let left = limit;
    let request: Request | undefined = {
      path: 'v1/loci',
      parameters: {
        sort: sortKeys(sort ?? NEWEST_FIRST).join(','),
        'elasticsearch_query[locus_listing]': toJsonText({ query: clause }),
        'page[limit]': Math.min(pageSize, left),
      },
    };
    while (request !== undefined && left > 0) {
      const page = readJsonApiList(await this.#transport.json(request, options));
      for (const resource of page.resources) {
        if (left-- <= 0) return;
        yield toLocusListing(resource);
      }
      // A link from an empty page would lead on for ever.
      request =
        page.next === undefined || page.resources.length === 0 ? undefined : { path: this.#transport.link(page.next) };
    }
  }

  /** Loci within a circle on the sky. */
  cone(cone: Cone, options: SearchOptions = {}): AsyncGenerator<FoundLocus, void, undefined> {
    return this.search(query.cone(cone), options);
  }

  /** A locus with its light curve. @throws status 404: there is none of this id */
  async get(locusId: string, options: CallOptions = {}): Promise<Locus> {
    return toLocus(readJsonApiResource(await this.#transport.json({ path: pathOf(locusId) }, options)));
  }

  /** A locus with its light curve; undefined where there is none of this id. */
  async find(locusId: string, options: CallOptions = {}): Promise<Locus | undefined> {
    return unlessUnknown(this.get(locusId, options));
  }

  /** The locus of an object of ZTF: `ZTF20aafqubg`. Undefined where there is none. */
  async findByZtfObject(objectId: string, options: CallOptions = {}): Promise<FoundLocus | undefined> {
    return first(this.search(query.ztfObject(objectId), { ...options, limit: 1 }));
  }

  /** The locus of an object of LSST. Undefined where there is none. */
  async findByLsstObject(diaObjectId: string | bigint, options: CallOptions = {}): Promise<FoundLocus | undefined> {
    return first(this.search(query.lsstObject(diaObjectId), { ...options, limit: 1 }));
  }

  /** Many loci in one call, in the order asked for: ids, then objects of ZTF, of LSST, then cones. */
  async lookUp(request: LookupRequest, options: CallOptions = {}): Promise<readonly LookupResult[]> {
    const body = {
      ids: request.ids,
      ztf_object_ids: request.ztfObjectIds,
      lsst_dia_object_ids: request.lsstDiaObjectIds?.map(String),
      cones: request.cones?.map(({ ra, dec, radiusArcsec, name }) => ({ ra, dec, radius_arcsec: radiusArcsec, name })),
    };
    const answer = await this.#transport.json({ path: 'api/loci/lookup', body }, options);
    return asList(asObject(answer, 'the answer of a look-up')['results'], 'results').map((value) => {
      const result = asObject(value, 'a result');
      return { request: result['request'] ?? null, loci: asList(result['loci'], 'loci').map(toFoundLocus) };
    });
  }

  /** All alerts of a locus, ascending in time. */
  async alerts(locusId: string, options: CallOptions = {}): Promise<readonly Alert[]> {
    return (await this.#list({ path: `${pathOf(locusId)}/alerts` }, options)).map(toAlert);
  }

  /** Catalogue objects at the position of a locus. */
  async catalogMatches(locusId: string, options: CallOptions = {}): Promise<readonly CatalogMatch[]> {
    return (await this.#list({ path: `${pathOf(locusId)}/catalog-matches` }, options)).map(toCatalogMatch);
  }

  /** The light curve of a locus as a file: `csv`, `vot` (VOTable) or `parquet`. */
  lightCurveFile(locusId: string, format: 'csv' | 'vot' | 'parquet', options: CallOptions = {}): Promise<Download> {
    const path = `api/loci/${encodeURIComponent(locusId)}/lightcurve.${format}`;
    return this.#transport.download({ path, accept: '*/*' }, options);
  }

  /** A locus as a VOTable. */
  voTable(locusId: string, options: CallOptions = {}): Promise<Download> {
    return this.#transport.download({ path: `api/loci/${encodeURIComponent(locusId)}.vot`, accept: '*/*' }, options);
  }

  /** Resources of all pages of a list. */
  async #list(first: Request, options: CallOptions): Promise<readonly JsonApiResource[]> {
    return listAll(this.#transport, first, options);
  }
}

/** Resources of all pages of a JSON:API list. */
export async function listAll(
  transport: Transport,
  first: Request,
  options: CallOptions,
): Promise<readonly JsonApiResource[]> {
  const resources: JsonApiResource[] = [];
  for (let request: Request | undefined = first; request !== undefined; ) {
    const page = readJsonApiList(await transport.json(request, options));
    for (const resource of page.resources) resources.push(resource);
    request = page.next === undefined || page.resources.length === 0 ? undefined : { path: transport.link(page.next) };
  }
  return resources;
}

function pathOf(locusId: string): string {
  return `v1/loci/${encodeURIComponent(locusId)}`;
}

/** The newest first, but for a clause that makes an order of its own. */
function defaultSort(clause: QueryClause): string {
  return 'function_score' in clause ? '-_score' : NEWEST_FIRST;
}

function sortKeys(sort: string | readonly string[]): readonly string[] {
  return (typeof sort === 'string' ? [sort] : sort).map(sortKey);
}

/**
 * Where the next page begins. Integers beyond 2^53 stay numbers for the server: as text they would be compared as text.
 */
function cursorOf(value: Json | undefined, text: string): SearchCursor | undefined {
  if (!Array.isArray(value)) return undefined;
  const cursor = value as readonly Json[];
  if (!cursor.some((item) => typeof item === 'string' && /^-?\d{16,}$/.test(item))) return cursor;
  const exact = parseExactJson(text) as { readonly next_search_after: SearchCursor };
  return exact.next_search_after;
}

/** The first of many, or undefined. */
async function first<T>(many: AsyncGenerator<T, void, undefined>): Promise<T | undefined> {
  for await (const one of many) return one;
  return undefined;
}
