import assert from 'node:assert/strict';
import { type AlertId, type LocusId, toAlertId, toProvenanceId } from '../model/ids.ts';
import type { LightCurvePoint } from '../model/light-curve.ts';
import type { Properties, PropertyDefinition } from '../model/property.ts';
import { toUnitVector } from '../sky/position.ts';
import { separationArcsec } from '../sky/separation.ts';
import type {
  AlertRow,
  AlertStore,
  AlertStoreSupport,
  CrashRecord,
  LedgerEntry,
  NearQuery,
  Page,
  PendingMessage,
  Rejection,
} from './alert-store.ts';
import { batchOf, completed, completedRow, LocusScene, pointOf, rowOf, seededRandom } from './conformance-scene.ts';

/** The calls of a test framework that the suite needs. */
export interface TestApi {
  describe(title: string, define: () => void): void;
  it(title: string, run: () => Promise<void>): void;
}

/** A store to be tried, empty at first. */
export interface AlertStoreUnderTest {
  /** The client that most of the suite uses. */
  readonly store: AlertStore;
  /** Another client of the same store, such as another thread or machine has. */
  another(): Promise<AlertStore>;
  /** Closes every client and opens the store again, as a restart does. */
  reopen(): Promise<AlertStore>;
  /** Makes the store behave as if its disk were full, or no longer so. */
  setFull(isFull: boolean): void;
  dispose(): Promise<void>;
}

/** Makes stores of one adapter. */
export interface AlertStoreFactory {
  readonly supports: AlertStoreSupport;
  create(): Promise<AlertStoreUnderTest>;
}

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

/**
 * What every alert store does, whatever is behind it: calls `it` once a claim.
 *
 * @param api      the test framework
 * @param factory  the adapter to be tried
 */
