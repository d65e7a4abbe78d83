import { describe, expect, it } from 'vitest';
import { ColumnarSearchIndex } from '../../../src/search-index/columnar/columnar-search-index.ts';
import { ScanSearchIndex } from '../../../src/search-index/scan/scan-search-index.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { compareAnswers } from '../compare-answers.ts';
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
          await compareAnswers(index, scan, search);
        }
      }
      await index.close();
      await dispose();
    });
  }
});
