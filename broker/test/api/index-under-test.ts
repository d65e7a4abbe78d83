import { ColumnarSearchIndex } from '../../src/search-index/columnar/columnar-search-index.ts';
import type { SearchIndex } from '../../src/search-index/search-index.ts';

/** The index that the interface is tested with: the embedded one, in this thread and without a snapshot on disk. */
export function openIndexUnderTest(): Promise<SearchIndex> {
  return ColumnarSearchIndex.open({ directory: undefined });
}
