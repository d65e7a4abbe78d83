import { setTimeout as sleep } from 'node:timers/promises';
import { AntaresError } from '../model/errors.ts';
import type { SearchIndex, SearchRequest, SearchResult } from '../search-index/search-index.ts';
import type { IndexerStatus } from './indexer.ts';

/** A search waits for so long before it hears that the index is not there yet [ms]. */
const PATIENCE_MS = 8_000;

/**
 * An index that answers no search while it is filled from the store: what is not there yet would pass for what does not
 * exist. A small store is filled while the search waits.
 *
 * @param indexer  that fills it
 */
export function searchWhenFilled(
  index: SearchIndex,
  indexer: { readonly status: IndexerStatus; readonly ready: Promise<void> },
): SearchIndex {
  const check = async (): Promise<void> => {
    if (indexer.status.state !== 'building') return;
    await Promise.race([indexer.ready, sleep(PATIENCE_MS, undefined, { ref: false })]);
    const { state, indexed, total } = indexer.status;
    if (state !== 'building') return;
    throw new AntaresError(
      'SEARCH_INDEX_NOT_READY',
      `the search index is being filled: ${indexed} of ${total} loci so far; try again in a moment`,
    );
  };
  return {
    supports: index.supports,
    get position() {
      return index.position;
    },
    put: (documents) => index.put(documents),
    remove: (locusIds) => index.remove(locusIds),
    defineProperties: (properties) => index.defineProperties(properties),
    async search(request: SearchRequest): Promise<SearchResult> {
      await check();
      return index.search(request);
    },
    async fields() {
      await check();
      return index.fields();
    },
    size: () => index.size(),
    checkpoint: (position) => index.checkpoint(position),
    close: () => index.close(),
  };
}
