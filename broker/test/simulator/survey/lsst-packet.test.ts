import { beforeAll, describe, expect, it } from 'vitest';
import { schemaText } from '../../../src/simulator/schemas/avro-schema.ts';
import { lsstSchema } from '../../../src/simulator/schemas/lsst-schema.ts';
import type { SimulatedPacket } from '../../../src/simulator/simulated-packet.ts';
import { Simulator } from '../../../src/simulator/simulator.ts';
import { isAsteroid } from '../../../src/simulator/sky/asteroid.ts';
import { distanceArcsec } from '../../../src/simulator/sky/tangent-plane.ts';
import { lsstSourceId } from '../../../src/simulator/survey/lsst-ids.ts';
import type { Visit } from '../../../src/simulator/survey/schedule.ts';
import { type AvroRecordValue, readContainer, readPacket, recordIn, rowsIn } from '../read-packet.ts';

interface Read {
  readonly packet: SimulatedPacket;
  readonly record: AvroRecordValue;
  readonly source: AvroRecordValue;
}

let nights: readonly Read[] = [];
let simulator: Simulator;

beforeAll(async () => {
  simulator = new Simulator({
    seed: 'lsst',
    surveys: ['lsst'],
    nights: 4,
    sources: 60,
    areaDeg2: 4,
    cutouts: 'none',
    earlierNights: 45,
  });
  const reads: Read[] = [];
  for (const packet of simulator.packets()) {
    const record = await readPacket(packet.bytes);
    reads.push({ packet, record, source: recordIn(record, 'diaSource') });
  }
  nights = reads;
});

function numberIn(record: AvroRecordValue, field: string): number {
  return record[field] as number;
}

describe('LSST ids', () => {
  it('are built as those of real alerts', () => {
    // diaSourceId, night and exposure of the visit, detector, number: from alerts of 2025 and 2026.
    const real = [
      [169_813_005_919_846_484n, 61_040, 239, 3, 84],
      [170_591_526_414_450_946n, 61_217, 732, 180, 258],
      [169_298_433_221_853_273n, 60_923, 229, 167, 89],
    ] as const;
    for (const [id, night, sequence, detector, slot] of real) {
      expect(lsstSourceId({ night, sequence } as Visit, detector, slot)).toBe(id);
    }
  });
});

