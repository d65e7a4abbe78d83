import { randomInt } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LocusRecord, LocusRef } from '../../model/locus.ts';
import { checkWindow } from '../../search-index/query/parse-search-body.ts';
import type { Query } from '../../search-index/query/query.ts';
import { DEFAULT_QUERY_LIMITS } from '../../search-index/query/query-limits.ts';
import type { SortKey } from '../../search-index/query/sort.ts';
import type { ApiContext } from '../api-context.ts';
import type { Cursor } from './cursor.ts';

/** A page of a search. */
export interface ListingRequest {
  readonly query: Query;
  readonly sort: readonly SortKey[];
  readonly limit: number;
  /** Where the page begins: after so many hits, or at the cursor of the page before. */
  readonly offset: number;
  readonly cursor: Cursor | undefined;
  /** Of a random order: goes into the cursor, so that the pages of a walk are of one order. */
  readonly seed: number | undefined;
}

/** Loci of a page, and what is known of the rest. */
export interface ListingPage {
  /** Exact, of all pages. */
  readonly total: number;
  readonly records: readonly LocusRecord[];
  /** Hits on the pages before this one. */
  readonly passed: number;
  /** Undefined where the order is not random. */
  readonly seed: number | undefined;
  /** Where the next page begins; undefined on the last one. */
  readonly next: Cursor | undefined;
}

/** Most loci of a page, and the deepest page that is found by its offset alone. */
export const LARGEST_PAGE = 10_000;

/** Records that are read at a time. */
const PART = 250;
/** Seeds of random orders: enough of them that two walks differ. */
const SEEDS = 2 ** 32;

/** A new seed of a random order. */
export function newSeed(): number {
  return randomInt(SEEDS);
}

/**
 * Reads a page of a search. A locus that went away between index and store is left out, and the walk goes on.
 *
 * @throws QUERY_TOO_COSTLY  a page by offset that is too far out; and the errors of `SearchIndex.search`
 */
export async function listLoci(context: ApiContext, request: ListingRequest): Promise<ListingPage> {
  const { query, sort, limit, offset, cursor, seed } = request;
  if (cursor === undefined) checkWindow(offset, limit, DEFAULT_QUERY_LIMITS);
  // A store without loci has no fields either, and any query is right there.
  if ((await context.index.size()) === 0) return { total: 0, records: [], passed: offset, seed, next: undefined };
  const { total, hits } = await context.index.search({
    query,
    sort,
    from: cursor === undefined ? offset : 0,
    // One more than wanted tells whether there is another page; of the largest pages, the total does.
    size: Math.min(limit + 1, LARGEST_PAGE),
    searchAfter: cursor?.after,
  });
  const shown = hits.slice(0, limit);
  const passed = cursor?.passed ?? offset;
  const records = await recordsOf(
    context,
    shown.map(({ ref }) => ref),
  );
  const last = shown.at(-1);
  const isMore = hits.length > limit || (limit >= LARGEST_PAGE && passed + shown.length < total);
  return {
    total,
    records,
    passed,
    seed,
    next: isMore && last !== undefined ? { after: last.sort, passed: passed + shown.length, seed } : undefined,
  };
}

/** Records of loci, without those that there are not any more; others get their turn between the parts of a long list. */
async function recordsOf(context: ApiContext, refs: readonly LocusRef[]): Promise<readonly LocusRecord[]> {
  const records: LocusRecord[] = [];
  for (let i = 0; i < refs.length; i += PART) {
    if (i > 0) await nextTurn();
    for (const record of await context.store.getLocusRecords(refs.slice(i, i + PART))) {
      if (record !== undefined) records.push(record);
    }
  }
  return records;
}
