import assert from 'node:assert/strict';
import { toProvenanceId } from '../../model/ids.ts';
import type { PropertyDefinition } from '../../model/property.ts';
import type { CrashRecord } from '../alert-store.ts';
import type { ClaimApi } from './claim-api.ts';
import { batchOf } from './scene.ts';

/** What schemas, properties, provenance, crashes and documents do. */
export function smallTablesClaims({ describe, claim }: ClaimApi): void {
  describe('the small tables', () => {
    claim('schemas are kept under their ids, and one that is known is left alone', async (store, subject) => {
      await store.putSchemas(new Map([['a', 'text of a']]));
      await store.commit(
        batchOf({
          schemas: new Map([
            ['a', 'another'],
            ['b', 'text of b'],
          ]),
        }),
      );
      await store.putSchemas(new Map([['b', 'another']]));
      const expected = new Map([
        ['a', 'text of a'],
        ['b', 'text of b'],
      ]);
      assert.deepEqual(await store.listSchemas(), expected);
      assert.deepEqual(await (await subject.reopen()).listSchemas(), expected);
    });

    claim('a property that is defined keeps its first type, whoever defines it again', async (store, subject) => {
      const other = await subject.another();
      const first = definitionOf('ant_mag', 'float');
      assert.deepEqual(await store.defineProperties([first]), [first]);
      const answers = await other.defineProperties([definitionOf('ant_mag', 'str'), definitionOf('new', 'int')]);
      assert.deepEqual(answers, [first, definitionOf('new', 'int')]);
      const [a, b] = await Promise.all([
        store.defineProperties([definitionOf('raced', 'int')]),
        other.defineProperties([definitionOf('raced', 'str')]),
      ]);
      assert.deepEqual(a, b);
      const all = await (await subject.reopen()).listProperties();
      assert.deepEqual(all.map(({ name }) => name).sort(), ['ant_mag', 'new', 'raced']);
    });

    claim('a provenance is kept as it was first written', async (store) => {
      const id = toProvenanceId('p1');
      assert.equal(await store.getProvenance(id), undefined);
      await store.putProvenance(id, '{"version":1}');
      await store.putProvenance(id, '{"version":2}');
      assert.equal(await store.getProvenance(id), '{"version":1}');
    });

    claim('crashes come newest first, as many as asked for', async (store, subject) => {
      for (const at of [50.5, 10, 99, 20]) await store.putCrash(crashOf(at));
      await store.putCrash(crashOf(99));
      const reader = await subject.reopen();
      assert.deepEqual(await reader.listCrashes(3), [crashOf(99), crashOf(50.5), crashOf(20)]);
      assert.equal((await reader.listCrashes(100)).length, 4);
      assert.deepEqual(await reader.listCrashes(0), []);
    });

    claim('documents are replaced under their name and listed by the beginning of it', async (store, subject) => {
      await store.putDocument('filters/a', '1');
      await store.putDocument('filters/b', 'ünï');
      await store.putDocument('filter', 'x');
      await store.putDocument('catalogs', '');
      await store.putDocument('filters/a', '2');
      const reader = await subject.reopen();
      assert.equal(await reader.getDocument('filters/a'), '2');
      assert.equal(await reader.getDocument('catalogs'), '');
      assert.equal(await reader.getDocument('nothing'), undefined);
      assert.deepEqual(
        await reader.listDocuments('filters/'),
        new Map([
          ['filters/a', '2'],
          ['filters/b', 'ünï'],
        ]),
      );
      assert.equal((await reader.listDocuments('')).size, 4);
    });
  });
}

function definitionOf(name: string, type: PropertyDefinition['type']): PropertyDefinition {
  return { name, type, subject: 'locus', origin: 'antares', description: `what ${name} is` };
}

function crashOf(at: number): CrashRecord {
  return {
    crashLogId: `crash at ${at}`,
    filter: 'a filter',
    locusId: 'ANT2020so7ia',
    alertId: 'ztf_candidate:1',
    at,
    error: { type: 'RangeError', message: 'm', traceback: 'line\nline' },
  };
}
