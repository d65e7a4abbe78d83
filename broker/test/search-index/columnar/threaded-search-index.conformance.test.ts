import { rejects } from 'node:assert/strict';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type * as Threaded from '../../../src/search-index/columnar/threaded-search-index.ts';
import { ask, documentOf, fill } from '../../../src/search-index/conformance/specimens.ts';
import { searchIndexConformance } from '../../../src/search-index/conformance.ts';
import { BUILT } from '../../built.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

const { ThreadedSearchIndex } = (await import(
  new URL('search-index/columnar/threaded-search-index.js', BUILT).href
)) as typeof Threaded;

describe('the columnar index in its thread', () => {
  searchIndexConformance({ describe, it }, async () => {
    const { path, dispose } = await temporaryFolder();
    const open = (): Promise<Threaded.ThreadedSearchIndex> =>
      ThreadedSearchIndex.open({ directory: join(path, 'index') });
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
        await dispose();
      },
    };
  });

  it('answers nothing any more when it is closed, with a code', async () => {
    const index = await ThreadedSearchIndex.open({ directory: undefined });
    await index.close();
    await index.close();
    await rejects(index.size(), { code: 'SEARCH_INDEX_UNREACHABLE' });
  });

  it('searches see all documents of a put or none of them', async () => {
    const index = await ThreadedSearchIndex.open({ directory: undefined });
    const many = Array.from({ length: 20_000 }, (_, i) => documentOf(`l${i}`, { tags: ['x'] }));
    const put = index.put(many);
    const totals = await Promise.all(Array.from({ length: 10 }, async () => (await ask(index, { size: 0 })).total));
    await put;
    expect(totals.every((total) => total === 0 || total === many.length)).toBe(true);
    await index.close();
  });

  it('a search in the middle of a checkpoint is answered, and a put waits for its end', async () => {
    const { path, dispose } = await temporaryFolder();
    const index = await ThreadedSearchIndex.open({ directory: join(path, 'index') });
    await fill(index);
    const checkpoint = index.checkpoint('p');
    const put = index.put([documentOf('later')]);
    expect((await ask(index, {})).total).toBeGreaterThanOrEqual(5);
    await Promise.all([checkpoint, put]);
    await index.close();
    const again = await ThreadedSearchIndex.open({ directory: join(path, 'index') });
    expect([await again.size(), again.position]).toEqual([5, 'p']);
    await again.close();
    await dispose();
  });
});
