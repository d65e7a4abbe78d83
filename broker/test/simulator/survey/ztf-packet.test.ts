import { beforeAll, describe, expect, it } from 'vitest';
import { schemaText } from '../../../src/simulator/schemas/avro-schema.ts';
import { ZTF_ALERT } from '../../../src/simulator/schemas/ztf-schema.ts';
import type { SimulatedPacket } from '../../../src/simulator/simulated-packet.ts';
import { Simulator } from '../../../src/simulator/simulator.ts';
import { type AvroRecordValue, readContainer, readPacket, recordIn, rowsIn } from '../read-packet.ts';

interface Read {
  readonly packet: SimulatedPacket;
  readonly record: AvroRecordValue;
  readonly candidate: AvroRecordValue;
}

/** Six nights, so that histories reach back to packets that were sent. */
let night: readonly Read[] = [];
let simulator: Simulator;

beforeAll(async () => {
  simulator = new Simulator({ seed: 'ztf', nights: 6, sources: 110, cutouts: 'none', earlierNights: 35 });
  const reads: Read[] = [];
  for (const packet of simulator.packets()) {
    const record = await readPacket(packet.bytes);
    reads.push({ packet, record, candidate: recordIn(record, 'candidate') });
  }
  night = reads;
});

function numberIn(record: AvroRecordValue, field: string): number {
  return record[field] as number;
}