export function alertStoreConformance({ describe, it }: TestApi, factory: AlertStoreFactory): void {
  const withStore =
    (body: (subject: AlertStoreUnderTest, store: AlertStore) => Promise<void>): (() => Promise<void>) =>
    async () => {
      const subject = await factory.create();
      try {
        await body(subject, subject.store);
      } finally {
        await subject.dispose();
      }
    };

  describe('loci', () => {
    it(
      'a new locus is found by its object, its id and its position, and read back in full',
      withStore(async (_, store) => {
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
      }),
    );

    it(
      'what was never stored is not found, and the answers keep the order of the questions',
      withStore(async (_, store) => {
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
        assert.deepEqual(found!.record, locus.record);
        assert.deepEqual(await store.findAlerts(ids('ztf_candidate:2', 'never:1')), [undefined, undefined]);
        assert.deepEqual(await store.getAlerts(ids('ztf_candidate:2')), [undefined]);
        assert.deepEqual(await store.getAlertRows(stranger.ref), []);
        assert.equal(await store.getPacket(toAlertId('ztf_candidate:2')), undefined);
      }),
    );

    it(
      'every part of a record comes back: order, types, extremes',
      withStore(async (subject, store) => {
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
      }),
    );

    it(
      'three as a float, as an integer and as text, and a flag, stay what they are',
      withStore(async (_, store) => {
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
      }),
    );

    it(
      'an integer of more than 64 bits is refused and nothing of its batch is stored',
      withStore(async (_, store) => {
        for (const value of [2n ** 63n, -(2n ** 63n) - 1n]) {
          const good = new LocusScene('ANT2020f', 1, 1);
          good.add(pointOf('ztf_candidate:1'));
          const bad = new LocusScene('ANT2020g', 2, 2);
          bad.add(pointOf('ztf_candidate:2'));
          bad.properties = new Map([['too_large', value]]);
          await assert.rejects(store.commit(batchOf({ loci: [good.write(), bad.write()] })), TypeError);
          assert.deepEqual(await store.findLoci([good.ref.locusId, bad.ref.locusId]), [undefined, undefined]);
        }
      }),
    );

    it(
      'a later write replaces the record and leaves other loci alone',
      withStore(async (_, store) => {
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
      }),
    );

    it(
      'a locus that is read belongs to the reader: changing it changes nothing in the store',
      withStore(async (_, store) => {
        const locus = new LocusScene('ANT2020i', 5, 5);
        locus.properties = new Map([['x', 1]]);
        locus.add(pointOf('ztf_candidate:1'));
        await store.commit(batchOf({ loci: [locus.write()] }));
        const [found] = await store.getLoci([locus.ref]);
        found!.record.properties.set('x', 2);
        found!.lightCurve.append(pointOf('ztf_candidate:2'));
        await assertStored(store, locus);
      }),
    );

    it(
      'a commit stores loci as they are when it is called, not as they become while it waits',
      withStore(async (_, store) => {
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
      }),
    );
  });

  describe('light curves', () => {
    for (const length of [1, 63, 64, 65, 256, 257, 700]) {
      it(
        `${length} rows come back bit by bit, in order of arrival and in order of time`,
        withStore(async (_, store) => {
          const locus = new LocusScene('ANT2021a', 200, -30);
          const random = seededRandom(length);
          for (let i = 0; i < length; i += 1) locus.add(randomPoint(random, `ztf_candidate:${1000 + i}`));
          await store.commit(batchOf({ loci: [locus.write()] }));
          await assertStored(store, locus);
        }),
      );
    }

    it(
      'alert ids of every shape come back and are found',
      withStore(async (_, store) => {
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
      }),
    );

    it(
      'columns keep every bit: undefined values, minus zero, integers, single and double precision, the extremes',
      withStore(async (_, store) => {
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
      }),
    );

    it(
      'a curve that grows, is corrected and loses rows over many commits stays what it is in memory',
      withStore(async (subject, store) => {
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
      }),
    );

    it(
      'a row that was removed is not found, its index stays taken, and its alert may come back in a later row',
      withStore(async (_, store) => {
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
      }),
    );
  });

  describe('alerts', () => {
    it(
      'rows of a locus come in order of arrival, with body, times, annotations and provenance as written',
      withStore(async (_, store) => {
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
      }),
    );

    it(
      'a history row becomes the full alert under the same id and row',
      withStore(async (_, store) => {
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
      }),
    );

    for (const order of ['giver first', 'taker first'] as const) {
      it(
        `an alert moves from one locus to another in one commit (${order})`,
        withStore(async (_, store) => {
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
        }),
      );
    }

    it(
      'an alert that went to another locus in an earlier commit is still found after its old locus lets it go',
      withStore(async (_, store) => {
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
      }),
    );

    it(
      'an alert without a locus is stored in full, until a locus takes it; then it is never taken back',
      withStore(async (_, store) => {
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
      }),
    );
  });

  describe('positions', () => {
    it(
      'loci are found across RA 0, at both poles and at the corners of the octahedron, nearest first',
      withStore(async (_, store) => {
        const places: readonly (readonly [number, number])[] = [
          [0, 0],
          [90, 0],
          [180, 0],
          [270, 0],
          [0, 90],
          [0, -90],
          [359.999_9, 45],
          [45, 35.264_389_7],
        ];
        const loci = places.flatMap(([ra, dec], index) => [
          new LocusScene(`ANT2023a${index}`, ra, dec),
          // Two neighbours 0.36 and 0.72 arcsec away: southward at the north pole, else in declination.
          new LocusScene(`ANT2023b${index}`, ra, dec > 0 ? dec - 0.000_1 : dec + 0.000_1),
          new LocusScene(`ANT2023c${index}`, ra, dec > 0 ? dec - 0.000_2 : dec + 0.000_2),
        ]);
        for (const locus of loci) locus.add(pointOf(`${locus.ref.locusId}:1`));
        await store.commit(batchOf({ loci: loci.map((locus) => locus.write()) }));
        const found = await store.findLociNear(places.map(([ra, dec]) => coneAt(ra, dec, 1)));
        found.forEach((near, index) => {
          assert.deepEqual(
            near.map(({ ref }) => ref.locusId),
            [`ANT2023a${index}`, `ANT2023b${index}`, `ANT2023c${index}`],
          );
        });
        // A cone centred on the other side of RA 0.
        const [across] = await store.findLociNear([coneAt(0.000_01, 45, 1)]);
        assert.deepEqual(across!.map(({ ref }) => ref.locusId).slice(0, 1), ['ANT2023a6']);
      }),
    );

    it(
      'cones of 0.1 to 60 arcsec give what comparing every pair gives',
      withStore(async (_, store) => {
        const random = seededRandom(77);
        const loci: LocusScene[] = [];
        for (const [ra, dec] of [
          [0, 0],
          [123.4, 56.7],
          [300, 89.995],
          [10, -89.999],
        ] as const) {
          for (let i = 0; i < 60; i += 1) {
            const at = dec + (random() - 0.5) * 0.03;
            const locus = new LocusScene(
              `ANT2023d${loci.length}`,
              (ra + ((random() - 0.5) * 0.03) / Math.max(1e-3, Math.cos((dec * Math.PI) / 180)) + 720) % 360,
              Math.min(90, Math.max(-90, at)),
            );
            locus.add(pointOf(`${locus.ref.locusId}:1`));
            loci.push(locus);
          }
        }
        await store.commit(batchOf({ loci: loci.map((locus) => locus.write()) }));
        const cones = loci.map((locus) => ({ locus, radius: 0.1 * 600 ** random() }));
        const found = await store.findLociNear(cones.map(({ locus, radius }) => coneAt(locus.ra, locus.dec, radius)));
        cones.forEach(({ locus, radius }, index) => {
          const expected = loci
            .map((other) => ({
              id: other.ref.locusId,
              separation: separationArcsec(locus.ra, locus.dec, other.ra, other.dec),
            }))
            .filter(({ separation }) => separation <= radius)
            .sort((a, b) => a.separation - b.separation);
          const got = found[index]!;
          assert.deepEqual(got.map(({ ref }) => ref.locusId).sort(), expected.map(({ id }) => id).sort());
          got.forEach(({ separationArcsec: separation }, at) => {
            assert.ok(Math.abs(separation - expected[at]!.separation) < 1e-6);
            assert.ok(at === 0 || separation >= got[at - 1]!.separationArcsec);
          });
        });
      }),
    );

    it(
      'a locus exactly on the rim is found, one just beyond is not',
      withStore(async (_, store) => {
        const locus = new LocusScene('ANT2023e', 40, 1 / 3600);
        locus.add(pointOf('ztf_candidate:1'));
        await store.commit(batchOf({ loci: [locus.write()] }));
        const [on, beyond] = await store.findLociNear([coneAt(40, 0, 1), coneAt(40, -0.000_000_001, 1)]);
        assert.equal(on!.length, 1);
        assert.equal(beyond!.length, 0);
      }),
    );

    it(
      'a locus whose centroid moves is found where it is, and no longer where it was',
      withStore(async (_, store) => {
        const locus = new LocusScene('ANT2023f', 10, 10);
        locus.add(pointOf('ztf_candidate:0'));
        await store.commit(batchOf({ loci: [locus.write()] }));
        const random = seededRandom(5);
        for (let i = 1; i <= 40; i += 1) {
          const before = { ra: locus.ra, dec: locus.dec };
          // Steps of up to 18 arcsec: some stay in their trixel, most leave it.
          locus.ra += (random() - 0.5) * 0.01;
          locus.dec += (random() - 0.5) * 0.01;
          locus.add(pointOf(`ztf_candidate:${i}`));
          await store.commit(batchOf({ loci: [locus.write()] }));
          const moved = separationArcsec(before.ra, before.dec, locus.ra, locus.dec);
          const [old, now] = await store.findLociNear([
            coneAt(before.ra, before.dec, moved * 0.9),
            coneAt(locus.ra, locus.dec, 0.001),
          ]);
          assert.equal(old!.length, 0);
          assert.deepEqual(
            now!.map(({ ref }) => ref),
            [locus.ref],
          );
        }
      }),
    );

    it(
      'a locus that is keyed by its object alone is never found by position, but by its object and id',
      withStore(async (_, store) => {
        const asteroid = new LocusScene('ANT2023g', 10, 10);
        asteroid.isAssociable = false;
        const object = asteroid.bind('12345', 'lsst', 'solar_system_object');
        asteroid.add(pointOf('lsst:1'));
        await store.commit(batchOf({ loci: [asteroid.write()] }));
        asteroid.ra = 11;
        asteroid.add(pointOf('lsst:2'));
        await store.commit(batchOf({ loci: [asteroid.write()] }));
        const near = await store.findLociNear([coneAt(10, 10, 60), coneAt(11, 10, 60)]);
        assert.deepEqual(near, [[], []]);
        assert.deepEqual(await store.findLociByObject([object]), [asteroid.ref]);
        assert.deepEqual(await store.findLoci([asteroid.ref.locusId]), [asteroid.ref]);
        await assertStored(store, asteroid);
      }),
    );

    it(
      'a locus that stops being associable is no longer found by position',
      withStore(async (_, store) => {
        const locus = new LocusScene('ANT2023h', 10, 10);
        locus.add(pointOf('lsst:1'));
        await store.commit(batchOf({ loci: [locus.write()] }));
        locus.isAssociable = false;
        await store.commit(batchOf({ loci: [locus.write()] }));
        assert.deepEqual(await store.findLociNear([coneAt(10, 10, 60)]), [[]]);
      }),
    );
  });

  describe('packets', () => {
    it(
      'a packet comes back byte by byte, of any size; history rows have none',
      withStore(async (subject, store) => {
        const random = seededRandom(3);
        const packets = [0, 1, 1000, 66_000, 180_000, 1_500_000].map((size) =>
          Uint8Array.from({ length: size }, () => random() * 256),
        );
        const locus = new LocusScene('ANT2024a', 10, 10);
        const addresses = await store.stagePackets(packets);
        addresses.forEach((packet, index) => {
          locus.add(pointOf(`lsst:${index}`), { packet });
        });
        locus.add(pointOf('lsst:99', { kind: 'history' }));
        await store.commit(batchOf({ loci: [locus.write()] }));
        for (const isRestarted of [false, true]) {
          const reader = isRestarted ? await subject.reopen() : store;
          for (let i = 0; i < packets.length; i += 1) {
            assert.deepEqual(Buffer.from((await reader.getPacket(toAlertId(`lsst:${i}`)))!), Buffer.from(packets[i]!));
          }
          assert.equal(await reader.getPacket(toAlertId('lsst:99')), undefined);
          assert.equal((await reader.totals()).packets, packets.length);
        }
      }),
    );

    it(
      'calls of staging at the same time do not mix up packets',
      withStore(async (_, store) => {
        const calls = await Promise.all(
          Array.from({ length: 12 }, (_, call) =>
            store.stagePackets(Array.from({ length: 9 }, (_, i) => new Uint8Array(1000 + call).fill(call * 10 + i))),
          ),
        );
        const locus = new LocusScene('ANT2024b', 10, 10);
        calls.flat().forEach((packet, index) => {
          locus.add(pointOf(`lsst:${index}`), { packet });
        });
        await store.commit(batchOf({ loci: [locus.write()] }));
        for (let index = 0; index < 12 * 9; index += 1) {
          const packet = await store.getPacket(toAlertId(`lsst:${index}`));
          const call = Math.floor(index / 9);
          assert.deepEqual(packet, new Uint8Array(1000 + call).fill(call * 10 + (index % 9)));
        }
        assert.deepEqual(await store.stagePackets([]), []);
      }),
    );

    it(
      'a packet staged by one client may be committed by another',
      withStore(async (subject, store) => {
        const other = await subject.another();
        const [packet] = await store.stagePackets([allBytes()]);
        const locus = new LocusScene('ANT2024c', 10, 10);
        locus.add(pointOf('lsst:1'), { packet });
        await other.commit(batchOf({ loci: [locus.write()] }));
        assert.deepEqual(await store.getPacket(toAlertId('lsst:1')), allBytes());
      }),
    );
  });

  describe('commits', () => {
    it(
      'the same batch twice leaves what the first left',
      withStore(async (_, store) => {
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
      }),
    );

    it(
      'a client sees each of its commits as soon as it is reported, and so do the others',
      withStore(async (subject, store) => {
        const other = await subject.another();
        const locus = new LocusScene('ANT2025c', 10, 10);
        for (let i = 0; i < 30; i += 1) {
          locus.add(pointOf(`ztf_candidate:${i}`));
          await store.commit(batchOf({ loci: [locus.write()] }));
          await assertStored(store, locus);
          await assertStored(other, locus);
        }
      }),
    );

    it(
      'commits that are called one after the other without waiting take effect in that order',
      withStore(async (_, store) => {
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
      }),
    );

    it(
      'several clients commit at the same time, each its own loci, and nothing is lost',
      withStore(async (subject, store) => {
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
      }),
    );

    if (factory.supports.atomicCommit) {
      it(
        'a reader never sees half a commit',
        withStore(async (subject, store) => {
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
        }),
      );
    }

    it(
      'on a full disk a batch is refused whole, and taken when there is room again',
      withStore(async (subject, store) => {
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
      }),
    );

    it(
      'an empty batch is a commit too',
      withStore(async (_, store) => {
        await store.commit(batchOf({}));
        assert.deepEqual(await store.totals(), { loci: 0, alerts: 0, packets: 0 });
      }),
    );
  });

  describe('scans', () => {
    it(
      'pages of any size cover all loci exactly once',
      withStore(async (_, store) => {
        const random = seededRandom(4);
        const loci = Array.from(
          { length: 83 },
          (_, i) => new LocusScene(`ANT2026a${i}`, random() * 360, random() * 180 - 90),
        );
        for (const locus of loci) locus.add(pointOf(`${locus.ref.locusId}:1`));
        await store.commit(batchOf({ loci: loci.map((locus) => locus.write()) }));
        for (const size of [1, 7, 83, 1000]) {
          const refs = await collect((token, limit) => store.scanLoci(token, limit), size);
          assert.deepEqual(refs.map(({ locusId }) => locusId).sort(), loci.map(({ ref }) => ref.locusId).sort());
          const byId = new Map(loci.map(({ ref }) => [ref.locusId, ref]));
          for (const ref of refs) assert.deepEqual(ref, byId.get(ref.locusId));
        }
      }),
    );

    it(
      'an empty store has empty pages, and they are the last',
      withStore(async (_, store) => {
        assert.deepEqual(await store.scanLoci(undefined, 10), { items: [], next: undefined });
        assert.deepEqual(await store.scanUnassociatedAlerts(undefined, 10), { items: [], next: undefined });
        assert.deepEqual(await store.scanRejections(undefined, 10), { items: [], next: undefined });
      }),
    );

    it(
      'loci that are added during a scan disturb none of the others',
      withStore(async (_, store) => {
        const loci = Array.from({ length: 30 }, (_, i) => new LocusScene(`ANT2026b${i}`, i * 12, 0));
        for (const locus of loci) locus.add(pointOf(`${locus.ref.locusId}:1`));
        await store.commit(batchOf({ loci: loci.map((locus) => locus.write()) }));
        const seen: string[] = [];
        let token: string | undefined;
        let added = 0;
        do {
          const page: Page<{ readonly locusId: LocusId }> = await store.scanLoci(token, 4);
          seen.push(...page.items.map(({ locusId }) => locusId));
          const newcomer = new LocusScene(`ANT2026c${added}`, added * 12 + 6, 0);
          added += 1;
          newcomer.add(pointOf(`${newcomer.ref.locusId}:1`));
          await store.commit(batchOf({ loci: [newcomer.write()] }));
          token = page.next;
        } while (token !== undefined);
        const old = seen.filter((id) => id.startsWith('ANT2026b'));
        assert.deepEqual(old.sort(), loci.map(({ ref }) => ref.locusId).sort());
        assert.equal(new Set(seen).size, seen.length);
      }),
    );
  });

  describe('the ledger', () => {
    it(
      'lines about the same visit add up, over commits, clients and restarts',
      withStore(async (subject, store) => {
        const other = await subject.another();
        const bad = lineOf({ received: 3, rejected: 3, reasons: { PACKET_TRUNCATED: 2, PACKET_EMPTY: 1 } });
        await store.commit(batchOf({ ledger: [lineOf({ received: 10, stored: 8, duplicate: 2 }), bad] }));
        await other.commit(batchOf({ ledger: [lineOf({ received: 5, stored: 5 })] }));
        await store.commit(batchOf({ ledger: [bad, lineOf({ received: 1, stored: 1 }, { visit: 'v2' })] }));
        const expected = [
          lineOf({
            received: 21,
            stored: 13,
            duplicate: 2,
            rejected: 6,
            reasons: { PACKET_TRUNCATED: 4, PACKET_EMPTY: 2 },
          }),
          lineOf({ received: 1, stored: 1 }, { visit: 'v2' }),
        ];
        assert.deepEqual(byVisit(await store.listLedger()), expected);
        assert.deepEqual(byVisit(await other.listLedger()), expected);
        let reopened = await subject.reopen();
        assert.deepEqual(byVisit(await reopened.listLedger()), expected);
        await reopened.commit(batchOf({ ledger: [lineOf({ received: 1, stored: 1 }, { visit: 'v2' })] }));
        reopened = await subject.reopen();
        assert.deepEqual(byVisit(await reopened.listLedger()), [
          expected[0],
          lineOf({ received: 2, stored: 2 }, { visit: 'v2' }),
        ]);
      }),
    );
  });

  describe('rejections', () => {
    it(
      'come oldest first, a page at a time, with their packets',
      withStore(async (subject, store) => {
        const packets = [allBytes(), new Uint8Array(3), new Uint8Array(0)];
        const staged = await store.stagePackets(packets);
        const rejections = [30, 10, 20].map((receivedAt, index) => rejectionOf(`id ${index}`, receivedAt));
        await store.commit(
          batchOf({ rejections: rejections.map((rejection, index) => ({ rejection, packet: staged[index] })) }),
        );
        await store.commit(batchOf({ rejections: [{ rejection: rejectionOf('huge', 1), packet: undefined }] }));
        for (const isRestarted of [false, true]) {
          const reader = isRestarted ? await subject.reopen() : store;
          const all = await collect((token, size) => reader.scanRejections(token, size), 2);
          assert.deepEqual(
            all.map(({ id }) => id),
            ['huge', 'id 1', 'id 2', 'id 0'],
          );
          assert.deepEqual(all[3], rejections[0]);
          assert.deepEqual(await reader.getRejectedPacket('id 0'), packets[0]);
          assert.deepEqual(await reader.getRejectedPacket('id 2'), packets[2]);
          assert.equal(await reader.getRejectedPacket('huge'), undefined);
          assert.equal(await reader.getRejectedPacket('never'), undefined);
        }
      }),
    );

    it(
      'the same packet rejected again is listed once, with its newest reason',
      withStore(async (_, store) => {
        const [first, second] = await store.stagePackets([new Uint8Array(1), new Uint8Array(2)]);
        await store.commit(batchOf({ rejections: [{ rejection: rejectionOf('x', 5), packet: first }] }));
        const again = { ...rejectionOf('x', 9), reason: 'PACKET_SCHEMA_UNKNOWN' };
        await store.commit(batchOf({ rejections: [{ rejection: again, packet: second }] }));
        assert.deepEqual((await store.scanRejections(undefined, 10)).items, [again]);
        assert.deepEqual(await store.getRejectedPacket('x'), new Uint8Array(2));
      }),
    );
  });

  describe('progress', () => {
    it(
      'ordinals that are done are kept above the low-water mark and dropped below it',
      withStore(async (subject, store) => {
        await store.commit(batchOf({ progress: [{ sourceId: 'night', ordinals: [0, 1, 5, 7, 8], lowWater: 0 }] }));
        assert.deepEqual(await store.getProgress('night'), { lowWater: 0, done: new Set([0, 1, 5, 7, 8]) });
        await store.commit(batchOf({ progress: [{ sourceId: 'night', ordinals: [2, 3, 11], lowWater: 2 }] }));
        assert.deepEqual(await sorted(store, 'night'), { lowWater: 2, done: [2, 3, 5, 7, 8, 11] });
        await store.commit(batchOf({ progress: [{ sourceId: 'night', ordinals: [4], lowWater: 6 }] }));
        assert.deepEqual(await sorted(store, 'night'), { lowWater: 6, done: [7, 8, 11] });
        assert.deepEqual(await sorted(await subject.reopen(), 'night'), { lowWater: 6, done: [7, 8, 11] });
      }),
    );

    it(
      'several clients share a source; the highest mark counts, and a lower one later changes nothing',
      withStore(async (subject, store) => {
        const other = await subject.another();
        await Promise.all([
          store.commit(batchOf({ progress: [{ sourceId: 's', ordinals: [0, 2, 4, 6], lowWater: 1 }] })),
          other.commit(batchOf({ progress: [{ sourceId: 's', ordinals: [1, 3, 5, 9], lowWater: 4 }] })),
        ]);
        assert.deepEqual(await sorted(store, 's'), { lowWater: 4, done: [4, 5, 6, 9] });
        await other.commit(batchOf({ progress: [{ sourceId: 's', ordinals: [1, 3, 5, 9], lowWater: 0 }] }));
        assert.deepEqual(await sorted(other, 's'), { lowWater: 4, done: [4, 5, 6, 9] });
        const reopened = await subject.reopen();
        await reopened.commit(batchOf({ progress: [{ sourceId: 's', ordinals: [7], lowWater: 5 }] }));
        assert.deepEqual(await sorted(reopened, 's'), { lowWater: 5, done: [5, 6, 7, 9] });
        assert.deepEqual(await sorted(await subject.reopen(), 's'), { lowWater: 5, done: [5, 6, 7, 9] });
      }),
    );

    it(
      'a source that is forgotten begins anew, and the others stay',
      withStore(async (_, store) => {
        await store.commit(
          batchOf({
            progress: [
              { sourceId: 'a', ordinals: [0, 1], lowWater: 100 },
              { sourceId: 'ab', ordinals: [200], lowWater: 100 },
            ],
          }),
        );
        await store.clearProgress('a');
        assert.deepEqual(await store.getProgress('a'), { lowWater: 0, done: new Set() });
        assert.deepEqual(await sorted(store, 'ab'), { lowWater: 100, done: [200] });
        await store.commit(batchOf({ progress: [{ sourceId: 'a', ordinals: [0], lowWater: 0 }] }));
        assert.deepEqual(await sorted(store, 'a'), { lowWater: 0, done: [0] });
        assert.deepEqual(await store.getProgress('never seen'), { lowWater: 0, done: new Set() });
      }),
    );

    it(
      'random deliveries end where counting by hand ends',
      withStore(async (_, store) => {
        const random = seededRandom(99);
        const expected = new Set<number>();
        let mark = 0;
        for (let i = 0; i < 40; i += 1) {
          const ordinals = [...new Set(Array.from({ length: 20 }, () => mark + Math.floor(random() * 60)))].sort(
            (a, b) => a - b,
          );
          for (const ordinal of ordinals) expected.add(ordinal);
          while (expected.has(mark)) mark += 1;
          await store.commit(batchOf({ progress: [{ sourceId: 's', ordinals, lowWater: mark }] }));
          const above = [...expected].filter((ordinal) => ordinal >= mark).sort((a, b) => a - b);
          assert.deepEqual(await sorted(store, 's'), { lowWater: mark, done: above });
        }
      }),
    );
  });

  describe('pending messages', () => {
    it(
      'are listed in order until they are cleared, by a call or by a later batch',
      withStore(async (subject, store) => {
        const messages = [5n, 300n, 2n ** 40n, 2n ** 63n].map((sequence) => messageOf(sequence));
        await store.commit(batchOf({ pending: messages.slice(0, 2) }));
        await store.commit(batchOf({ pending: messages.slice(2) }));
        assert.deepEqual(await store.listPending(), messages);
        await store.clearPending([300n, 999n]);
        await store.commit(batchOf({ clearPending: [5n] }));
        assert.deepEqual(await (await subject.reopen()).listPending(), messages.slice(2));
      }),
    );

    it(
      'keep streams, key and value whatever is in them',
      withStore(async (_, store) => {
        const message: PendingMessage = {
          sequence: 1n,
          streams: ['', 'a stream', 'über'],
          key: 'ANT2020so7ia',
          value: new Uint8Array(300_000).fill(7),
        };
        const empty: PendingMessage = { sequence: 2n, streams: [], key: '', value: new Uint8Array(0) };
        await store.commit(batchOf({ pending: [empty, message] }));
        assert.deepEqual(await store.listPending(), [message, empty]);
      }),
    );
  });

  describe('the small tables', () => {
    it(
      'schemas are kept under their ids, and one that is known is left alone',
      withStore(async (subject, store) => {
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
      }),
    );

    it(
      'a property that is defined keeps its first type, whoever defines it again',
      withStore(async (subject, store) => {
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
      }),
    );

    it(
      'a provenance is kept as it was first written',
      withStore(async (_, store) => {
        const id = toProvenanceId('p1');
        assert.equal(await store.getProvenance(id), undefined);
        await store.putProvenance(id, '{"version":1}');
        await store.putProvenance(id, '{"version":2}');
        assert.equal(await store.getProvenance(id), '{"version":1}');
      }),
    );

    it(
      'crashes come newest first, as many as asked for',
      withStore(async (subject, store) => {
        for (const at of [50.5, 10, 99, 20]) await store.putCrash(crashOf(at));
        await store.putCrash(crashOf(99));
        const reader = await subject.reopen();
        assert.deepEqual(await reader.listCrashes(3), [crashOf(99), crashOf(50.5), crashOf(20)]);
        assert.equal((await reader.listCrashes(100)).length, 4);
        assert.deepEqual(await reader.listCrashes(0), []);
      }),
    );

    it(
      'documents are replaced under their name and listed by the beginning of it',
      withStore(async (subject, store) => {
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
      }),
    );
  });

  describe('data files', () => {
    it(
      'a file is read back whole, shared, and in parts',
      withStore(async (subject, store) => {
        const chunks = [new Uint8Array(70_000).fill(1), new Uint8Array(0), allBytes(), new Uint8Array(5).fill(9)];
        const whole = Buffer.concat(chunks);
        await store.files.write('catalogs/gaia/rows-1.bin', chunks);
        await store.files.write(
          'empty',
          (async function* () {
            // nothing
          })(),
        );
        for (const open of [async () => store, () => subject.another(), () => subject.reopen()]) {
          const { files } = await open();
          const shared = await files.readShared('catalogs/gaia/rows-1.bin');
          assert.ok(shared instanceof SharedArrayBuffer);
          assert.deepEqual(Buffer.from(new Uint8Array(shared)), whole);
          assert.deepEqual(
            Buffer.from(await files.readRange('catalogs/gaia/rows-1.bin', 69_999, 3)),
            whole.subarray(69_999, 70_002),
          );
          assert.equal((await files.readRange('catalogs/gaia/rows-1.bin', whole.length - 2, 100)).length, 2);
          assert.equal((await files.readRange('catalogs/gaia/rows-1.bin', whole.length + 5, 100)).length, 0);
          assert.equal((await files.readShared('empty')).byteLength, 0);
        }
      }),
    );

    it(
      'files are listed by the beginning of their name, with their size, and removed whole',
      withStore(async (_, { files }) => {
        for (const name of ['a/one', 'a/two', 'ab', 'b']) await files.write(name, [new Uint8Array(name.length)]);
        assert.deepEqual(await files.list('a'), [
          { name: 'a/one', bytes: 5 },
          { name: 'a/two', bytes: 5 },
          { name: 'ab', bytes: 2 },
        ]);
        assert.deepEqual(
          (await files.list('a/t')).map(({ name }) => name),
          ['a/two'],
        );
        assert.equal((await files.list('')).length, 4);
        await files.remove('a/one');
        await files.remove('never-there');
        assert.deepEqual(
          (await files.list('a/')).map(({ name }) => name),
          ['a/two'],
        );
        await assert.rejects(files.readShared('a/one'), { code: 'DATA_FILE_MISSING' });
        await assert.rejects(files.readRange('a/one', 0, 1), { code: 'DATA_FILE_MISSING' });
      }),
    );

    it(
      'a name that is taken is not written over',
      withStore(async (_, { files }) => {
        await files.write('x', [new Uint8Array([1])]);
        await assert.rejects(files.write('x', [new Uint8Array([2])]), { code: 'DATA_FILE_EXISTS' });
        assert.deepEqual(await files.readRange('x', 0, 9), new Uint8Array([1]));
        const raced = await Promise.allSettled([files.write('y', [allBytes()]), files.write('y', [allBytes()])]);
        assert.deepEqual(raced.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
      }),
    );

    it(
      'a file whose source fails half-way does not exist, and its name stays free',
      withStore(async (_, { files }) => {
        const failing = (async function* () {
          yield new Uint8Array(1000);
          throw new RangeError('the source ended badly');
        })();
        await assert.rejects(files.write('z', failing), RangeError);
        assert.deepEqual(await files.list(''), []);
        await files.write('z', [allBytes()]);
        assert.equal((await files.readShared('z')).byteLength, 256);
      }),
    );

    it(
      'names that would lead out of the store are refused',
      withStore(async (_, { files }) => {
        for (const name of ['', '/etc/passwd', '../x', 'a/../b', 'a//b', 'a/', '.hidden', 'a\0b', 'a\\b', 'ä']) {
          await assert.rejects(files.write(name, [allBytes()]), TypeError, name);
          await assert.rejects(files.readShared(name), TypeError, name);
        }
      }),
    );

    it(
      'a full disk refuses a file and leaves nothing of it',
      withStore(async (subject, { files }) => {
        subject.setFull(true);
        await assert.rejects(files.write('big', [allBytes()]), { code: 'ALERT_STORE_FULL' });
        subject.setFull(false);
        assert.deepEqual(await files.list(''), []);
        await files.write('big', [allBytes()]);
      }),
    );
  });
}

// What the claims are made of -------------------------------------------------------------------------------------

/** Asserts that a store holds a locus as the scene has it: record, curve, order, rows, index. */
async function assertStored(store: AlertStore, locus: LocusScene): Promise<void> {
  const [found] = await store.getLoci([locus.ref]);
  assert.ok(found !== undefined, `${locus.ref.locusId} is not stored`);
  assert.deepEqual(found.record, locus.record);
  assert.deepEqual([...found.record.properties.keys()], [...locus.properties.keys()]);
  assert.equal(found.lightCurve.length, locus.lightCurve.length);
  assert.deepEqual([...found.lightCurve.order], [...locus.lightCurve.order]);
  for (const [row, { point }] of locus.rows) {
    assert.deepEqual(found.lightCurve.pointAt(row), completed(point));
    assert.equal(found.lightCurve.rowOf(point.alertId), row);
  }
  const expected = [...locus.rows].sort(([a], [b]) => a - b).map(([, row]) => completedRow(row));
  assert.deepEqual(await store.getAlertRows(locus.ref), expected);
  assert.deepEqual(await store.getAlerts(expected.map(({ point }) => point.alertId)), expected);
}

async function collect<T>(
  scan: (token: string | undefined, limit: number) => Promise<Page<T>>,
  size: number,
): Promise<T[]> {
  const items: T[] = [];
  let token: string | undefined;
  do {
    const page = await scan(token, size);
    assert.ok(page.items.length <= size);
    items.push(...page.items);
    token = page.next;
  } while (token !== undefined);
  return items;
}

function ids(...texts: string[]): AlertId[] {
  return texts.map(toAlertId);
}

function coneAt(ra: number, dec: number, radiusArcsec: number): NearQuery {
  return { ...toUnitVector(ra, dec), radiusArcsec };
}

function allBytes(): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, i) => i);
}

