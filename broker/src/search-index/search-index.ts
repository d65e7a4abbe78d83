import type { LocusRef } from '../model/locus.ts';
import type { PropertyList, PropertyType } from '../model/property.ts';
import type { AggregationResult, Aggregations } from './query/aggregation.ts';
import type { Query } from './query/query.ts';
import type { SortKey } from './query/sort.ts';

/**
 * The search index: which loci satisfy a query, in which order, and how many.
 *
 * It holds nothing that the alert store does not, follows the store within seconds, and can be thrown away: `position`
 * says up to where of the feed of changes it has come. What a query means is stated case by case in `conformance/`, and
 * is the same in every adapter.
 *
 * Idempotence: a document replaces the one of the same locus. Concurrency: searches at any time; each sees all
 * documents of a `put` or none of them.
 */
export interface SearchIndex {
  readonly supports: SearchIndexSupport;

  /**
   * Adds documents, or replaces those of the same loci. Found by every search that begins after it resolved.
   *
   * @throws SKY_POSITION_OUT_OF_RANGE  one of them is nowhere on the sky; none was taken
   */
  put(documents: readonly LocusDocument[]): Promise<void>;

  /** Takes loci out; unknown ones are passed over. */
  remove(locusIds: readonly string[]): Promise<void>;

  /**
   * Answers a query.
   *
   * @throws QUERY_FIELD_UNKNOWN  a field that no document has, and that is no property known to the store
   * @throws QUERY_TOO_COSTLY     the message says what it costs and what is allowed
   * @throws SORT_INVALID, AGGREGATION_INVALID  a field that no document has, or one that it cannot work on
   */
  search(request: SearchRequest): Promise<SearchResult>;

  /**
   * Makes properties known that no document may have yet: asking for them finds nothing instead of being refused. Says
   * nothing against others, and is not kept in checkpoints.
   */
  defineProperties(properties: readonly KnownProperty[]): Promise<void>;

  /** The fields that can be asked for, with type and number of documents that have a value; ascending by name. */
  fields(): Promise<readonly FieldDescription[]>;

  /** Number of documents. */
  size(): Promise<number>;

  /** Up to where of the feed of changes it has come; undefined for an index that was never filled. */
  readonly position: string | undefined;

  /**
   * Makes the present state durable, with the position of the feed that it stands for. A crash in the middle leaves the
   * one before.
   */
  checkpoint(position: string): Promise<void>;

  /** Frees what is open. Does not checkpoint. */
  close(): Promise<void>;
}

/** What an adapter can do, where adapters differ. */
export interface SearchIndexSupport {
  /** Whether several processes may fill the same index. */
  readonly manyWriters: boolean;
}

/** What is searchable of a locus. */
export interface LocusDocument {
  readonly ref: LocusRef;
  /** ICRS [deg]. */
  readonly ra: number;
  readonly dec: number;
  readonly tags: readonly string[];
  /** Names of catalogues with a match. */
  readonly catalogs: readonly string[];
  readonly watchLists: readonly string[];
  /** All of the locus; `survey` is JSON text, of which each list is a field (`properties.survey.lsst.dia_object_id`). */
  readonly properties: PropertyList;
}

/** A question to the index. */
export interface SearchRequest {
  readonly query: Query;
  /** Empty: by score where the query scores, else by locus id. Equal ones are in the order of locus ids, always. */
  readonly sort: readonly SortKey[];
  /** Hits to pass over, and to give. */
  readonly from: number;
  readonly size: number;
  /** Sort values of the last hit of the page before, its locus id last. Goes with `from` 0. */
  readonly searchAfter?: readonly SortValue[] | undefined;
  readonly aggregations?: Aggregations | undefined;
}

/** What a hit is sorted by; undefined for a missing value, which comes last in either direction. */
export type SortValue = number | bigint | string | boolean | undefined;

/** An answer of the index. */
export interface SearchResult {
  /** Exact, however many. */
  readonly total: number;
  readonly hits: readonly SearchHit[];
  readonly aggregations: Readonly<Record<string, AggregationResult>>;
}

/** A locus that was found. */
export interface SearchHit {
  readonly ref: LocusRef;
  /** 0 where the query does not score. */
  readonly score: number;
  /** Values of the sort keys, then the locus id: `searchAfter` of the next page. */
  readonly sort: readonly SortValue[];
}

/** A property that may be asked for, whether a locus has it or not. */
export interface KnownProperty {
  readonly name: string;
  readonly type: PropertyType;
}

/** A field that can be asked for. */
export interface FieldDescription {
  /** As queries spell it: `tags`, `ra`, `properties.num_alerts`. */
  readonly name: string;
  readonly type: 'float' | 'int' | 'str' | 'bool' | 'keyword' | 'position';
  readonly documents: number;
}

/** What can go wrong with the index, with a sentence on when it appears. The keys are stable. */
export const SEARCH_INDEX_ERRORS = {
  QUERY_INVALID:
    'A query is no JSON object of the query language. The message names the place and what is known there.',
  QUERY_CLAUSE_UNKNOWN: 'A clause that the language does not have. The message lists those that it has.',
  QUERY_FIELD_UNKNOWN: 'A field that no locus has. The message names fields of similar spelling.',
  QUERY_TOO_COSTLY:
    'Too deep, too many clauses or terms, too wide a wildcard, or too far a page: the message says the limit.',
  SORT_INVALID: 'A sort key is malformed or names an unknown field.',
  AGGREGATION_INVALID: 'An aggregation is malformed, unknown, or over a field that it cannot work on.',
  SEARCH_INDEX_NOT_READY: 'The index is being built; the message says how far it is.',
  SEARCH_INDEX_DAMAGED: 'A snapshot cannot be read. It is set aside, and the index is built from the store again.',
  SEARCH_INDEX_UNREACHABLE: 'The disk or the server of the index failed.',
} as const;
