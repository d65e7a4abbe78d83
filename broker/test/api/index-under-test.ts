import type { SearchIndex } from '../../src/search-index/search-index.ts';

/** The index that the interface is tested with. */
export async function openIndexUnderTest(): Promise<SearchIndex> {
  const { ScanSearchIndex } = await import('../../src/search-index/scan/scan-search-index.ts');
  return new ScanSearchIndex();
}
