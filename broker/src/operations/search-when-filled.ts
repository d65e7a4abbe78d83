import { AntaresError } from '../model/errors.ts';
import type { SearchIndex, SearchRequest, SearchResult } from '../search-index/search-index.ts';
import type { IndexerStatus } from './indexer.ts';

/**
 * An index that answers no search while it is filled from the store: what is not there yet would pass for what does not
 * exist.
 *
 * @param status  of the indexer that fills it
 */
export function searchWhenFilled(index: SearchIndex, status: () => IndexerStatus): SearchIndex {
  const check = (): void => {
    const { state, indexed, total } = status();
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
      check();
      return index.search(request);
    },
    async fields() {
      check();
      return index.fields();
    },
    size: () => index.size(),
    checkpoint: (position) => index.checkpoint(position),
    close: () => index.close(),
  };
}