describe('a simulated ZTF packet', () => {
  it('is a container of one record with our schema text', async () => {
    const { schema, records } = await readContainer(night[0]!.packet.bytes);
    expect(schema).toEqual(JSON.parse(schemaText(ZTF_ALERT)));
    expect(records.length).toBe(1);
    expect(records[0]!['schemavsn']).toBe('4.02');
  });

  it('has the size of a real one with stamps: 50 to 110 kB', () => {
    for (const packet of new Simulator({ seed: 1, alerts: 40 }).packets()) {
      expect(packet.bytes.length).toBeGreaterThan(50_000);
      expect(packet.bytes.length).toBeLessThan(110_000);
    }
  });

  it('has ids that agree with each other and with the time and the place on the camera', () => {
    for (const { packet, record, candidate } of night) {
      const candid = candidate['candid'] as bigint;
      const pid = candidate['pid'] as bigint;
      expect(record['candid']).toBe(candid);
      expect(packet.surveyId).toBe(candid);
      expect(packet.alertId).toBe(`ztf_candidate:${candid}`);
      expect(candid / 1_000_000n).toBe(pid);
      const kind = candidate['isdiffpos'] === 't' ? '015' : '010';
      expect(String(candid).slice(-6)).toBe(`${kind}${String(candidate['tblid']).padStart(3, '0')}`);
      expect(Number((pid / 100n) % 100n)).toBe(candidate['rcid']);
      expect(Number(pid / 1_000_000_000n)).toBe(candidate['nid']);
      // As for every real packet: the time in the candid is that of the exposure, to 1e-5 d.
      const fraction = Number((pid / 10_000n) % 100_000n) / 1e5;
      const jd = numberIn(candidate, 'jd');
      expect(jd - 0.5 - Math.floor(jd - 0.5) - fraction).toBeGreaterThan(-1e-8);
      expect(jd - 0.5 - Math.floor(jd - 0.5) - fraction).toBeLessThan(1.01e-5);
      expect(record['objectId']).toMatch(/^ZTF26[a-z]{7}$/);
      expect(candidate['pdiffimfilename']).toMatch(
        /^ztf_2026\d{10}_000\d{3}_z[gr]_c\d\d_o_q[1-4]_scimrefdiffimg\.fits$/,
      );
    }
  });

  it('is about a detection of five sigma or more, near where the source is', () => {
    for (const { packet, candidate } of night) {
      const snr = 1.0857362 / numberIn(candidate, 'sigmapsf');
      expect(snr).toBeGreaterThan(4.9999);
      expect(snr / packet.snr).toBeCloseTo(1, 5);
      // A fifth-sigma limit is the magnitude of a source of five sigma, photon noise aside.
      expect(numberIn(candidate, 'magpsf')).toBeLessThanOrEqual(numberIn(candidate, 'diffmaglim') + 1e-4);
      const place =
        packet.source.placeAt?.(numberIn(candidate, 'jd') - 2_400_000.5 + 52 / 86_400) ?? packet.source.place;
      const dx = (numberIn(candidate, 'ra') - place.ra) * Math.cos((place.dec * Math.PI) / 180);
      expect(Math.hypot(dx, numberIn(candidate, 'dec') - place.dec) * 3600).toBeLessThan(1.2);
    }
  });

  it('one object has one name, and its counts of detections never fall', () => {
    const names = new Map<number, string>();
    const counts = new Map<number, number>();
    for (const { packet, record, candidate } of night) {
      const { index, placeAt } = packet.source;
      if (placeAt !== undefined) continue;
      expect(names.get(index) ?? record['objectId']).toBe(record['objectId']);
      names.set(index, record['objectId'] as string);
      expect(numberIn(candidate, 'ndethist')).toBeGreaterThan(counts.get(index) ?? 0);
      expect(numberIn(candidate, 'ncovhist')).toBeGreaterThanOrEqual(numberIn(candidate, 'ndethist'));
      counts.set(index, numberIn(candidate, 'ndethist'));
    }
    expect(new Set(names.values()).size).toBe(names.size);
  });

  it('lists the last thirty days in time order, every exposure once: detections and upper limits', () => {
    let [detections, limits] = [0, 0];
    for (const { packet, record, candidate } of night) {
      const jd = numberIn(candidate, 'jd');
      const rows = rowsIn(record, 'prv_candidates');
      expect(rows.length).toBe(packet.historyRows);
      expect(rowsIn(record, 'fp_hists').length).toBe(rows.length);
      let before = 0;
      for (const row of rows) {
        const time = numberIn(row, 'jd');
        if (!(time > before && time < jd && time >= jd - 30)) expect.fail(`${time} before ${jd}, after ${before}`);
        before = time;
        if (row['candid'] === null) {
          limits += 1;
          const empty = ['ra', 'magpsf', 'isdiffpos', 'rb'].every((field) => row[field] === null);
          if (!empty) expect.fail('an upper limit with a detection in it');
        } else {
          detections += 1;
          if (!(1.0857362 / numberIn(row, 'sigmapsf') > 4.9999)) expect.fail('a detection below five sigma');
        }
        if (!(numberIn(row, 'diffmaglim') > 17)) expect.fail('no limit');
      }
    }
    expect(detections).toBeGreaterThan(500);
    expect(limits).toBeGreaterThan(500);
  });

  it('history says of a detection what its own packet said, float for float, and nothing else was sent', () => {
    const sent = new Map(night.map(({ record, candidate }) => [record['candid'] as bigint, { record, candidate }]));
    let compared = 0;
    for (const { packet, record } of night) {
      for (const row of rowsIn(record, 'prv_candidates')) {
        if (row['candid'] === null || numberIn(row, 'jd') < simulator.firstNight + 2_400_000.5) continue;
        const earlier = sent.get(row['candid'] as bigint);
        expect(earlier, `${packet.alertId} lists ${row['candid']}`).toBeDefined();
        expect(earlier!.record['objectId']).toBe(record['objectId']);
        for (const [field, value] of Object.entries(row)) {
          if (!Object.is(value, earlier!.candidate[field])) {
            expect.fail(`${field} of ${row['candid']}: ${String(value)}, sent as ${String(earlier!.candidate[field])}`);
          }
        }
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(200);
  });

  it('every detection that was sent is in the history of the next packet of its object', () => {
    const last = new Map<string, bigint>();
    for (const { packet, record } of night) {
      if (packet.source.placeAt !== undefined) continue;
      const name = record['objectId'] as string;
      const listed = rowsIn(record, 'prv_candidates').map((row) => row['candid']);
      if (last.has(name)) expect(listed).toContain(last.get(name));
      last.set(name, record['candid'] as bigint);
    }
  });

  it('forced photometry agrees with what was detected: same flux, same sign', () => {
    let compared = 0;
    for (const { record } of night.slice(0, 100)) {
      const forced = rowsIn(record, 'fp_hists');
      for (const [n, row] of rowsIn(record, 'prv_candidates').entries()) {
        const beside = forced[n]!;
        expect(beside['jd']).toBe(row['jd']);
        const flux = numberIn(beside, 'forcediffimflux');
        const snr = Math.abs(flux) / numberIn(beside, 'forcediffimfluxunc');
        if (row['candid'] === null) continue;
        const magnitude = numberIn(beside, 'magzpsci') - 2.5 * Math.log10(Math.abs(flux));
        expect(magnitude).toBeCloseTo(numberIn(row, 'magpsf'), 4);
        expect(snr).toBeCloseTo(1.0857362 / numberIn(row, 'sigmapsf'), 1);
        expect(flux > 0).toBe(row['isdiffpos'] === 't');
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(100);
  });

  it('a known asteroid has its name, a new object each time, and no earlier detection', () => {
    const passing = night.filter(({ packet }) => packet.source.kind === 'asteroid');
    expect(passing.length).toBeGreaterThan(10);
    expect(new Set(passing.map(({ record }) => record['objectId'])).size).toBe(passing.length);
    for (const { packet, record, candidate } of passing) {
      expect(rowsIn(record, 'prv_candidates').every((row) => row['candid'] === null)).toBe(true);
      if (packet.source.truth['known'] === true) {
        expect(numberIn(candidate, 'ssdistnr')).toBeGreaterThanOrEqual(0);
        expect(numberIn(candidate, 'ssdistnr')).toBeLessThanOrEqual(2);
        expect(candidate['ssnamenr']).toMatch(/^\d+$|^\d{4}[A-Z]{2}\d*$/);
      } else expect(candidate['ssnamenr']).toBe('null');
    }
    for (const { packet, candidate } of night) {
      if (packet.source.kind !== 'asteroid')
        expect([candidate['ssdistnr'], candidate['ssnamenr']]).toEqual([-999, 'null']);
    }
  });

  it('scores tell most of what is real from most artefacts', () => {
    const scores = (isArtefact: boolean, field: string): number[] =>
      night
        .filter(({ packet }) => (packet.source.kind === 'artefact') === isArtefact)
        .map(({ candidate }) => numberIn(candidate, field));
    const share = (values: readonly number[], test: (value: number) => boolean): number =>
      values.filter(test).length / values.length;
    expect(share(scores(false, 'rb'), (rb) => rb >= 0.55)).toBeGreaterThan(0.95);
    expect(share(scores(true, 'rb'), (rb) => rb < 0.55)).toBeGreaterThan(0.9);
    expect(share(scores(false, 'drb'), (drb) => drb > 0.5)).toBeGreaterThan(0.95);
    expect(share(scores(true, 'drb'), (drb) => drb < 0.5)).toBeGreaterThan(0.9);
    for (const field of ['rb', 'drb']) {
      for (const value of [...scores(true, field), ...scores(false, field)])
        expect(value >= 0 && value <= 1).toBe(true);
    }
  });

  it('the corrected magnitude of a variable star is that of the star', () => {
    // Science reference, section 8: reference and difference add up, with the sign of the difference.
    let compared = 0;
    for (const { packet, candidate } of night) {
      if (packet.source.kind !== 'rr_lyrae' || packet.snr < 20) continue;
      const flux = (mag: number): number => 10 ** (-0.4 * mag);
      const sign = candidate['isdiffpos'] === 't' ? 1 : -1;
      const band = candidate['fid'] === 1 ? 'g' : 'r';
      const total =
        packet.source.difference(band, numberIn(candidate, 'jd') - 2_400_000.5 + 52 / 86_400) +
        packet.source.template(band);
      const apparent =
        -2.5 * Math.log10(flux(numberIn(candidate, 'magnr')) + sign * flux(numberIn(candidate, 'magpsf')));
      // Within five sigma: what the noise of the difference does to the sum.
      const error = flux(numberIn(candidate, 'magpsf')) / packet.snr / flux(apparent);
      expect(Math.abs(apparent - (31.4 - 2.5 * Math.log10(total)))).toBeLessThan(5 * 1.0857 * error);
      compared += 1;
    }
    expect(compared).toBeGreaterThan(20);
  });

  it('light curves recover the period of a pulsating star', () => {
    const curves = new Map<number, Map<unknown, { mjd: number; mag: number }>>();
    for (const { packet, record, candidate } of night) {
      const { source } = packet;
      if (source.kind !== 'rr_lyrae' || source.truth['type'] !== 'RRab') continue;
      const points = curves.get(source.index) ?? new Map();
      for (const row of [candidate, ...rowsIn(record, 'prv_candidates')]) {
        if (row['candid'] === null || row['fid'] !== 2) continue;
        const difference = 10 ** (-0.4 * numberIn(row, 'magpsf')) * (row['isdiffpos'] === 't' ? 1 : -1);
        const mag = -2.5 * Math.log10(10 ** (-0.4 * numberIn(row, 'magnr')) + difference);
        points.set(row['candid'], { mjd: numberIn(row, 'jd') - 2_400_000.5, mag });
      }
      curves.set(source.index, points);
    }
    for (const [index, points] of curves) if (points.size < 16) curves.delete(index);
    expect(curves.size).toBeGreaterThan(3);
    let recovered = 0;
    for (const [index, byId] of curves) {
      const points = [...byId.values()];
      const period = simulator.sources[index]!.truth['period_days'] as number;
      const scatter = (trial: number): number => foldedScatter(points, trial);
      // The right period beats every other one that is not it, but for the day's aliases, on most stars.
      const here = scatter(period);
      let worse = 0;
      let tried = 0;
      for (let trial = 0.42; trial < 0.85; trial += 0.0013) {
        if (Math.abs(trial - period) < 0.02) continue;
        tried += 1;
        if (scatter(trial) > here) worse += 1;
      }
      if (worse / tried > 0.97) recovered += 1;
    }
    expect(recovered / curves.size).toBeGreaterThan(0.8);
  });
});

/** Length of the light curve folded at a period: string length of neighbours in phase. */
function foldedScatter(points: readonly { mjd: number; mag: number }[], period: number): number {
  const folded = points.map(({ mjd, mag }) => ({ phase: (mjd / period) % 1, mag })).sort((a, b) => a.phase - b.phase);
  let sum = 0;
  for (const [n, point] of folded.entries()) sum += (point.mag - folded[(n + 1) % folded.length]!.mag) ** 2;
  return sum;
}
