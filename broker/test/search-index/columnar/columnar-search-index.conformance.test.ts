import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { ColumnarSearchIndex } from '../../../src/search-index/columnar/columnar-search-index.ts';
import { searchIndexConformance } from '../../../src/search-index/conformance.ts';

describe('the columnar index', () => {
  searchIndexConformance({ describe, it }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'antares-search-'));
    const open = (): Promise<ColumnarSearchIndex> => ColumnarSearchIndex.open({ directory: join(folder, 'index') });
    let index = await open();
    return {
      index,
      reopen: async () => {
        await index.close();
        index = await open();
        return index;
      },
      dispose: async () => {
        await index.close();
        await rm(folder, { recursive: true });
      },
    };
  });
});
