import { deepStrictEqual, notDeepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import type { ClaimApi } from './claim-api.ts';
import { ask, documentOf, fill, idsOf } from './specimens.ts';

const CASES: readonly (readonly [title: string, sort: unknown, ids: string])[] = [
  ['without keys hits are in the order of ids', undefined, 'aa ab ac ad ae'],
  ['ascending, ties by id', 'properties.num_alerts', 'ad aa ab ac ae'],
  ['descending, ties by id', '-properties.num_alerts', 'ae ab ac aa ad'],
  ['missing values come last in ascending order', 'anomaly_score', 'ad ae aa ab ac'],
  ['missing values come last in descending order', '-anomaly_score', 'ae ad aa ab ac'],
  ['objects as at Elasticsearch', [{ 'properties.num_alerts': { order: 'desc' } }, { ra: 'desc' }], 'ae ac ab aa ad'],
  ['several keys in one text', '-num_alerts,-ra', 'ae ac ab aa ad'],
  ['text is sorted as text', '-properties.ztf_object_id', 'ac ab aa ad ae'],
  ['integers beyond 2^53 are sorted exactly', '-big_id', 'aa ab ac ad ae'],
  ['a list counts with its least element in ascending order', 'tags', 'aa ab ac ad ae'],
  ['a list counts with its greatest element in descending order', '-tags', 'ac aa ab ad ae'],
  ['flags: false before true', 'is_new', 'ab aa ac ad ae'],
  ['by id, descending', '-locus_id', 'ae ad ac ab aa'],
];

/** In which order hits come, and how pages go on. */
export function orderClaims({ describe, claim }: ClaimApi): void {
  describe('order', () => {
    for (const [title, sort, ids] of CASES) {
      claim(title, async (index) => {
        await fill(index);
        deepStrictEqual(idsOf(await ask(index, { sort })), ids.split(' '));
      });
      claim(`${title}: also page by page`, async (index) => {
        await fill(index);
        const pages: string[] = [];
        for (let from = 0; from < 6; from += 2) pages.push(...idsOf(await ask(index, { sort, from, size: 2 })));
        deepStrictEqual(pages, ids.split(' '));
      });
      claim(`${title}: also from the last hit on`, async (index) => {
        await fill(index);
        const pages: string[] = [];
        let page = await ask(index, { sort, size: 2 });
        while (page.hits.length > 0) {
          pages.push(...idsOf(page));
          page = await ask(index, { sort, size: 2, search_after: page.hits.at(-1)!.sort });
          strictEqual(page.total, 5);
        }
        deepStrictEqual(pages, ids.split(' '));
      });
    }
    claim('values of different kinds: numbers, then text, then flags, then missing', async (index) => {
      const mixed = ['b', true, 2, undefined, 1n, false, 'a', 1.5];
      await index.put(
        mixed.map((value, i) => documentOf(`l${i}`, { properties: value === undefined ? {} : { mixed: value } })),
      );
      deepStrictEqual(idsOf(await ask(index, { sort: 'mixed' })), ['l4', 'l7', 'l2', 'l6', 'l0', 'l5', 'l1', 'l3']);
      deepStrictEqual(idsOf(await ask(index, { sort: '-mixed' })), ['l1', 'l5', 'l0', 'l6', 'l2', 'l7', 'l4', 'l3']);
    });
    claim('a hit says what it was sorted by, its id last', async (index) => {
      await fill(index);
      const { hits } = await ask(index, { sort: '-num_alerts,anomaly_score,ra,is_new', size: 2 });
      deepStrictEqual(
        hits.map(({ sort }) => sort),
        [
          [40n, 1, 359.5, undefined, 'ANT2021ae'],
          [7n, undefined, 20, false, 'ANT2020ab'],
        ],
      );
    });
    claim('size 0 gives no hits and the exact number', async (index) => {
      await fill(index);
      const { hits, total } = await ask(index, { size: 0 });
      deepStrictEqual([hits.length, total], [0, 5]);
    });
  });

  describe('scores', () => {
    const random = (seed: unknown): unknown => ({ query: { function_score: { random_score: { seed } } } });
    claim('a seed gives one order, another seed another', async (index) => {
      const many = Array.from({ length: 40 }, (_, i) => documentOf(`l${i}`));
      await index.put(many);
      const first = idsOf(await ask(index, { ...(random(1) as object), size: 40 }));
      deepStrictEqual(idsOf(await ask(index, { ...(random(1) as object), size: 40 })), first);
      notDeepStrictEqual(idsOf(await ask(index, { ...(random(2) as object), size: 40 })), first);
      notDeepStrictEqual([...first].sort(), first);
    });
    claim('pages of a random order do not repeat', async (index) => {
      await index.put(Array.from({ length: 40 }, (_, i) => documentOf(`l${i}`)));
      const seen: string[] = [];
      for (let from = 0; from < 40; from += 7) {
        seen.push(...idsOf(await ask(index, { ...(random('x') as object), from, size: 7 })));
      }
      strictEqual(new Set(seen).size, 40);
    });
    claim('random scores lie in [0, 1) and hits come from the highest down', async (index) => {
      await fill(index);
      const scores = (await ask(index, random(7))).hits.map(({ score }) => score);
      ok(scores.every((score) => score >= 0 && score < 1));
      deepStrictEqual(
        [...scores].sort((a, b) => b - a),
        scores,
      );
    });
    claim('scores of matching clauses add up', async (index) => {
      await fill(index);
      const constant = (name: string, boost: number): unknown => ({
        constant_score: { filter: { term: { tags: name } }, boost },
      });
      const { hits } = await ask(index, {
        query: {
          bool: { should: [constant('extragalactic', 1), constant('high_snr', 2), constant('nuclear_transient', 1.5)] },
        },
      });
      deepStrictEqual(
        hits.map(({ ref, score }) => [ref.locusId, score]),
        [
          ['ANT2020aa', 3],
          ['ANT2021ac', 1.5],
          ['ANT2020ab', 1],
        ],
      );
    });
    claim('a query without scores gives 0', async (index) => {
      await fill(index);
      deepStrictEqual(new Set((await ask(index, {})).hits.map(({ score }) => score)), new Set([0]));
    });
  });
}
