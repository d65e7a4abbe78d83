import { deepStrictEqual, rejects, strictEqual } from 'node:assert/strict';
import type { ClaimApi } from './claim-api.ts';
import { ask, documentOf, fill, found, idsOf, SPECIMENS } from './specimens.ts';

const tagged = (tag: string): unknown => ({ term: { tags: tag } });

/** How documents come, change and go. */
export function documentClaims({ describe, claim }: ClaimApi): void {
  describe('documents', () => {
    claim('an empty index answers', async (index) => {
      const { hits, total } = await ask(index, {});
      deepStrictEqual([hits, total, await index.size(), index.position], [[], 0, 0, undefined]);
    });
    claim('the same document twice is there once', async (index) => {
      await fill(index);
      await fill(index);
      strictEqual(await index.size(), SPECIMENS.length);
      strictEqual((await ask(index, {})).total, SPECIMENS.length);
    });
    claim('of the same locus twice in one put the last counts', async (index) => {
      await index.put([documentOf('a', { tags: ['x'] }), documentOf('a', { tags: ['y'] })]);
      deepStrictEqual([await found(index, tagged('x')), await found(index, tagged('y'))], [[], ['a']]);
    });
    claim('a document replaces the one of the same locus, properties that are gone included', async (index) => {
      await fill(index);
      await index.put([documentOf('ANT2020aa', { ra: 1, dec: 1, tags: ['new'], properties: { num_alerts: 4n } })]);
      deepStrictEqual(await found(index, tagged('high_snr')), []);
      deepStrictEqual(await found(index, tagged('new')), ['aa']);
      deepStrictEqual(await found(index, { exists: { field: 'is_new' } }), ['ab']);
      deepStrictEqual(await found(index, { term: { ztf_object_id: 'ZTF20aaaaaaa' } }), []);
      deepStrictEqual(await found(index, { term: { 'survey.ztf.id': 'ZTF20aaaaaaa' } }), []);
      deepStrictEqual(await found(index, { term: { num_alerts: 4 } }), ['aa']);
    });
    claim('a property may change its type', async (index) => {
      await index.put([documentOf('a', { properties: { p: 1n } })]);
      await index.put([documentOf('a', { properties: { p: 'one' } })]);
      deepStrictEqual(await found(index, { term: { p: 1 } }), []);
      deepStrictEqual(await found(index, { term: { p: 'one' } }), ['a']);
    });
    claim('what is removed is gone, and its place is used again', async (index) => {
      await fill(index);
      await index.remove(['ANT2020aa', 'ANT2021ac', 'nothing']);
      strictEqual(await index.size(), 3);
      deepStrictEqual(await found(index, { match_all: {} }), ['ab', 'ad', 'ae']);
      deepStrictEqual(await found(index, tagged('nuclear_transient')), []);
      await index.put([documentOf('ANT2022af'), documentOf('ANT2022ag', { tags: ['z'] })]);
      deepStrictEqual(await found(index, { match_all: {} }), ['ab', 'ad', 'ae', 'af', 'ag']);
      deepStrictEqual(await found(index, { exists: { field: 'num_alerts' } }), ['ab', 'ad', 'ae']);
      deepStrictEqual(await found(index, tagged('z')), ['ag']);
    });
    claim('a document that is nowhere on the sky is refused with all that came with it', async (index) => {
      const code = 'SKY_POSITION_OUT_OF_RANGE';
      for (const [ra, dec] of [
        [Number.NaN, 0],
        [360, 0],
        [0, 91],
      ] as const) {
        await rejects(index.put([documentOf('a'), { ...documentOf('b'), ra, dec }]), { code });
      }
      strictEqual(await index.size(), 0);
    });
    claim('numbers that are none are missing', async (index) => {
      await index.put([
        documentOf('a', { properties: { p: Number.NaN } }),
        documentOf('b', { properties: { p: Number.POSITIVE_INFINITY } }),
        documentOf('c', { properties: { p: -0 } }),
      ]);
      deepStrictEqual(await found(index, { exists: { field: 'p' } }), ['c']);
      deepStrictEqual(await found(index, { term: { p: 0 } }), ['c']);
    });
    claim('every double and every integer of 64 bits comes back as it was', async (index) => {
      const values = [0.1, 1 / 3, 5e-324, -1.7976931348623157e308, 2 ** 53, 32_767, -32_768, -2_147_483_648, 65_504.5];
      const integers = [-(2n ** 63n), 2n ** 63n - 1n, -32_768n, 32_768n, 2_147_483_648n, -2_147_483_648n, 0n];
      await index.put([
        ...values.map((p, i) => documentOf(`d${i}`, { properties: { p } })),
        ...integers.map((q, i) => documentOf(`i${i}`, { properties: { q } })),
      ]);
      for (const [i, p] of values.entries()) {
        deepStrictEqual(await found(index, { term: { p } }), [`d${i}`]);
        deepStrictEqual((await ask(index, { query: { ids: { values: [`d${i}`] } }, sort: 'p' })).hits[0]!.sort[0], p);
      }
      for (const [i, q] of integers.entries()) {
        deepStrictEqual(await found(index, { term: { q } }), [`i${i}`]);
        deepStrictEqual((await ask(index, { query: { ids: { values: [`i${i}`] } }, sort: 'q' })).hits[0]!.sort[0], q);
      }
    });
    claim('names and texts of any letters are found', async (index) => {
      const texts = ['', ' ', 'Ünïcödé ☄', '\u{1f52d}', 'a\u0000b', 'x'.repeat(200), '\uffff'];
      await index.put(texts.map((text, i) => documentOf(`l${i}`, { tags: [text], properties: { 'a b.c': text } })));
      for (const [i, text] of texts.entries()) {
        deepStrictEqual(await found(index, tagged(text)), [`l${i}`]);
        deepStrictEqual(await found(index, { term: { 'properties.a b.c': text } }), [`l${i}`]);
      }
      deepStrictEqual(idsOf(await ask(index, { sort: '-properties.a b.c', size: 2 })), ['l3', 'l6']);
    });
    claim('a property called like a member of every object is one like any other', async (index) => {
      await index.put([
        documentOf('a', {
          properties: Object.fromEntries([
            ['__proto__', 1n],
            ['constructor', 'c'],
          ]),
        }),
        documentOf('b'),
      ]);
      deepStrictEqual(await found(index, { range: { ['__proto__']: { gte: 1 } } }), ['a']);
      deepStrictEqual(await found(index, { exists: { field: 'constructor' } }), ['a']);
    });
    claim('fields are listed with type and number of documents', async (index) => {
      await fill(index);
      await index.defineProperties([{ name: 'never_seen', type: 'str' }]);
      const fields = await index.fields();
      const names = fields.map(({ name }) => name);
      deepStrictEqual([...names].sort(), names);
      const of = (name: string): unknown => fields.find((field) => field.name === name);
      deepStrictEqual(of('tags'), { name: 'tags', type: 'keyword', documents: 3 });
      deepStrictEqual(of('ra'), { name: 'ra', type: 'position', documents: 5 });
      deepStrictEqual(of('properties.num_alerts'), { name: 'properties.num_alerts', type: 'int', documents: 5 });
      deepStrictEqual(of('properties.anomaly_score'), {
        name: 'properties.anomaly_score',
        type: 'float',
        documents: 2,
      });
      deepStrictEqual(of('properties.is_new'), { name: 'properties.is_new', type: 'bool', documents: 2 });
      deepStrictEqual(of('properties.year'), { name: 'properties.year', type: 'str', documents: 2 });
      deepStrictEqual(of('properties.never_seen'), { name: 'properties.never_seen', type: 'str', documents: 0 });
      deepStrictEqual(of('properties.survey.lsst.dia_object_id'), {
        name: 'properties.survey.lsst.dia_object_id',
        type: 'keyword',
        documents: 1,
      });
    });
    claim('a checkpoint says its position, and a restart begins with it', async (index, { reopen }) => {
      await fill(index);
      await index.remove(['ANT2020ab']);
      await index.checkpoint('position 17');
      strictEqual(index.position, 'position 17');
      if (reopen === undefined) return;
      const all = await ask(index, { sort: '-num_alerts,tags', size: 100 });
      const fields = await index.fields();
      const again = await reopen();
      strictEqual(again.position, 'position 17');
      strictEqual(await again.size(), 4);
      deepStrictEqual(await ask(again, { sort: '-num_alerts,tags', size: 100 }), all);
      deepStrictEqual(await again.fields(), fields);
      await again.put([documentOf('ANT2022af', { tags: ['z'] })]);
      deepStrictEqual(await found(again, { match_all: {} }), ['aa', 'ac', 'ad', 'ae', 'af']);
    });
    claim('what came after the last checkpoint is not there after a restart', async (index, { reopen }) => {
      if (reopen === undefined) return;
      await fill(index);
      await index.checkpoint('one');
      await index.remove(['ANT2020aa']);
      await index.checkpoint('two');
      await index.put([documentOf('ANT2022zz')]);
      const again = await reopen();
      strictEqual(again.position, 'two');
      deepStrictEqual(await found(again, { match_all: {} }), ['ab', 'ac', 'ad', 'ae']);
    });
  });
}
