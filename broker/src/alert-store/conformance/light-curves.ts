import assert from 'node:assert/strict';
import type { ClaimApi } from './claim-api.ts';
import { ids, randomPoint } from './samples.ts';
import { batchOf, LocusScene, pointOf, seededRandom } from './scene.ts';
import { assertStored } from './stored.ts';

/** Alert ids of all shapes: as surveys make them, and as they might. */
const ALERT_IDS = [
  'ztf_candidate:1046434653315015001',
  'ztf_upper_limit:ZTF18abcdefg-1046434653315',
  'lsst:9223372036854775807',
  'lsst:18446744073709551615',
  'lsst:0',
  'lsst:7',
  'lsst:0012',
  'lsst:1000000000',
  'lsst:999999999',
  'lsst:123456789012345678901234567890',
  'ztf_forced:ZTF18abcdefg-59000.123',
  'no number at the end:x',
  'nocolon',
  'nocolon42',
  '42',
  'two:colons:17',
  'ünïcode:ß-5',
  'lsst:12-',
];

/** What light curves do. */
export function lightCurvesClaims({ describe, claim }: ClaimApi): void {
  describe('light curves', () => {
    for (const length of [1, 63, 64, 65, 256, 257, 700]) {
      claim(`${length} rows come back bit by bit, in order of arrival and in order of time`, async (store) => {
        const locus = new LocusScene('ANT2021a', 200, -30);
        const random = seededRandom(length);
        for (let i = 0; i < length; i += 1) locus.add(randomPoint(random, `ztf_candidate:${1000 + i}`));
        await store.commit(batchOf({ loci: [locus.write()] }));
        await assertStored(store, locus);
      });
    }

    claim('alert ids of every shape come back and are found', async (store) => {
      const locus = new LocusScene('ANT2021b', 200, -30);
      for (const id of ALERT_IDS) locus.add(pointOf(id));
      await store.commit(batchOf({ loci: [locus.write()] }));
      await assertStored(store, locus);
      const found = await store.findAlerts(ids(...ALERT_IDS));
      assert.deepEqual(
        found.map((address) => address?.row),
        ALERT_IDS.map((_id, row) => row),
      );
      // Neighbours of ids that are there are not.
      const others = [
        'lsst:00',
        'lsst:12',
        'lsst:012',
        'lsst:',
        '042',
        'nocolon4',
        'two:colons:',
        'lsst:9223372036854775806',
      ];
      assert.deepEqual(
        await store.findAlerts(ids(...others)),
        others.map(() => undefined),
      );
    });

    claim(
      'columns keep every bit: undefined values, minus zero, integers, single and double precision, the extremes',
      async (store) => {
        const numbers = [
          Number.NaN,
          0,
          -0,
          1,
          -1,
          127,
          -128,
          128,
          32_768,
          2 ** 31,
          -(2 ** 31),
          2 ** 53,
          0.1,
          Math.fround(0.1),
          Number.MIN_VALUE,
          Number.MAX_VALUE,
          -Number.MAX_VALUE,
          Number.POSITIVE_INFINITY,
          Number.NEGATIVE_INFINITY,
          Math.fround(3.4e38),
        ];
        // Every number beside every other, alone and with gaps: each pair is a curve of its own.
        const loci: LocusScene[] = [];
        for (let i = 0; i < numbers.length; i += 1) {
          for (let j = 0; j < numbers.length; j += 1) {
            const locus = new LocusScene(`ANT2021c${i}z${j}`, 200, -30);
            const [a, b] = [numbers[i]!, numbers[j]!];
            locus.add(pointOf(`${locus.ref.locusId}:0`, { mag: a, flux: a, referenceImage: a }));
            locus.add(pointOf(`${locus.ref.locusId}:1`, { mag: b, flux: Number.NaN, referenceImage: b }));
            locus.add(pointOf(`${locus.ref.locusId}:2`, { mag: a, flux: b, referenceImage: b }));
            loci.push(locus);
          }
        }
        await store.commit(batchOf({ loci: loci.map((locus) => locus.write()) }));
        for (const locus of loci) await assertStored(store, locus);
      },
    );

    claim(
      'a curve that grows, is corrected and loses rows over many commits stays what it is in memory',
      async (store, subject) => {
        const random = seededRandom(20_260);
        const locus = new LocusScene('ANT2021d', 180, 45);
        let made = 0;
        for (let commit = 0; commit < 60; commit += 1) {
          const added = Math.floor(random() * 12);
          for (let i = 0; i < added; i += 1) {
            made += 1;
            const id = random() < 0.3 ? `ztf_upper_limit:ZTF18abcdefg-${made}` : `ztf_candidate:${made}`;
            locus.add(randomPoint(random, id));
          }
          const standing = [...locus.rows.keys()];
          if (standing.length > 0 && random() < 0.5) {
            const row = standing[Math.floor(random() * standing.length)]!;
            locus.replace(row, randomPoint(random, locus.rows.get(row)!.point.alertId));
          }
          if (standing.length > 5 && random() < 0.3) locus.remove(standing[Math.floor(random() * standing.length)]!);
          await store.commit(batchOf({ loci: [locus.write()] }));
          await assertStored(store, locus);
        }
        await assertStored(await subject.reopen(), locus);
      },
    );

    claim(
      'a row that was removed is not found, its index stays taken, and its alert may come back in a later row',
      async (store) => {
        const locus = new LocusScene('ANT2021e', 1, 2);
        for (let i = 0; i < 4; i += 1) locus.add(pointOf(`ztf_candidate:${i}`, { mjd: 59_000 + i }));
        await store.commit(batchOf({ loci: [locus.write()] }));
        locus.remove(1);
        await store.commit(batchOf({ loci: [locus.write()] }));
        await assertStored(store, locus);
        assert.deepEqual(await store.findAlerts(ids('ztf_candidate:1')), [undefined]);
        assert.deepEqual(await store.getAlerts(ids('ztf_candidate:1')), [undefined]);
        locus.add(pointOf('ztf_candidate:1', { mjd: 59_001 }));
        await store.commit(batchOf({ loci: [locus.write()] }));
        await assertStored(store, locus);
        const [address] = await store.findAlerts(ids('ztf_candidate:1'));
        assert.equal(address?.row, 4);
      },
    );
  });
}
