import { describe, expect, it } from 'vitest';
import type { AntaresError } from '../../../src/model/errors.ts';
import { ColumnarSearchIndex } from '../../../src/search-index/columnar/columnar-search-index.ts';
import { parseSearchBody } from '../../../src/search-index/query/parse-search-body.ts';
import { ScanSearchIndex } from '../../../src/search-index/scan/scan-search-index.ts';
import type { SearchIndex, SearchRequest, SearchResult } from '../../../src/search-index/search-index.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { RandomSearch } from '../random-search.ts';

/** Seed, loci at most, puts, searches. The larger ones fill several chunks. */
const RUNS = [
  [20_261_126, 40, 200, 400],
  [2, 300, 500, 400],
  [3, 3000, 12_000, 60],
] as const;

describe('index and plain scan give the same answers', () => {
  for (const [seed, loci, puts, searches] of RUNS) {
    it(`to random searches over random documents, changed and removed (seed ${seed}, ${loci} loci)`, async () => {
      const random = new RandomSearch(seed);
      const { path, dispose } = await temporaryFolder();
      let index = await ColumnarSearchIndex.open({ directory: path });
      const scan = new ScanSearchIndex();
      const rounds = 4;
      for (let round = 0; round < rounds; round += 1) {
        const documents = Array.from({ length: puts / rounds }, () => random.document(loci));
        const gone = documents.filter(() => random.below(5) === 0).map(({ ref }) => ref.locusId);
        await index.put(documents);
        await scan.put(documents);
        for (const each of [index, scan]) {
          await each.remove(gone);
          await each.defineProperties([
            { name: 'rare', type: 'float' },
            { name: 'big', type: 'int' },
          ]);
        }
        if (round % 2 === 1) {
          await index.checkpoint(`round ${round}`);
          await index.close();
          index = await ColumnarSearchIndex.open({ directory: path });
        }
        expect(await index.size()).toBe(await scan.size());
        expect(await index.fields()).toEqual(await scan.fields());
        for (let i = 0; i < searches / rounds; i += 1) {
          const search = random.search();
          const request = parseSearchBody(search, { form: 'own', seed: () => 'seed' });
          await compare(index, scan, request, search);
        }
      }
      await index.close();
      await dispose();
    });
  }
});

async function compare(index: SearchIndex, scan: SearchIndex, request: SearchRequest, search: unknown): Promise<void> {
  const [got, wanted] = [await answer(index, request), await answer(scan, request)];
  const what = JSON.stringify(search, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
  if (got instanceof Error || wanted instanceof Error) {
    expect((got as AntaresError).code, what).toBe((wanted as AntaresError).code);
    expect((got as AntaresError).message, what).toBe((wanted as AntaresError).message);
    return;
  }
  expect(got.total, what).toBe(wanted.total);
  expect(got.hits, what).toEqual(wanted.hits);
  expect(rounded(got.aggregations), what).toEqual(rounded(wanted.aggregations));
  const last = wanted.hits.at(-1);
  if (last === undefined) return;
  const next: SearchRequest = { ...request, from: 0, searchAfter: last.sort };
  expect((await index.search(next)).hits, `after ${String(last.sort)}: ${what}`).toEqual(
    (await scan.search(next)).hits,
  );
}

async function answer(index: SearchIndex, request: SearchRequest): Promise<SearchResult | Error> {
  try {
    return await index.search(request);
  } catch (error) {
    return error as Error;
  }
}

/** Sums of doubles depend on the order in which they are added: 12 digits of them are compared. */
function rounded(value: unknown): unknown {
  if (typeof value === 'number') return Number(value.toPrecision(12)) + 0;
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, rounded(each)]));
}
