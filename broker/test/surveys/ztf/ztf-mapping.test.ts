import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import type { LightCurvePoint } from '../../../src/model/light-curve.ts';
import type { DecodedPacket } from '../../../src/model/packet.ts';
import { joinSchemaFiles } from '../../../src/surveys/folder-schema-source.ts';
import { AvroPacketDecoder } from '../../../src/surveys/packet-decoder.ts';
import { forcedPhotometry } from '../../../src/surveys/ztf/forced-photometry.ts';
import { referenceImage } from '../../../src/surveys/ztf/ztf-mapping.ts';
import { describeWithSharedData, sharedPath } from '../../shared-data.ts';
import { avscType, writeContainer } from '../avsc-oracle.ts';
import { archivesIn, realPacket, realPackets } from '../real-packets.ts';
import { sampleRecord } from '../sample-record.ts';

async function officialSchema(version: string): Promise<object> {
  const folder = sharedPath(`data/schemas/ztf/official/${version}`);
  return JSON.parse((await joinSchemaFiles(folder, readdirSync(folder).sort(), ['ztf.alert']))!) as object;
}

function packetOf(schema: object, record: Readonly<Record<string, unknown>>): Buffer {
  return writeContainer(
    schema,
    [[avscType(schema).toBuffer(sampleRecord(schema as never, record))]],
    'null',
    (bytes) => bytes,
  );
}

/** JSON with integers of any length. */
function parseJson(text: string): unknown {
  return JSON.parse(text.replace(/([:[,]\s*)(-?\d{16,})(?=[,}\]\s])/g, '$1"$2"'));
}

describe('forced photometry', () => {
  test('is calibrated: 100 counts at zero point 26.2 are 12.02 microjansky, magnitude 21.2', () => {
    const measured = forcedPhotometry(100, 5, 26.2)!;
    expect(measured.flux / 1000).toBeCloseTo(100 * 10 ** ((8.9 - 26.2) / 2.5) * 1e6, 9);
    expect(measured.mag).toBeCloseTo(23.9 - 2.5 * Math.log10(measured.flux / 1000), 12);
    expect(measured.mag).toBeCloseTo(21.2, 12);
    expect(measured.magErr).toBeCloseTo((1.0857362047581296 * 5) / 100, 12);
    expect(forcedPhotometry(-100, 5, 26.2)).toEqual({ ...measured, flux: -measured.flux });
  });

  test.each([
    [Number.NaN, 5, 26],
    [0, 5, 26],
    [-99999, 5, 26],
    [100, Number.NaN, 26],
    [100, -99999, 26],
    [100, 5, Number.NaN],
  ])('that was not measured (%d ± %d at %d) is none', (counts, error, zero) => {
    expect(forcedPhotometry(counts, error, zero)).toBeUndefined();
  });
});

test('field, readout channel and filter make one number each, and 0 when one is not known', () => {
  const seen = new Set<number>();
  for (const field of [0, 1, 500, 1895])
    for (const rcid of [0, 3, 63]) for (const fid of [1, 2, 3]) seen.add(referenceImage(field, rcid, fid));
  expect(seen.size).toBe(36);
  expect(seen.has(0)).toBe(false);
  expect([
    referenceImage(Number.NaN, 1, 1),
    referenceImage(1, 64, 1),
    referenceImage(1, 1, 4),
    referenceImage(-999, 1, 1),
  ]).toEqual([0, 0, 0, 0]);
});