/** Properties of every type at its extremes, and many of them. */
function everyKindOfProperty(): Properties {
  const properties: Properties = new Map();
  properties.set('zero', 0);
  properties.set('minus_zero', -0);
  properties.set('largest', Number.MAX_VALUE);
  properties.set('smallest', Number.MIN_VALUE);
  properties.set('third', 1 / 3);
  properties.set('int_zero', 0n);
  properties.set('int_largest', 2n ** 63n - 1n);
  properties.set('int_smallest', -(2n ** 63n));
  properties.set('candid', 1_046_434_653_315_015_001n);
  properties.set('text', 'plain');
  properties.set('empty_text', '');
  properties.set('long_text', 'ß'.repeat(5_000));
  properties.set('lines', 'one\ntwo\0three');
  properties.set('yes', true);
  properties.set('no', false);
  for (let i = 0; i < 240; i += 1) properties.set(`feature_${i}_magn_r`, Math.sin(i) * 10 ** (i % 9));
  properties.set('last', 'z');
  return properties;
}

function randomPoint(random: () => number, alertId: string): LightCurvePoint {
  const isLimit = alertId.includes('upper_limit') || random() < 0.2;
  const single = (value: number): number => Math.fround(value);
  const mjd = 58_000 + Math.floor(random() * 2_000) + random();
  return pointOf(alertId, {
    kind: isLimit ? 'upper_limit' : random() < 0.3 ? 'history' : 'candidate',
    surveyNumber: isLimit ? 2 : 1,
    passband: random() < 0.5 ? 'g' : 'R',
    mjd,
    ra: isLimit ? Number.NaN : 180 + (random() - 0.5) * 1e-4,
    dec: isLimit ? Number.NaN : 45 + (random() - 0.5) * 1e-4,
    mag: isLimit ? Number.NaN : single(18 + random()),
    magErr: isLimit ? Number.NaN : single(0.1 * random()),
    magCorrected: random() < 0.5 ? Number.NaN : 17 + random(),
    sign: isLimit ? 0 : random() < 0.5 ? 1 : -1,
    referenceImage: Math.floor(random() * 5) * 1_000_003,
    ...(random() < 0.5 ? { listedAt: mjd + 3, objectIndex: 0 } : {}),
  });
}