describe('a simulated LSST packet', () => {
  it.each(['11.0', '11.1'] as const)(
    'schema %s: a container with our schema text, and the same datum as a wire message',
    async (lsstVersion) => {
      const options = { seed: 9, alerts: 10, surveys: ['lsst'], lsstVersion } as const;
      const { alert, wireId } = lsstSchema(lsstVersion);
      const wires = [...new Simulator({ ...options, format: 'wire' }).packets()];
      let place = 0;
      for (const { bytes } of new Simulator(options).packets()) {
        const { schema } = await readContainer(bytes);
        expect(schema).toEqual(JSON.parse(schemaText(alert)));
        const wire = Buffer.from(wires[place]!.bytes);
        expect([wire[0], wire.readUInt32BE(1)]).toEqual([0, wireId]);
        expect(wires[place]!.isWire).toBe(true);
        // In the container the datum stands before the sixteen bytes of the last sync marker.
        const datum = wire.subarray(5);
        const end = bytes.length - 16;
        expect(Buffer.compare(datum, bytes.subarray(end - datum.length, end))).toBe(0);
        place += 1;
      }
      expect(place).toBe(10);
    },
  );

  it('has the size of a real one: 145 kB and more', () => {
    for (const packet of new Simulator({ seed: 1, alerts: 12, surveys: ['lsst'] }).packets()) {
      expect(packet.bytes.length).toBeGreaterThan(125_000);
      expect(packet.bytes.length).toBeLessThan(260_000);
    }
  });

  it('is about a detection of five sigma or more, near where the source is', () => {
    expect(nights.length).toBeGreaterThan(80);
    for (const { packet, record, source } of nights) {
      expect(record['diaSourceId']).toBe(source['diaSourceId']);
      const snr = Math.abs(numberIn(source, 'psfFlux')) / numberIn(source, 'psfFluxErr');
      expect(snr).toBeGreaterThan(4.9999);
      expect(numberIn(source, 'snr') / snr).toBeCloseTo(1, 5);
      expect(source['isNegative']).toBe(numberIn(source, 'psfFlux') < 0);
      const mjd = numberIn(source, 'midpointMjdTai');
      const place = packet.source.placeAt?.(mjd) ?? packet.source.place;
      const seen = { ra: numberIn(source, 'ra'), dec: numberIn(source, 'dec') };
      expect(distanceArcsec(seen, place)).toBeLessThan(0.6);
      const flux = numberIn(source, 'psfFlux') + numberIn(source, 'templateFlux');
      expect(numberIn(source, 'scienceFlux') / flux).toBeCloseTo(1, 2);
    }
  });

  it('belongs to an object named after its first detection, or to a known solar-system object', () => {
    for (const { packet, record, source } of nights) {
      const object = record['diaObject'] as AvroRecordValue | null;
      if (isAsteroid(packet.source) && packet.source.isKnown) {
        expect(object).toBeNull();
        expect(source['diaObjectId']).toBeNull();
        expect(source['ssObjectId']).toBe(recordIn(record, 'ssSource')['ssObjectId']);
        expect(String(source['ssObjectId'])).toBe(packet.surveyObjectId);
        continue;
      }
      expect([record['ssSource'], record['mpc_orbits'], source['ssObjectId']]).toEqual([null, null, null]);
      expect(object!['diaObjectId']).toBe(source['diaObjectId']);
      const first = rowsIn(record, 'prvDiaSources')[0] ?? source;
      expect(source['diaObjectId']).toBe(first['diaSourceId']);
      expect(object!['firstDiaSourceMjdTai']).toBe(first['midpointMjdTai']);
    }
  });

  it('lists its earlier detections in time order, as their own packets said, float for float', () => {
    const sent = new Map(nights.map(({ record, source }) => [record['diaSourceId'] as bigint, source]));
    let [compared, listed] = [0, 0];
    for (const { packet, record, source } of nights) {
      let before = 0;
      const rows = rowsIn(record, 'prvDiaSources');
      expect(rows.length).toBe(packet.historyRows);
      for (const row of rows) {
        const mjd = numberIn(row, 'midpointMjdTai');
        const snr = Math.abs(numberIn(row, 'psfFlux')) / numberIn(row, 'psfFluxErr');
        if (!(mjd > before && mjd < numberIn(source, 'midpointMjdTai') && snr > 4.9999)) expect.fail(`${mjd} ${snr}`);
        before = mjd;
        listed += 1;
        const earlier = sent.get(row['diaSourceId'] as bigint);
        // Detections from before the first night were sent when that night was.
        if (mjd < simulator.firstNight + 0.9) continue;
        for (const [field, value] of Object.entries(row)) {
          if (!Object.is(value, earlier?.[field])) expect.fail(`${field} of ${row['diaSourceId']} differs`);
        }
        compared += 1;
      }
    }
    expect(listed).toBeGreaterThan(400);
    expect(compared).toBeGreaterThan(40);
  });

  it('has forced photometry from a day after the first detection, back to a month before it', () => {
    let [without, withRows] = [0, 0];
    const seen = new Map<bigint, AvroRecordValue>();
    for (const { record, source } of nights) {
      const object = record['diaObject'] as AvroRecordValue | null;
      if (object === null) continue;
      const first = numberIn(object, 'firstDiaSourceMjdTai');
      const now = numberIn(source, 'midpointMjdTai');
      const rows = rowsIn(record, 'prvDiaForcedSources');
      if (now < first + 1) {
        expect(rows).toEqual([]);
        without += 1;
        continue;
      }
      withRows += 1;
      for (const row of rows) {
        const mjd = numberIn(row, 'midpointMjdTai');
        if (!(mjd < now && mjd >= first - 30)) expect.fail(`${mjd} is not between ${first - 30} and ${now}`);
        // The same measurement is the same in every packet that lists it.
        const id = row['diaForcedSourceId'] as bigint;
        const earlier = seen.get(id);
        for (const [field, value] of Object.entries(earlier ?? {})) {
          if (!Object.is(value, row[field])) expect.fail(`${field} of ${id} differs`);
        }
        seen.set(id, row);
      }
      // Every detection has a forced measurement of the same visit.
      const visits = new Set(rows.map((row) => row['visit']));
      expect(rowsIn(record, 'prvDiaSources').filter((row) => !visits.has(row['visit']))).toEqual([]);
    }
    expect(without).toBeGreaterThan(4);
    expect(withRows).toBeGreaterThan(50);
  });

  it('sums its object up: means, extremes, counts', () => {
    for (const { record, source } of nights) {
      const object = record['diaObject'] as AvroRecordValue | null;
      if (object === null) continue;
      const all = [...rowsIn(record, 'prvDiaSources'), source];
      expect(object['nDiaSources']).toBe(all.length);
      expect(object['lastDiaSourceMjdTai']).toBe(source['midpointMjdTai']);
      for (const band of ['u', 'g', 'r', 'i', 'z', 'y']) {
        const rows = all.filter((row) => row['band'] === band);
        expect(object[`${band}_psfFluxNdata`]).toBe(rows.length);
        if (rows.length === 0) {
          expect([object[`${band}_psfFluxMean`], object[`${band}_psfFluxMin`]]).toEqual([null, null]);
          continue;
        }
        const weights = rows.map((row) => 1 / numberIn(row, 'psfFluxErr') ** 2);
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const mean = rows.reduce((sum, row, n) => sum + weights[n]! * numberIn(row, 'psfFlux'), 0) / total;
        const size = Math.max(...rows.map((row) => Math.abs(numberIn(row, 'psfFlux'))));
        expect(Math.abs(numberIn(object, `${band}_psfFluxMean`) - mean) / size).toBeLessThan(1e-5);
        expect(numberIn(object, `${band}_psfFluxMeanErr`) * Math.sqrt(total)).toBeCloseTo(1, 5);
        expect(object[`${band}_psfFluxMin`]).toBe(Math.min(...rows.map((row) => numberIn(row, 'psfFlux'))));
        expect(object[`${band}_psfFluxMax`]).toBe(Math.max(...rows.map((row) => numberIn(row, 'psfFlux'))));
        expect(object[`${band}_psfFluxSigma`] === null).toBe(rows.length < 2);
        expect(object[`${band}_psfFluxMaxSlope`] === null).toBe(rows.length < 2);
      }
      const place = { ra: numberIn(object, 'ra'), dec: numberIn(object, 'dec') };
      expect(distanceArcsec(place, { ra: numberIn(source, 'ra'), dec: numberIn(source, 'dec') })).toBeLessThan(0.6);
    }
  });

  it('a known asteroid comes with an ephemeris and an orbit that agree', () => {
    let seen = 0;
    for (const { packet, record, source } of nights) {
      const { source: sky } = packet;
      if (!isAsteroid(sky) || !sky.isKnown) continue;
      seen += 1;
      const ephemeris = recordIn(record, 'ssSource');
      expect(ephemeris['diaSourceId']).toBe(source['diaSourceId']);
      const offset = Math.hypot(numberIn(ephemeris, 'ephOffsetRa'), numberIn(ephemeris, 'ephOffsetDec'));
      const predicted = { ra: numberIn(ephemeris, 'ephRa'), dec: numberIn(ephemeris, 'ephDec') };
      const observed = { ra: numberIn(source, 'ra'), dec: numberIn(source, 'dec') };
      expect(offset).toBeCloseTo(distanceArcsec(predicted, observed), 4);
      const [along, across] = [numberIn(ephemeris, 'ephOffsetAlongTrack'), numberIn(ephemeris, 'ephOffsetCrossTrack')];
      expect(Math.hypot(along, across)).toBeCloseTo(offset, 4);
      expect(numberIn(ephemeris, 'helioRange')).toBeGreaterThan(1.8);
      expect(numberIn(ephemeris, 'ephRate')).toBeGreaterThan(0.02);
      expect(numberIn(ephemeris, 'ephRate')).toBeLessThan(0.7);
      const orbit = recordIn(record, 'mpc_orbits');
      expect(orbit['designation']).toBe(ephemeris['designation']);
      expect(orbit['a']).toBe(sky.orbit.a);
      expect(rowsIn(record, 'prvDiaSources')).toEqual([]);
    }
    expect(seen).toBeGreaterThan(4);
  });

  it('reliability tells most of what is real from most artefacts', () => {
    const scores = (isArtefact: boolean): number[] =>
      nights
        .filter(({ packet }) => (packet.source.kind === 'artefact') === isArtefact)
        .map(({ source }) => numberIn(source, 'reliability'));
    expect(scores(false).filter((value) => value > 0.5).length / scores(false).length).toBeGreaterThan(0.85);
    expect(scores(true).filter((value) => value < 0.5).length / scores(true).length).toBeGreaterThan(0.7);
  });
});