describeWithSharedData('a ZTF packet', () => {
  const decoder = new AvroPacketDecoder();

  test('of schema 3.3 gives 113 properties on the alert, 64 on a history detection, 22 on a limit, less two of arrival', async () => {
    const arrival = 2;
    let checked = 0;
    for (const { bytes } of await realPackets('ztf/ztf_public_20200202.tar.gz')) {
      const [packet] = decoder.decode(bytes);
      const properties = decoder.properties(packet!.alert.body, packet!.alert.point);
      // drb is null in the first packets that have the field.
      if (!properties.has('ztf_drb')) continue;
      expect([...properties.keys()].filter((name) => !/^(ant|ztf)_[a-z0-9]+$/.test(name))).toEqual([]);
      const missing = 113 - arrival - properties.size;
      const { candidate } = fieldNames(await officialSchema('3.3'));
      const absent = candidate.filter((name) => !properties.has(`ztf_${name}`));
      expect(absent.length).toBe(missing);
      if (missing > 0) continue;
      for (const { point, body } of packet!.history(() => false)) {
        const row = decoder.properties(body, point);
        if (point.kind === 'upper_limit') expect(row.size).toBe(22 - arrival);
        else expect(row.size).toBe(64 - arrival);
        checked += 1;
      }
    }
    expect(checked).toBeGreaterThan(50);
  });

  test('names every property as ANTARES does', async () => {
    const bytes = await realPacket(
      'ztf/ztf_public_20200202.tar.gz',
      readFirstName(await realPackets('ztf/ztf_public_20200202.tar.gz', 1)),
    );
    const [packet] = decoder.decode(bytes);
    const names = new Set(decoder.properties(packet!.alert.body, packet!.alert.point).keys());
    for (const name of TRIGGERING.split(' ')) expect(names, name).toContain(`ztf_${name}`);
    for (const name of [
      'ant_mjd',
      'ant_mag',
      'ant_magerr',
      'ant_maglim',
      'ant_ra',
      'ant_dec',
      'ant_passband',
      'ant_survey',
    ])
      expect(names).toContain(name);
    expect(names.has('ztf_objectId') || names.has('ztf_publisher') || names.has('ztf_schemavsn')).toBe(false);
    const limit = packet!.history(() => false).find(({ point }) => point.kind === 'upper_limit')!;
    expect([...decoder.properties(limit.body, limit.point).keys()].sort()).toEqual(
      ['ant_mjd', 'ant_maglim', 'ant_passband', 'ant_survey', ...LIMIT.split(' ').map((name) => `ztf_${name}`)].sort(),
    );
  });

  test('that was recorded in 2026 gives the values that production published for it', async () => {
    const schema = await officialSchema('4.02');
    const bytes = packetOf(schema, {
      objectId: 'ZTF26abeuijw',
      candid: '3470490460915015042',
      schemavsn: '4.02',
      candidate: {
        jd: 2461224.990463,
        fid: 2,
        pid: '3470490460915',
        candid: '3470490460915015042',
        isdiffpos: 't',
        ra: 59.7257233,
        dec: 23.7619434,
        magpsf: 15.428149223327637,
        sigmapsf: 0.020089004188776016,
        diffmaglim: 18.01260757446289,
        field: 608,
        rcid: 9,
        nid: 3470,
        ssnamenr: '220',
        ssdistnr: 1,
        distnr: 6.336984157562256,
        magnr: 18.871000289916992,
        sigmagnr: 0.017999999225139618,
        sgscore1: 0.9975000023841858,
        distpsnr1: 6.381931304931641,
      },
      prv_candidates: [
        {
          jd: 2461224.9836343,
          fid: 2,
          pid: '3470483630915',
          diffmaglim: 18.741300582885742,
          field: 608,
          rcid: 9,
          nid: 3470,
          candid: null,
          isdiffpos: null,
          ra: null,
          dec: null,
        },
      ],
    });
    const [packet] = decoder.decode(bytes);
    const { point, body } = packet!.alert;
    const properties = decoder.properties(body, point);
    expect(point.alertId).toBe('ztf_candidate:3470490460915015042');
    expect(properties.get('ant_mjd')).toBe(61224.49046299979);
    expect(properties.get('ant_mag')).toBe(15.428149223327637);
    expect(properties.get('ant_magerr')).toBe(0.020089004188776016);
    expect(properties.get('ant_maglim')).toBe(18.01260757446289);
    expect(properties.get('ant_passband')).toBe('R');
    expect(properties.get('ant_survey')).toBe(1n);
    expect(properties.get('ztf_candid')).toBe(3470490460915015042n);
    expect(packet).toMatchObject({
      schemaVersion: '4.02',
      night: '2026-07-03',
      visit: '347049046',
      object: { survey: 'ztf', role: 'object', id: 'ZTF26abeuijw' },
    });
    const [limit] = packet!.history(() => false);
    expect(limit!.point).toMatchObject({
      alertId: 'ztf_upper_limit:ZTF26abeuijw-3470483630915',
      kind: 'upper_limit',
      surveyNumber: 2,
      mjd: 61224.483634300064,
      magLimit: 18.741300582885742,
      mag: Number.NaN,
      ra: Number.NaN,
    });
    expect(decoder.locusContribution(packet!)).toEqual({
      survey: 'ztf',
      values: { ztf_object_id: 'ZTF26abeuijw', ztf_ssnamenr: '220' },
      lists: { 'ztf.id': ['ZTF26abeuijw'], 'ztf.field': [608], 'ztf.rcid': [9], 'ztf.ssnamenr': ['220'] },
    });
  });

  test('keeps sentinels in properties, and has them undefined in points', async () => {
    const schema = await officialSchema('3.3');
    const [packet] = decoder.decode(
      packetOf(schema, {
        objectId: 'ZTF18abcdefg',
        candid: 5,
        candidate: {
          jd: 2458000.5,
          fid: 1,
          candid: 5,
          ra: 1,
          dec: 2,
          magpsf: 18,
          magnr: -999,
          sigmagnr: -999,
          distnr: -999,
          distpsnr1: -999,
          sgscore1: -999,
          ssdistnr: -999,
          ssnamenr: 'null',
          isdiffpos: '0',
        },
      }),
    );
    const { point, body } = packet!.alert;
    expect([
      point.referenceMag,
      point.referenceMagErr,
      point.referenceDistance,
      point.starDistance,
      point.starScore,
    ]).toEqual(new Array<number>(5).fill(Number.NaN));
    expect(point.sign).toBe(-1);
    expect(decoder.properties(body, point).get('ztf_magnr')).toBe(-999);
    expect(decoder.properties(body, point).get('ztf_ssnamenr')).toBe('null');
  });

  test.each([
    ['the night changes at noon on Palomar, 20:00 UTC', 2458000.5 + 19.99 / 24, '2017-09-04'],
    ['and carries the date on which it ends', 2458000.5 + 20.01 / 24, '2017-09-05'],
  ])('%s', async (_title, jd, night) => {
    const schema = await officialSchema('3.3');
    const [packet] = decoder.decode(
      packetOf(schema, { objectId: 'ZTF18a', candid: 5, candidate: { jd, fid: 1, candid: 5, ra: 1, dec: 2 } }),
    );
    expect(packet!.night).toBe(night);
  });

  test('with a detection that has a number but no place, or a place that is none, leaves it out', async () => {
    const schema = await officialSchema('3.3');
    const row = { jd: 2458000.5, fid: 1, pid: 1, isdiffpos: 't', ra: 10, dec: 10, candid: 7, magpsf: 18 };
    const [packet] = decoder.decode(
      packetOf(schema, {
        objectId: 'ZTF18abcdefg',
        candid: 5,
        candidate: { jd: 2458001.5, fid: 1, candid: 5, ra: 1, dec: 2 },
        prv_candidates: [
          row,
          { ...row, candid: 8, ra: null },
          { ...row, candid: 9, ra: Number.NaN },
          { ...row, candid: 10, dec: 91 },
          { ...row, candid: 11, jd: Number.NaN },
          { ...row, candid: 5 },
          { ...row, candid: 7, magpsf: 19 },
          { ...row, candid: 12, ra: 360 },
        ],
      }),
    );
    const asked: string[] = [];
    const rows = packet!.history((id) => asked.push(id) < 0);
    expect(rows.map(({ point }) => [point.alertId, point.mag, point.ra])).toEqual([
      ['ztf_candidate:7', 18, 10],
      ['ztf_candidate:12', 18, 0],
    ]);
    expect(asked).not.toContain('ztf_candidate:8');
    expect(
      packet!.history((id, kind) => kind === 'history' && id === 'ztf_candidate:7').map(({ point }) => point.alertId),
    ).toEqual(['ztf_candidate:12']);
  });

  test.each([
    ['PACKET_POSITION_INVALID', { ra: Number.NaN }],
    ['PACKET_POSITION_INVALID', { ra: -0.001 }],
    ['PACKET_POSITION_INVALID', { ra: 360.001 }],
    ['PACKET_POSITION_INVALID', { dec: 90.1 }],
    ['PACKET_POSITION_INVALID', { dec: Number.NEGATIVE_INFINITY }],
    ['PACKET_TIME_INVALID', { jd: Number.NaN }],
    ['PACKET_TIME_INVALID', { jd: 1480360995 }],
  ])('is refused: %s for %o', async (code, change) => {
    const schema = await officialSchema('3.3');
    const bytes = packetOf(schema, {
      objectId: 'ZTF18a',
      candid: 5,
      candidate: { jd: 2458000.5, fid: 1, candid: 5, ra: 1, dec: 2, ...change },
    });
    expect(() => decoder.decode(bytes)).toThrow(expect.objectContaining({ code }));
    const [packet] = decoder.decode(bytes, { keepProblems: true });
    expect(packet).toMatchObject({ problems: [{ code }] });
  });

  test('at right ascension 360 is at 0', async () => {
    const schema = await officialSchema('3.3');
    const bytes = packetOf(schema, {
      objectId: 'ZTF18a',
      candid: 5,
      candidate: { jd: 2458000.5, fid: 1, candid: 5, ra: 360, dec: 2 },
    });
    expect(decoder.decode(bytes)[0]!.alert.point.ra).toBe(0);
    expect(decoder.route(bytes).ra).toBe(0);
  });

  test('with forced photometry (4.x) has rows of flux, and none for what was not measured', async () => {
    let rows = 0;
    const archives = ['ztf/ztf_misc', 'ztf/ztf_public_20231012', 'ztf/ztf_public_20240715', 'ztf/ztf_public_20250904'];
    const packets = await Promise.all(archives.map((name) => realPackets(`${name}.tar.gz`)));
    for (const { bytes } of packets.flat()) {
      const [packet] = decoder.decode(bytes);
      for (const { point, body } of packet!.history((_, kind) => kind !== 'forced')) {
        const properties = decoder.properties(body, point);
        const counts = properties.get('ztf_forced_forcediffimflux') as number;
        expect(point.alertId).toBe(`ztf_forced:${packet!.object!.id}-${properties.get('ztf_forced_pid')}`);
        expect(point.flux).toBe(counts * 10 ** ((31.4 - (properties.get('ztf_forced_magzpsci') as number)) / 2.5));
        expect(Math.abs(point.mag - (31.4 - 2.5 * Math.log10(Math.abs(point.flux))))).toBeLessThan(1e-12);
        expect(point.sign).toBe(Math.sign(counts));
        expect([point.ra, point.dec]).toEqual([Number.NaN, Number.NaN]);
        rows += 1;
      }
    }
    expect(rows).toBeGreaterThan(100);
  });
});

