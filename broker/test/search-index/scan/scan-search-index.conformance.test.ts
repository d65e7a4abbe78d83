import { describe, it } from 'vitest';
import { searchIndexConformance } from '../../../src/search-index/conformance.ts';
import { ScanSearchIndex } from '../../../src/search-index/scan/scan-search-index.ts';

describe('a plain scan', () => {
  searchIndexConformance({ describe, it }, () => {
    const index = new ScanSearchIndex();
    return Promise.resolve({ index, reopen: undefined, dispose: () => index.close() });
  });
});
