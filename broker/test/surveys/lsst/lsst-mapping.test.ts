import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { abMagnitude, abMagnitudeError, fiveSigmaLimit } from '../../../src/surveys/ab-magnitude.ts';
import { cutoutFormat } from '../../../src/surveys/cutout-format.ts';
import { FolderSchemaSource } from '../../../src/surveys/folder-schema-source.ts';
import { AvroPacketDecoder } from '../../../src/surveys/packet-decoder.ts';
import { describeWithSharedData, sharedPath } from '../../shared-data.ts';
import { avscType } from '../avsc-oracle.ts';
import { realPackets } from '../real-packets.ts';
import { sampleRecord } from '../sample-record.ts';

test('a positive flux has the magnitude that production publishes, any other none', () => {
  // Interface notes, section 11, item 14.
  expect(abMagnitude(2459.348388671875)).toBeCloseTo(22.92294986302458, 13);
  expect(abMagnitudeError(2459.348388671875, 122.97907257080078)).toBeCloseTo(0.05429195478473967, 15);
  for (const flux of [0, -5, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(abMagnitude(flux)).toBeNaN();
    expect(abMagnitudeError(flux, 1)).toBeNaN();
  }
  expect(fiveSigmaLimit(100)).toBe(31.4 - 2.5 * Math.log10(500));
  expect(fiveSigmaLimit(0)).toBeNaN();
});

describeWithSharedData('fluxes and magnitudes', () => {
  test('agree with the reference table', () => {
    const [, ...lines] = readFileSync(sharedPath('vectors/flux_mag.csv'), 'utf8').trim().split('\n');
    expect(lines.length).toBeGreaterThan(20);
    for (const line of lines) {
      const [flux, error, mag, magError] = line.split(',').map((cell) => (cell === '' ? Number.NaN : Number(cell)));
      const check = (found: number, expected: number): void => {
        if (Number.isNaN(expected)) expect(found).toBeNaN();
        else expect(Math.abs(found - expected) / Math.max(1, Math.abs(expected))).toBeLessThan(1e-13);
      };
      check(abMagnitude(flux!), mag!);
      check(abMagnitudeError(flux!, error!), magError!);
    }
  });
});

describeWithSharedData('an LSST packet', () => {
  const source = new FolderSchemaSource(sharedPath('data/schemas/lsst'));
  const decoder = new AvroPacketDecoder({ schemaSource: source });
  const schemas = new Map<string, object>();

  beforeAll(async () => {
    for (const version of ['1.0', '2.1', '4.0', '6.1', '7.1', '7.4', '9.0', '10.0', '10.1', '11.1']) {
      const [major, minor] = version.split('.').map(Number);
      schemas.set(version, JSON.parse((await source.find(100 * major! + minor!))!) as object);
    }
  });

  async function message(version: string, record: Readonly<Record<string, unknown>>): Promise<Buffer> {
    const schema = schemas.get(version)!;
    const [major, minor] = version.split('.').map(Number);
    const head = Buffer.alloc(5);
    head.writeUInt32BE(100 * major! + minor!, 1);
    const bytes = Buffer.concat([head, avscType(schema).toBuffer(sampleRecord(schema as never, record))]);
    await decoder.ensureSchema(bytes);
    return bytes;
  }

  const diaSource = {
    diaSourceId: '170631126925180997',
    visit: '2026022400123',
    detector: 5,
    midpointMjdTai: 61095.1,
    ra: 359.5,
    dec: -12,
    band: 'i',
    diaObjectId: '170631126925180000',
    ssObjectId: 0,
  };
  const forcedSource = {
    diaForcedSourceId: '900000000000000001',
    diaObjectId: 7,
    visit: 1,
    detector: 2,
    midpointMjdTai: 61090,
    ra: 1,
    dec: 1,
    band: 'z',
    timeProcessedMjdTai: 61091,
  };

  test('has every property under the name that the interface gives', async () => {
    const given = (part: 'diaSource' | 'diaObject'): Record<string, unknown> =>
      Object.fromEntries(
        NAMES[part]
          .split(' ')
          .map((name) => [
            name,
            name.includes('lag') || name.startsWith('is') || name === 'glint_trail' || name.endsWith('Attempted')
              ? true
              : 1.5,
          ]),
      );
    const whole = {
      visit: 1,
      detector: 1,
      psfNdata: 1,
      trailNdata: 1,
      dipoleNdata: 1,
      bboxSize: 1,
      nDiaSources: 1,
      parentDiaSourceId: 1,
    };
    const counts = Object.fromEntries('ugrizy'.split('').map((band) => [`${band}_psfFluxNdata`, 3]));
    const record = {
      diaSourceId: diaSource.diaSourceId,
      observation_reason: 'alert_m49',
      target_name: 'field_m49, lowdust',
      diaSource: { ...given('diaSource'), ...whole, ...diaSource },
      diaObject: { ...given('diaObject'), ...counts, nDiaSources: 1, diaObjectId: diaSource.diaObjectId },
    };
    const [packet] = decoder.decode(await message('10.0', record));
    const properties = decoder.properties(packet!.alert.body, packet!.alert.point);
    const expected = [
      'ant_dec',
      'ant_mag',
      'ant_magerr',
      'ant_maglim',
      'ant_mjd',
      'ant_passband',
      'ant_ra',
      'ant_survey',
      ...NAMES.diaObject.split(' ').map((name) => `lsst_diaObject_${name}`),
      ...NAMES.diaSource.split(' ').map((name) => `lsst_diaSource_${name}`),
      'lsst_observation_reason',
      'lsst_target_name',
    ];
    for (const name of expected) expect([...properties.keys()]).toContain(name);
    // What the schema of today demands and that of the recorded night did not have.
    const more = [...properties.keys()].filter((name) => !expected.includes(name));
    expect(more).toEqual([]);
    expect(expected.length).toBe(116 - 1);
    expect(properties.get('lsst_diaSource_isNegative')).toBe(true);
    expect(properties.get('lsst_diaSource_ssObjectId')).toBe(0n);
    expect(properties.get('lsst_diaSource_diaSourceId')).toBe(170631126925180997n);
    expect(properties.get('ant_survey')).toBe(4n);
  });

  test('gives the light curve that production published, with a limit that is one', async () => {
    const { light_curve: rows } = JSON.parse(
      readFileSync(sharedPath('vectors/antares_production_lsst.json'), 'utf8'),
    ) as { light_curve: Record<string, number | string>[] };
    let checked = 0;
    for (const row of rows) {
      if (row['psfFlux_nJy'] === undefined) continue;
      const bytes = await message('10.0', {
        diaSource: {
          ...diaSource,
          diaSourceId: (row['alert_id'] as string).slice('lsst:'.length),
          midpointMjdTai: row['mjd'],
          band: row['band'],
          ra: row['ra'],
          dec: row['dec'],
          psfFlux: row['psfFlux_nJy'],
          psfFluxErr: row['psfFluxErr_nJy'],
          scienceFlux: row['scienceFlux_nJy'],
          scienceFluxErr: row['scienceFluxErr_nJy'],
        },
      });
      const { point } = decoder.decode(bytes)[0]!.alert;
      expect(point.alertId).toBe(row['alert_id']);
      for (const [name, value] of [
        ['ant_mag', point.mag],
        ['ant_magerr', point.magErr],
        ['ant_mag_corrected', point.magCorrected],
        ['ant_magerr_corrected', point.magErrCorrected],
      ] as const) {
        expect(Math.abs(value - (row[name] as number))).toBeLessThan(1e-13);
      }
      expect(point.mjd).toBe(row['mjd']);
      expect(point.magLimit).toBe(31.4 - 2.5 * Math.log10(5 * Math.fround(row['psfFluxErr_nJy'] as number)));
      checked += 1;
    }
    expect(checked).toBe(3);
  });

  test.each([
    [
      'a flux below zero has no magnitude, and stays a flux',
      { psfFlux: -500, psfFluxErr: 50 },
      { mag: Number.NaN, magErr: Number.NaN, flux: -500, fluxErr: 50, sign: -1 },
    ],
    [
      'isNegative speaks before the sign of the flux',
      { psfFlux: 500, psfFluxErr: 50, isNegative: true },
      { flux: 500, sign: -1 },
    ],
    [
      'NaN is undefined as null is',
      { psfFlux: Number.NaN, psfFluxErr: null },
      { flux: Number.NaN, fluxErr: Number.NaN, mag: Number.NaN, magLimit: Number.NaN, sign: 0 },
    ],
  ])('%s', async (_title, change, expected) => {
    const [packet] = decoder.decode(await message('10.0', { diaSource: { ...diaSource, ...change } }));
    expect(packet!.alert.point).toMatchObject(expected);
  });

  test.each([
    ['is the object', { diaSource: { diaObjectId: 7, ssObjectId: 0 } }, { role: 'object', id: '7' }],
    [
      'is the object, also beside a solar-system name',
      { diaSource: { diaObjectId: 7, ssObjectId: 8 } },
      { role: 'object', id: '7' },
    ],
    [
      'is that of the object record when the source names none',
      { diaSource: { diaObjectId: null, ssObjectId: 8 }, diaObject: { diaObjectId: 9 } },
      { role: 'object', id: '9' },
    ],
    [
      'is the solar-system object without an object; 0 means none',
      { diaSource: { diaObjectId: 0, ssObjectId: '21163611746022476' } },
      { role: 'solar_system_object', id: '21163611746022476' },
    ],
    [
      'is the solar-system source when only that says so',
      { diaSource: { diaObjectId: null, ssObjectId: null }, ssSource: { ssObjectId: 8 } },
      { role: 'solar_system_object', id: '8' },
    ],
    ['is none where nothing says', { diaSource: { diaObjectId: 0, ssObjectId: 0 } }, undefined],
  ])('its association %s', async (_title, record, expected) => {
    const bytes = await message('10.0', { ...record, diaSource: { ...diaSource, ...record.diaSource } });
    const object = expected === undefined ? undefined : { survey: 'lsst', ...expected };
    const [packet] = decoder.decode(bytes);
    expect(packet!.object).toEqual(object);
    expect(decoder.route(bytes).object).toEqual(object);
    expect(decoder.locusContribution(packet!)).toEqual({
      survey: 'lsst',
      values: {},
      lists: {
        'lsst.dia_object_id': expected?.role === 'object' ? [expected.id] : [],
        'lsst.ss_object_id': expected?.role === 'solar_system_object' ? [expected.id] : [],
      },
    });
  });

  test.each([
    ['before noon at UTC it is the day before', 61095.4999, '2026-02-23'],
    ['after noon at UTC it is the day', 61095.51, '2026-02-24'],
  ])('its night is day_obs: %s', async (_title, midpointMjdTai, night) => {
    const [packet] = decoder.decode(await message('10.0', { diaSource: { ...diaSource, midpointMjdTai } }));
    expect(packet).toMatchObject({ night, visit: '2026022400123', schemaVersion: '10.0' });
  });

  test('of the real nights has the night that its visits are named after', async () => {
    for (const { bytes, name } of await realPackets('lsst/rubin_v10_0.tar.gz')) {
      const [packet] = decoder.decode(bytes);
      const day = packet!.visit.slice(0, 8);
      expect(packet!.night, name).toBe(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6, 8)}`);
    }
  });

  test('up to version 7 has limits, named after object and exposure', async () => {
    const limits = [
      { ccdVisitId: '75500042', midpointMjdTai: 61090, band: 'r', diaNoise: 100 },
      { ccdVisitId: '75500043', midpointMjdTai: 61091, band: 'g', diaNoise: Number.NaN },
    ];
    const [packet] = decoder.decode(await message('7.1', { diaSource, prvDiaNondetectionLimits: limits }));
    const rows = packet!.history(() => false);
    expect(rows.map(({ point }) => point.alertId)).toEqual([
      'lsst_upper_limit:170631126925180000-75500042',
      'lsst_upper_limit:170631126925180000-75500043',
    ]);
    expect(rows[0]!.point).toMatchObject({
      kind: 'upper_limit',
      passband: 'r',
      mjd: 61090,
      magLimit: 31.4 - 2.5 * Math.log10(500),
      mag: Number.NaN,
    });
    expect(Object.fromEntries(decoder.properties(rows[0]!.body, rows[0]!.point))).toMatchObject({
      lsst_diaNondetectionLimit_diaNoise: 100,
      ant_survey: 4n,
    });
  });

  test('lists each history row once, the first of its kind, whatever their order, and not itself', async () => {
    const row = (diaForcedSourceId: string, psfFlux: number): object => ({
      ...forcedSource,
      diaForcedSourceId,
      psfFlux,
      psfFluxErr: 30,
    });
    for (const ids of ['1 2 2 3 1 4', '4 3 4 2 1 2', '2 2', '9 10 8 9 10 11']) {
      const rows = ids.split(' ').map((id, i) => row(id, 100 + i));
      const [packet] = decoder.decode(await message('10.0', { diaSource, prvDiaForcedSources: rows }));
      const found = packet!.history((id) => id === 'lsst_forced:3').map(({ point }) => [point.alertId, point.flux]);
      const expected = new Map<string, number>();
      for (const [i, id] of ids.split(' ').entries()) if (id !== '3' && !expected.has(id)) expected.set(id, 100 + i);
      expect(found).toEqual([...expected].map(([id, flux]) => [`lsst_forced:${id}`, flux]));
    }
    const [packet] = decoder.decode(await message('10.0', { diaSource, prvDiaSources: [diaSource] }));
    expect(packet!.history(() => false)).toEqual([]);
  });

  test('has forced photometry without magnitude where the flux is negative, and none where nothing was measured', async () => {
    const [packet] = decoder.decode(
      await message('10.0', {
        diaSource,
        prvDiaForcedSources: [
          { ...forcedSource, psfFlux: 300, psfFluxErr: 30 },
          { ...forcedSource, diaForcedSourceId: '900000000000000002', psfFlux: -300, psfFluxErr: 30 },
          { ...forcedSource, diaForcedSourceId: '900000000000000003' },
        ],
      }),
    );
    const rows = packet!.history(() => false).map(({ point }) => point);
    expect(rows).toMatchObject([
      {
        alertId: 'lsst_forced:900000000000000001',
        kind: 'forced',
        flux: 300,
        mag: 31.4 - 2.5 * Math.log10(300),
        ra: Number.NaN,
        passband: 'z',
        surveyNumber: 4,
      },
      { alertId: 'lsst_forced:900000000000000002', flux: -300, mag: Number.NaN, sign: -1 },
    ]);
    expect(rows.length).toBe(2);
  });

  test('of the oldest schemas is read by the names of its time', async () => {
    const old = {
      diaSourceId: 5,
      ccdVisitId: 44,
      midPointTai: 59000.25,
      filterName: 'g',
      ra: 10,
      decl: -5,
      psFlux: 100,
      psFluxErr: 10,
      totFlux: 200,
      totFluxErr: 20,
      diaObjectId: 3,
    };
    for (const version of ['1.0', '2.1', '4.0']) {
      const field = version === '1.0' ? 'prv_diaSources' : 'prvDiaSources';
      const [packet] = decoder.decode(
        await message(version, { diaSource: old, [field]: [{ ...old, diaSourceId: 4 }] }),
      );
      expect(packet!.alert.point).toMatchObject({
        alertId: 'lsst:5',
        mjd: 59000.25,
        ra: 10,
        dec: -5,
        passband: 'g',
        mag: 26.4,
        flux: 100,
        magCorrected: 31.4 - 2.5 * Math.log10(200),
      });
      expect(packet!.visit).toBe('44');
      expect(packet!.history(() => false).map(({ point }) => point.alertId)).toEqual(['lsst:4']);
      const properties = decoder.properties(packet!.alert.body, packet!.alert.point);
      expect(properties.get('lsst_diaSource_midPointTai')).toBe(59000.25);
    }
  });

  test('has images in FITS, found by position', async () => {
    const [{ bytes } = { bytes: Buffer.alloc(0) }] = await realPackets('lsst/rubin_v9_0_spark.tar.gz', 1);
    const [packet] = decoder.decode(bytes);
    expect(packet!.cutouts.map(({ name }) => name).sort()).toEqual(['difference', 'science', 'template']);
    for (const { offset, length } of packet!.cutouts)
      expect(cutoutFormat(bytes.subarray(offset, offset + length))).toBe('fits');
  });
});

/** Interface notes, section 7.3: the fields of an alert of the first night. */
const NAMES = {
  diaObject:
    'dec decErr diaObjectId g_psfFluxErrMean g_psfFluxMax g_psfFluxMean g_psfFluxMeanErr g_psfFluxMin g_psfFluxNdata g_scienceFluxMean g_scienceFluxMeanErr i_psfFluxNdata r_psfFluxNdata u_psfFluxNdata y_psfFluxNdata z_psfFluxNdata nDiaSources ra raErr ra_dec_Cov validityStartMjdTai',
  diaSource:
    'apFlux apFluxErr apFlux_flag apFlux_flag_apertureTruncated band bboxSize centroid_flag dec decErr detector diaObjectId diaSourceId dipoleFitAttempted dipoleNdata extendedness forced_PsfFlux_flag forced_PsfFlux_flag_edge forced_PsfFlux_flag_noGoodPixels glint_trail isDipole isNegative ixx ixxPSF ixy ixyPSF iyy iyyPSF midpointMjdTai parentDiaSourceId pixelFlags pixelFlags_bad pixelFlags_cr pixelFlags_crCenter pixelFlags_edge pixelFlags_injected pixelFlags_injectedCenter pixelFlags_injected_template pixelFlags_injected_templateCenter pixelFlags_interpolated pixelFlags_interpolatedCenter pixelFlags_nodata pixelFlags_nodataCenter pixelFlags_offimage pixelFlags_saturated pixelFlags_saturatedCenter pixelFlags_streak pixelFlags_streakCenter pixelFlags_suspect pixelFlags_suspectCenter psfChi2 psfFlux psfFluxErr psfFlux_flag psfFlux_flag_edge psfFlux_flag_noGoodPixels psfNdata ra raErr ra_dec_Cov reliability scienceFlux scienceFluxErr shape_flag shape_flag_no_pixels shape_flag_not_contained shape_flag_parent_source snr ssObjectId templateFlux templateFluxErr timeProcessedMjdTai trailAngle trailDec trailFlux trailFluxErr trailLength trailNdata trailRa trail_flag_edge visit x xErr y yErr',
} as const;