describeWithSharedData('packets of one object after another', () => {
  interface Expected {
    readonly detections: readonly {
      readonly candid: string;
      readonly jd: number;
      readonly fid: number;
      readonly magpsf: number;
      readonly sigmapsf: number;
      readonly diffmaglim: number;
      readonly source: 'alert' | 'history_only';
      readonly first_packet: string;
    }[];
    readonly upper_limits: readonly {
      readonly pid: number;
      readonly jd: number;
      readonly fid: number;
      readonly diffmaglim: number;
      readonly first_packet: string;
    }[];
    readonly antares_alert_ids: readonly string[];
  }
  const packets = new Map<string, DecodedPacket[]>();
  let expected: Record<string, Expected> = {};

  beforeAll(async () => {
    const schema = await officialSchema('3.3');
    const type = avscType(schema);
    const decoder = new AvroPacketDecoder();
    for (const line of readFileSync(sharedPath('vectors/ztf_packets.jsonl'), 'utf8').trim().split('\n')) {
      const record = parseJson(line) as { objectId: string };
      const bytes = writeContainer(
        schema,
        [[type.toBuffer(sampleRecord(schema as never, record as never))]],
        'null',
        (each) => each,
      );
      const list = packets.get(record.objectId) ?? [];
      list.push(decoder.decode(bytes)[0]!);
      packets.set(record.objectId, list);
    }
    expected = parseJson(readFileSync(sharedPath('vectors/ztf_history_expected.json'), 'utf8')) as Record<
      string,
      Expected
    >;
  });

  test.each(['ZTF19abaejrh', 'ZTF18abdgukn', 'ZTF18aazxcwf'])(
    '%s add up to the alerts that independent code found',
    (objectId) => {
      const { detections, upper_limits: limits, antares_alert_ids: ids } = expected[objectId]!;
      const known = new Map<string, { point: LightCurvePoint; firstPacket: string }>();
      for (const packet of packets.get(objectId)!) {
        const own = packet.alert.point;
        const firstPacket = own.alertId.slice('ztf_candidate:'.length);
        // A full alert upgrades what was known from a history.
        known.set(own.alertId, { point: own, firstPacket: known.get(own.alertId)?.firstPacket ?? firstPacket });
        for (const { point } of packet.history((id) => known.has(id))) known.set(point.alertId, { point, firstPacket });
      }
      expect([...known.keys()].sort()).toEqual([...ids].sort());
      for (const { candid, jd, fid, magpsf, sigmapsf, diffmaglim, source, first_packet } of detections) {
        const { point, firstPacket } = known.get(`ztf_candidate:${candid}`)!;
        expect(point).toMatchObject({
          kind: source === 'alert' ? 'candidate' : 'history',
          mjd: jd - 2400000.5,
          passband: ['', 'g', 'R', 'i'][fid]!,
          mag: magpsf,
          magErr: sigmapsf,
          magLimit: diffmaglim,
        });
        expect(firstPacket).toBe(String(first_packet));
      }
      for (const { pid, jd, diffmaglim, first_packet } of limits) {
        const { point, firstPacket } = known.get(`ztf_upper_limit:${objectId}-${pid}`)!;
        expect(point).toMatchObject({ kind: 'upper_limit', mjd: jd - 2400000.5, magLimit: diffmaglim });
        expect(firstPacket).toBe(String(first_packet));
      }
    },
  );

  test('all real packets together list the 12,929 detections and the upper limits that brute force finds', async () => {
    const decoder = new AvroPacketDecoder();
    const detections = new Set<string>();
    const limits = new Set<string>();
    for (const path of [...archivesIn('ztf'), ...archivesIn('ztf-nocutout')]) {
      for (const { bytes } of await realPackets(path)) {
        const [packet] = decoder.decode(bytes);
        detections.add(packet!.alert.point.alertId);
        packet!.history((id, kind) => {
          if (kind === 'history') detections.add(id);
          if (kind === 'upper_limit') limits.add(id);
          return true;
        });
      }
    }
    const rows = (text: string): string[][] =>
      text
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.split(','));
    const history = rows(gunzipSync(readFileSync(sharedPath('data/expected/ztf_history_locus.csv.gz'))).toString());
    expect([...detections].sort()).toEqual(history.map(([candid]) => `ztf_candidate:${candid}`).sort());
    const loci = rows(readFileSync(sharedPath('data/expected/ztf_full_loci.csv'), 'utf8'));
    expect(limits.size).toBe(loci.reduce((sum, row) => sum + Number(row[4]), 0));
  });
});

