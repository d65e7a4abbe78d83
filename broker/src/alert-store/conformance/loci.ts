import assert from 'node:assert/strict';
import { type LocusId, toAlertId } from '../../model/ids.ts';
import type { ClaimApi } from './claim-api.ts';
import { coneAt, everyKindOfProperty, ids } from './samples.ts';
import { batchOf, LocusScene, pointOf } from './scene.ts';
import { assertStored, readRecords, withMap } from './stored.ts';

/** What loci and their records do. */
export function lociClaims({ describe, claim }: ClaimApi): void {
  describe('loci', () => {
    claim('a new locus is found by its object, its id and its position, and read back in full', async (store) => {
      const locus = new LocusScene('ANT2020so7ia', 150, 2);
      const object = locus.bind('ZTF18abcdefg');
      locus.add(pointOf('ztf_candidate:1'));
      await store.commit(batchOf({ loci: [locus.write()] }));
      assert.deepEqual(await store.findLociByObject([object]), [locus.ref]);
      assert.deepEqual(await store.findLoci([locus.ref.locusId]), [locus.ref]);
      const [near] = await store.findLociNear([coneAt(150, 2, 1)]);
      assert.deepEqual(
        near!.map(({ ref }) => ref),
        [locus.ref],
      );
      assert.ok(near![0]!.separationArcsec < 1e-6);
      await assertStored(store, locus);
    });

    claim('what was never stored is not found, and the answers keep the order of the questions', async (store) => {
      const locus = new LocusScene('ANT2020b', 10, 10);
      const object = locus.bind('ZTF18b');
      locus.add(pointOf('ztf_candidate:1'));
      await store.commit(batchOf({ loci: [locus.write()] }));
      const stranger = new LocusScene('ANT2020c', 10, 10);
      assert.deepEqual(await store.findLociByObject([{ ...object, id: 'ZTF18bb' }, object]), [undefined, locus.ref]);
      assert.deepEqual(await store.findLociByObject([{ ...object, role: 'solar_system_object' }]), [undefined]);
      assert.deepEqual(await store.findLociByObject([{ ...object, survey: 'lsst' }]), [undefined]);
      assert.deepEqual(await store.findLoci(['ANT2020c' as LocusId, locus.ref.locusId]), [undefined, locus.ref]);
      assert.deepEqual(await store.findLociNear([coneAt(10, 10.01, 1)]), [[]]);
      assert.deepEqual(await store.findLociNear([]), []);
      const [missing, found] = await store.getLoci([stranger.ref, locus.ref]);
      assert.equal(missing, undefined);
      assert.deepEqual(withMap(found!.record), locus.record);
      const [nothing, record] = await store.getLocusRecords([stranger.ref, locus.ref]);
      assert.equal(nothing, undefined);
      assert.deepEqual(withMap(record!), locus.record);
      assert.deepEqual(await readRecords(store, [stranger.ref, locus.ref]), [undefined, locus.record]);
      assert.deepEqual(await store.findAlerts(ids('ztf_candidate:2', 'never:1')), [undefined, undefined]);
      assert.deepEqual(await store.getAlerts(ids('ztf_candidate:2')), [undefined]);
      assert.deepEqual(await store.getAlertRows(stranger.ref), []);
      assert.equal(await store.getPacket(toAlertId('ztf_candidate:2')), undefined);
      // Names that nothing can have, as an address typed by a user may hold.
      for (const text of ['x'.repeat(5_000), '\0', 'ANT']) {
        assert.deepEqual(await store.findLoci([text as LocusId]), [undefined]);
        assert.deepEqual(await store.findAlerts([toAlertId(text)]), [undefined]);
        assert.deepEqual(await store.findLociByObject([{ ...object, id: text }]), [undefined]);
        assert.equal(await store.getDocument(text), undefined);
        assert.equal(await store.getRejectedPacket(text), undefined);
        assert.equal(await store.getPacket(toAlertId(text)), undefined);
      }
    });

    claim('every part of a record comes back: order, types, extremes', async (store, subject) => {
      const locus = new LocusScene('ANT2020d', 359.999_999_999, -89.999);
      locus.bind('ZTF18zz');
      locus.bind('9223372036854775807', 'lsst');
      locus.bind('ZTF17aa');
      locus.tags = ['young', 'a_tag', 'zeta', 'tag with blanks', 'ärger'];
      locus.catalogMatches = [
        { list: 'gaia_dr3', objectId: '4295806720', row: 2 ** 31, separationArcsec: 0.1234567, radiusArcsec: 1 },
        { list: 'rc3', objectId: 'NGC 1', row: 0, separationArcsec: 33.3, radiusArcsec: 45.6 },
      ];
      locus.watchMatches = [{ list: 'mine', objectId: '', row: 17, separationArcsec: 0, radiusArcsec: 60 }];
      locus.properties = everyKindOfProperty();
      locus.add(pointOf('ztf_candidate:1'));
      await store.commit(batchOf({ loci: [locus.write()] }));
      await assertStored(store, locus);
      await assertStored(await subject.reopen(), locus);
    });

    claim('three as a float, as an integer and as text, and a flag, stay what they are', async (store) => {
      const locus = new LocusScene('ANT2020e', 1, 1);
      locus.properties = new Map<string, number | bigint | string | boolean>([
        ['float', 3],
        ['int', 3n],
        ['str', '3'],
        ['bool', true],
      ]);
      locus.add(pointOf('ztf_candidate:1'), { annotations: new Map(locus.properties) });
      await store.commit(batchOf({ loci: [locus.write()] }));
      const [found] = await store.getLoci([locus.ref]);
      assert.deepEqual(
        [...found!.record.properties].map(([name, value]) => [name, typeof value]),
        [
          ['float', 'number'],
          ['int', 'bigint'],
          ['str', 'string'],
          ['bool', 'boolean'],
        ],
      );
      const [row] = await store.getAlerts(locus.alertIds);
      assert.deepEqual(row!.annotations, locus.properties);
    });

    claim('an integer of more than 64 bits is refused and nothing of its batch is stored', async (store) => {
      for (const value of [2n ** 63n, -(2n ** 63n) - 1n]) {
        const good = new LocusScene('ANT2020f', 1, 1);
        good.add(pointOf('ztf_candidate:1'));
        const bad = new LocusScene('ANT2020g', 2, 2);
        bad.add(pointOf('ztf_candidate:2'));
        bad.properties = new Map([['too_large', value]]);
        await assert.rejects(store.commit(batchOf({ loci: [good.write(), bad.write()] })), TypeError);
        assert.deepEqual(await store.findLoci([good.ref.locusId, bad.ref.locusId]), [undefined, undefined]);
      }
    });

    claim('a later write replaces the record and leaves other loci alone', async (store) => {
      const one = new LocusScene('ANT2020h', 33, 3);
      const other = new LocusScene('ANT2020ha', 33, 3);
      for (const locus of [one, other]) {
        locus.bind(`object of ${locus.ref.locusId}`);
        locus.tags = ['first', 'second'];
        locus.properties = new Map<string, number | string>([
          ['stays', 1.5],
          ['goes', 'text'],
        ]);
        for (let i = 0; i < 5; i += 1) locus.add(pointOf(`${locus.ref.locusId}:${i}`));
      }
      await store.commit(batchOf({ loci: [one.write(), other.write()] }));
      one.tags = ['second'];
      one.properties = new Map([['stays', 2.5]]);
      one.add(pointOf(`${one.ref.locusId}:5`));
      await store.commit(batchOf({ loci: [one.write()] }));
      await assertStored(store, one);
      await assertStored(store, other);
    });

    claim('a locus that is read belongs to the reader: changing it changes nothing in the store', async (store) => {
      const locus = new LocusScene('ANT2020i', 5, 5);
      locus.properties = new Map([['x', 1]]);
      locus.add(pointOf('ztf_candidate:1'));
      await store.commit(batchOf({ loci: [locus.write()] }));
      const [found] = await store.getLoci([locus.ref]);
      found!.record.properties.set('x', 2);
      found!.lightCurve.append(pointOf('ztf_candidate:2'));
      await assertStored(store, locus);
    });

    claim('loci that were given back are empty, and take nothing from those that are in use', async (store) => {
      const loci = Array.from({ length: 60 }, (_, i) => new LocusScene(`ANT2020m${'abcdefgh'[i % 8]}${i}`, i, i / 2));
      for (const [i, locus] of loci.entries()) {
        locus.properties = new Map<string, number | string>([
          ['number', i],
          ['text', `of ${i}`],
        ]);
        for (let n = 0; n <= i; n += 1) locus.add(pointOf(`${locus.ref.locusId}:${n}`, { mag: 10 + i + n / 100 }));
      }
      await store.commit(batchOf({ loci: loci.map((locus) => locus.write()) }));
      const refs = loci.map(({ ref }) => ref);
      const curves = loci.map(({ lightCurve }) => [...lightCurve.mag.subarray(0, lightCurve.length)]);
      const read = async () => (await store.getLoci(refs)).map((locus) => locus!);
      const kept = await read();
      for (let round = 0; round < 20; round += 1) {
        const found = await read();
        const half = found.filter((_, i) => (i + round) % 2 === 0);
        store.release(half);
        store.release(half);
        for (const { lightCurve, record } of half) {
          assert.equal(lightCurve.length, 0);
          assert.equal(record.properties.size, 0);
          assert.equal(record.properties.get('number'), undefined);
        }
        const inUse = [...kept.entries(), ...[...found.entries()].filter(([, locus]) => !half.includes(locus))];
        for (const [i, { lightCurve, record }] of inUse) {
          assert.deepEqual([...lightCurve.mag.subarray(0, lightCurve.length)], curves[i]);
          assert.deepEqual([...record.properties], [...loci[i]!.properties]);
        }
      }
      await assertStored(store, loci.at(-1)!);
    });

    claim('a commit stores loci as they are when it is called, not as they become while it waits', async (store) => {
      const locus = new LocusScene('ANT2020j', 5, 5);
      locus.properties = new Map([['x', 1]]);
      locus.add(pointOf('ztf_candidate:1'));
      const first = store.commit(batchOf({ loci: [locus.write()] }));
      locus.add(pointOf('ztf_candidate:2'));
      locus.properties.set('x', 2);
      await first;
      const [found] = await store.getLoci([locus.ref]);
      assert.equal(found!.lightCurve.length, 1);
      assert.equal(found!.record.properties.get('x'), 1);
      assert.deepEqual(await store.findAlerts(ids('ztf_candidate:2')), [undefined]);
    });
  });
}
