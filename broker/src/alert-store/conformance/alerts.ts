import assert from 'node:assert/strict';
import { toAlertId, toProvenanceId } from '../../model/ids.ts';
import type { AlertRow } from '../alert-store.ts';
import type { ClaimApi } from './claim-api.ts';
import { allBytes, everyKindOfProperty, ids } from './samples.ts';
import { batchOf, completedRow, LocusScene, pointOf, rowOf } from './scene.ts';
import { assertStored, collect } from './stored.ts';

/** What alerts do, with a locus and without one. */
export function alertsClaims({ describe, claim }: ClaimApi): void {
  describe('alerts', () => {
    claim(
      'rows of a locus come in order of arrival, with body, times, annotations and provenance as written',
      async (store) => {
        const locus = new LocusScene('ANT2022a', 77, -7);
        locus.add(pointOf('lsst:3', { mjd: 60_003 }), {
          body: { schemaId: 'aaaaaaaaaaaaaaaa', part: 'prvDiaSources', bytes: new Uint8Array(0) },
          receivedAt: 0.125,
          sentAt: 0,
          provenanceId: toProvenanceId('another provenance'),
          annotations: everyKindOfProperty(),
        });
        locus.add(pointOf('lsst:1', { mjd: 60_001, kind: 'forced', ra: Number.NaN, dec: Number.NaN }));
        locus.add(pointOf('lsst:2', { mjd: 60_002, kind: 'upper_limit', passband: 'R', surveyNumber: 2 }), {
          body: { schemaId: 'bbbbbbbbbbbbbbbb', part: '', bytes: allBytes() },
        });
        await store.commit(batchOf({ loci: [locus.write()] }));
        assert.deepEqual(await store.getAlertRows(locus.ref), [...locus.rows.values()].map(completedRow));
        assert.deepEqual(await store.findAlerts(ids('lsst:2', 'lsst:3')), [
          { ref: locus.ref, row: 2, kind: 'upper_limit' },
          { ref: locus.ref, row: 0, kind: 'candidate' },
        ]);
      },
    );

    claim('a history row becomes the full alert under the same id and row', async (store) => {
      const locus = new LocusScene('ANT2022b', 77, -7);
      const row = locus.add(pointOf('ztf_candidate:9', { kind: 'history', magLimit: Number.NaN }));
      await store.commit(batchOf({ loci: [locus.write()] }));
      assert.deepEqual(await store.findAlerts(locus.alertIds), [{ ref: locus.ref, row, kind: 'history' }]);
      const [packet] = await store.stagePackets([allBytes()]);
      locus.replace(row, pointOf('ztf_candidate:9'), { packet, annotations: new Map([['new', 1n]]) });
      await store.commit(batchOf({ loci: [locus.write()] }));
      assert.deepEqual(await store.findAlerts(locus.alertIds), [{ ref: locus.ref, row, kind: 'candidate' }]);
      await assertStored(store, locus);
      assert.deepEqual(await store.getPacket(toAlertId('ztf_candidate:9')), allBytes());
      assert.deepEqual(await store.totals(), { loci: 1, alerts: 1, packets: 1 });
    });

    for (const order of ['giver first', 'taker first'] as const) {
      claim(`an alert moves from one locus to another in one commit (${order})`, async (store) => {
        const giver = new LocusScene('ANT2022c', 50, 50);
        const taker = new LocusScene('ANT2022d', 50.001, 50);
        const [packet] = await store.stagePackets([allBytes()]);
        giver.add(pointOf('ztf_candidate:1'));
        giver.add(pointOf('ztf_candidate:2'), { packet });
        taker.add(pointOf('ztf_candidate:3'));
        await store.commit(batchOf({ loci: [giver.write(), taker.write()] }));
        giver.remove(1);
        taker.add(pointOf('ztf_candidate:2'), { packet });
        const writes = [giver.write(), taker.write()];
        await store.commit(batchOf({ loci: order === 'giver first' ? writes : writes.reverse() }));
        assert.deepEqual(await store.findAlerts(ids('ztf_candidate:2')), [
          { ref: taker.ref, row: 1, kind: 'candidate' },
        ]);
        await assertStored(store, giver);
        await assertStored(store, taker);
        assert.deepEqual(await store.getPacket(toAlertId('ztf_candidate:2')), allBytes());
        assert.deepEqual(await store.totals(), { loci: 2, alerts: 3, packets: 1 });
      });
    }

    claim(
      'an alert that went to another locus in an earlier commit is still found after its old locus lets it go',
      async (store) => {
        const giver = new LocusScene('ANT2022e', 50, 50);
        const taker = new LocusScene('ANT2022f', 50.001, 50);
        giver.add(pointOf('ztf_candidate:1'));
        await store.commit(batchOf({ loci: [giver.write()] }));
        taker.add(pointOf('ztf_candidate:1'));
        await store.commit(batchOf({ loci: [taker.write()] }));
        giver.remove(0);
        await store.commit(batchOf({ loci: [giver.write()] }));
        assert.deepEqual(await store.findAlerts(ids('ztf_candidate:1')), [
          { ref: taker.ref, row: 0, kind: 'candidate' },
        ]);
        await assertStored(store, taker);
      },
    );

    claim(
      'an alert without a locus is stored in full, until a locus takes it; then it is never taken back',
      async (store) => {
        const [packet] = await store.stagePackets([allBytes()]);
        const alone = rowOf(undefined, pointOf('ztf_candidate:5'), { packet, annotations: everyKindOfProperty() });
        const limit = rowOf(undefined, pointOf('ztf_upper_limit:ZTF18a-7', { kind: 'upper_limit', ra: Number.NaN }));
        await store.commit(batchOf({ unassociated: [alone, limit] }));
        assert.deepEqual(await store.findAlerts(ids('ztf_candidate:5', 'ztf_upper_limit:ZTF18a-7')), [
          { ref: undefined, row: -1, kind: 'candidate' },
          { ref: undefined, row: -1, kind: 'upper_limit' },
        ]);
        assert.deepEqual(await store.getAlerts(ids('ztf_candidate:5')), [completedRow(alone)]);
        assert.deepEqual(await store.getPacket(toAlertId('ztf_candidate:5')), allBytes());
        const all = await collect((token, size) => store.scanUnassociatedAlerts(token, size), 1);
        assert.deepEqual(byAlertId(all), byAlertId([completedRow(alone), completedRow(limit)]));
        assert.deepEqual(await store.totals(), { loci: 0, alerts: 2, packets: 1 });

        const locus = new LocusScene('ANT2022g', 150, 2);
        locus.add(pointOf('ztf_candidate:5'), { packet });
        await store.commit(batchOf({ loci: [locus.write()] }));
        await store.commit(batchOf({ unassociated: [alone] }));
        await assertStored(store, locus);
        const rest = await collect((token, size) => store.scanUnassociatedAlerts(token, size), 10);
        assert.deepEqual(byAlertId(rest), [completedRow(limit)]);
        assert.deepEqual(await store.totals(), { loci: 1, alerts: 2, packets: 1 });
      },
    );
  });
}

function byAlertId(rows: readonly AlertRow[]): AlertRow[] {
  return [...rows].sort((a, b) => (a.point.alertId < b.point.alertId ? -1 : 1));
}