function readFirstName(packets: readonly { readonly name: string }[]): string {
  return packets[0]!.name.split('/').at(-1)!;
}

function fieldNames(schema: object): { candidate: string[] } {
  const { fields } = schema as { fields: { name: string; type: { fields: { name: string }[] } }[] };
  return { candidate: fields.find(({ name }) => name === 'candidate')!.type.fields.map(({ name }) => name) };
}

/** Interface notes, section 7.2. */
const TRIGGERING =
  'jd fid pid diffmaglim pdiffimfilename programpi programid candid isdiffpos tblid nid rcid field xpos ypos ra dec magpsf sigmapsf chipsf magap sigmagap distnr magnr sigmagnr chinr sharpnr sky magdiff fwhm classtar mindtoedge magfromlim seeratio aimage bimage aimagerat bimagerat elong nneg nbad rb sumrat magapbig sigmagapbig ranr decnr scorr magzpsci magzpsciunc magzpscirms clrcoeff clrcounc rbversion ssdistnr ssmagnr ssnamenr sgmag1 sgmag2 sgmag3 srmag1 srmag2 srmag3 simag1 simag2 simag3 szmag1 szmag2 szmag3 sgscore1 sgscore2 sgscore3 distpsnr1 distpsnr2 distpsnr3 objectidps1 objectidps2 objectidps3 ndethist ncovhist jdstarthist jdendhist tooflag nmtchps rfid jdstartref jdendref nframesref dsnrms ssnrms dsdiff nmatches zpclrcov zpmed clrmed clrrms neargaia neargaiabright maggaia maggaiabright exptime drb drbversion';
const LIMIT =
  'jd fid pid diffmaglim pdiffimfilename programpi programid nid rcid field magzpsci magzpsciunc magzpscirms clrcoeff clrcounc rbversion';