function lineOf(counts: Partial<LedgerEntry>, about: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    source: 'a source',
    survey: 'ztf',
    night: '2026-01-01',
    visit: 'v1',
    received: 0,
    stored: 0,
    duplicate: 0,
    rejected: 0,
    reasons: {},
    ...counts,
    ...about,
  };
}

function byVisit(entries: readonly LedgerEntry[]): LedgerEntry[] {
  return [...entries].sort((a, b) => (a.visit < b.visit ? -1 : 1));
}

function byAlertId(rows: readonly AlertRow[]): AlertRow[] {
  return [...rows].sort((a, b) => (a.point.alertId < b.point.alertId ? -1 : 1));
}

function rejectionOf(id: string, receivedAt: number): Rejection {
  return {
    id,
    source: 'a source',
    survey: 'ztf',
    night: '2026-01-01',
    visit: 'v1',
    name: `packet ${id}`,
    reason: 'PACKET_TRUNCATED',
    message: 'ended early: ü',
    receivedAt,
    bytes: 123,
  };
}

function messageOf(sequence: bigint): PendingMessage {
  return {
    sequence,
    streams: ['tag_a', 'tag_b'],
    key: `key ${sequence}`,
    value: Uint8Array.of(1, 2, Number(sequence % 256n)),
  };
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

async function sorted(store: AlertStore, sourceId: string): Promise<{ lowWater: number; done: number[] }> {
  const { lowWater, done } = await store.getProgress(sourceId);
  return { lowWater, done: [...done].sort((a, b) => a - b) };
}
