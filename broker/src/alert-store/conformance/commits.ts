import assert from 'node:assert/strict';
import { toAlertId } from '../../model/ids.ts';
import type { ClaimApi } from './claim-api.ts';
import { allBytes, coneAt, ids, lineOf, messageOf, randomPoint, rejectionOf } from './samples.ts';
import { batchOf, LocusScene, pointOf, rowOf, seededRandom } from './scene.ts';
import { assertStored } from './stored.ts';

/** What commits do: order, repetition, clients side by side, a full disk. */
export function commitsClaims({ describe, claim, supports }: ClaimApi): void {
  describe('commits', () => {
    claim('the same batch twice leaves what the first left', async (store) => {
      const random = seededRandom(8);
      const [packet] = await store.stagePackets([allBytes()]);
      const giver = new LocusScene('ANT2025a', 10, 10);
      const locus = new LocusScene('ANT2025b', 10, 10);
      giver.bind('ZTF18giver');
      locus.bind('ZTF18taker');
      for (let i = 0; i < 70; i += 1) giver.add(randomPoint(random, `ztf_candidate:${i}`));
      await store.commit(batchOf({ loci: [giver.write()] }));
      giver.remove(3);
      giver.ra = 10.01;
      locus.add(randomPoint(random, 'ztf_candidate:3'), { packet });
      const batch = batchOf({
        loci: [giver.write(), locus.write()],
        unassociated: [rowOf(undefined, pointOf('lsst:1'))],
        schemas: new Map([['aaaaaaaaaaaaaaaa', '{}']]),
        rejections: [{ rejection: rejectionOf('r1', 5), packet }],
        progress: [{ sourceId: 's', ordinals: [3, 4], lowWater: 2 }],
        pending: [messageOf(7n)],
      });
      const state = async (): Promise<unknown> => ({
        loci: await store.getLoci([giver.ref, locus.ref]),
        rows: [await store.getAlertRows(giver.ref), await store.getAlertRows(locus.ref)],
        near: await store.findLociNear([coneAt(10, 10, 60)]),
        alerts: await store.findAlerts(ids('ztf_candidate:3', 'ztf_candidate:4', 'lsst:1')),
        alone: await store.scanUnassociatedAlerts(undefined, 100),
        totals: await store.totals(),
        rejections: await store.scanRejections(undefined, 100),
        progress: await store.getProgress('s'),
        pending: await store.listPending(),
        schemas: await store.listSchemas(),
      });
      await store.commit(batch);
      const first = await state();
      await store.commit(batch);
      assert.deepEqual(await state(), first);
      await assertStored(store, giver);
      await assertStored(store, locus);
    });

    claim(
      'a client sees each of its commits as soon as it is reported, and so do the others',
      async (store, subject) => {
        const other = await subject.another();
        const locus = new LocusScene('ANT2025c', 10, 10);
        for (let i = 0; i < 30; i += 1) {
          locus.add(pointOf(`ztf_candidate:${i}`));
          await store.commit(batchOf({ loci: [locus.write()] }));
          await assertStored(store, locus);
          await assertStored(other, locus);
        }
      },
    );

    claim('commits that are called one after the other without waiting take effect in that order', async (store) => {
      const locus = new LocusScene('ANT2025d', 10, 10);
      const commits: Promise<void>[] = [];
      for (let i = 0; i < 20; i += 1) {
        locus.add(pointOf(`ztf_candidate:${i}`));
        locus.properties = new Map([['n', BigInt(i)]]);
        commits.push(
          store.commit(
            batchOf({
              loci: [locus.write()],
              ledger: [lineOf({ received: 1, stored: 1 })],
              pending: [messageOf(BigInt(i))],
            }),
          ),
        );
      }
      await Promise.all(commits);
      await assertStored(store, locus);
      assert.equal((await store.listLedger())[0]!.received, 20);
      assert.equal((await store.listPending()).length, 20);
    });

    claim('several clients commit at the same time, each its own loci, and nothing is lost', async (store, subject) => {
      const clients = [store, await subject.another(), await subject.another()];
      const loci = await Promise.all(
        clients.map(async (client, number) => {
          const own = Array.from({ length: 5 }, (_, i) => new LocusScene(`ANT2025e${number}q${i}`, 10, 10));
          for (let round = 0; round < 12; round += 1) {
            for (const locus of own) {
              // New words in every round, from every client: the same and different ones.
              locus.properties.set(`property_of_all_${round}`, round);
              locus.properties.set(`property_of_${number}_${round}`, BigInt(round));
              locus.add(pointOf(`${locus.ref.locusId}:${round}`));
            }
            await client.commit(
              batchOf({ loci: own.map((locus) => locus.write()), ledger: [lineOf({ received: 5, stored: 5 })] }),
            );
          }
          return own;
        }),
      );
      for (const locus of loci.flat()) await assertStored(store, locus);
      assert.equal((await store.listLedger())[0]!.stored, 3 * 12 * 5);
      assert.deepEqual(await store.totals(), { loci: 15, alerts: 180, packets: 0 });
    });

    if (supports.atomicCommit) {
      claim('a reader never sees half a commit', async (store, subject) => {
        const reader = await subject.another();
        const loci = Array.from({ length: 20 }, (_, i) => new LocusScene(`ANT2025f${i}`, i * 18, i));
        let isDone = false;
        const writing = (async () => {
          for (let round = 0; round < 25; round += 1) {
            for (const locus of loci) {
              locus.properties = new Map([['round', BigInt(round)]]);
              locus.add(pointOf(`${locus.ref.locusId}:${round}`));
            }
            await store.commit(batchOf({ loci: loci.map((locus) => locus.write()) }));
          }
          isDone = true;
        })();
        let looks = 0;
        while (!isDone) {
          const found = await reader.getLoci(loci.map(({ ref }) => ref));
          const rounds = new Set(
            found.map((locus) => `${locus?.record.properties.get('round')}/${locus?.lightCurve.length}`),
          );
          assert.equal(rounds.size, 1, `a commit half-way: ${[...rounds].join(' ')}`);
          looks += 1;
          await new Promise((resolve) => setImmediate(resolve));
        }
        await writing;
        assert.ok(looks > 0);
      });
    }

    claim('on a full disk a batch is refused whole, and taken when there is room again', async (store, subject) => {
      const locus = new LocusScene('ANT2025g', 10, 10);
      locus.add(pointOf('ztf_candidate:1'));
      await store.commit(batchOf({ loci: [locus.write()] }));
      const [packet] = await store.stagePackets([allBytes()]);
      const other = new LocusScene('ANT2025h', 10, 10);
      other.bind('ZTF18full');
      other.add(pointOf('ztf_candidate:2'), { packet });
      const batch = batchOf({
        loci: [other.write()],
        ledger: [lineOf({ received: 1, stored: 1 })],
        progress: [{ sourceId: 's', ordinals: [0], lowWater: 0 }],
        pending: [messageOf(1n)],
      });
      subject.setFull(true);
      await assert.rejects(store.commit(batch), { code: 'ALERT_STORE_FULL' });
      await assert.rejects(store.stagePackets([allBytes()]), { code: 'ALERT_STORE_FULL' });
      assert.deepEqual(await store.findLoci([other.ref.locusId]), [undefined]);
      assert.deepEqual(await store.findAlerts(other.alertIds), [undefined]);
      assert.deepEqual(await store.listLedger(), []);
      assert.deepEqual(await store.listPending(), []);
      assert.deepEqual((await store.getProgress('s')).done, new Set());
      await assertStored(store, locus);
      subject.setFull(false);
      await store.commit(batch);
      await assertStored(store, other);
      assert.equal((await store.listLedger())[0]!.stored, 1);
      assert.deepEqual(await store.getPacket(toAlertId('ztf_candidate:2')), allBytes());
    });

    claim('an empty batch is a commit too', async (store) => {
      await store.commit(batchOf({}));
      assert.deepEqual(await store.totals(), { loci: 0, alerts: 0, packets: 0 });
    });
  });
}
