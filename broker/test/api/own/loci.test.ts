import { parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AlertRow, StoredLocus } from '../../../src/alert-store/alert-store.ts';
import type { LocusId } from '../../../src/model/ids.ts';
import { locusToJson } from '../../../src/model/json.ts';
import { parseCsv } from '../../exports.ts';
import { describeWithSharedData } from '../../shared-data.ts';
import { realPackets } from '../../surveys/real-packets.ts';
import { type ServerUnderTest, serverUnderTest } from '../server-under-test.ts';

interface LightCurveJson {
  readonly locus_id: string;
  readonly columns: readonly { readonly name: string }[];
  readonly values: Readonly<Record<string, readonly (string | number | null)[]>>;
}

describeWithSharedData('loci over HTTP', () => {
  let api: ServerUnderTest;
  let ids: LocusId[];
  /** The locus with the longest light curve of each survey. */
  let ztf: string;
  let lsst: string;

  beforeAll(async () => {
    api = await serverUnderTest({
      packets: [
        ...(await realPackets('ztf/ztf_public_20240715.tar.gz')),
        ...(await realPackets('lsst/rubin_v10_0.tar.gz')),
      ],
    });
    const { items } = await api.store.scanLoci(undefined, 1_000);
    ids = items.map(({ locusId }) => locusId);
    const loci = (await api.store.getLoci(items)) as StoredLocus[];
    const longest = (survey: string): string =>
      loci
        .filter(({ record }) => record.objects.some((object) => object.survey === survey))
        .sort((a, b) => b.lightCurve.order.length - a.lightCurve.order.length)[0]!.record.ref.locusId;
    ztf = longest('ztf');
    lsst = longest('lsst');
  });
  afterAll(() => api.close());

  async function rowsOf(id: string): Promise<AlertRow[]> {
    const [ref] = await api.store.findLoci([id as LocusId]);
    return api.store.getAlertRows(ref!);
  }

  async function get(url: string): Promise<string> {
    const answer = await api.app.inject(url);
    expect(answer.statusCode).toBe(200);
    return answer.body;
  }

  it('a locus is that of the export, with its HTM id', async () => {
    for (const id of ids) {
      const [ref] = await api.store.findLoci([id]);
      const [record] = await api.store.getLocusRecords([ref!]);
      const { htm16, properties, ...rest } = JSON.parse(await get(`/api/loci/${id}`)) as Record<string, unknown>;
      const { properties: exported, ...expected } = locusToJson(record!);
      expect(rest).toEqual(expected);
      expect(Object.keys(properties as object)).toEqual(Object.keys(exported as object));
      expect(htm16).toBeGreaterThan(8 * 4 ** 16 - 1);
      expect(htm16).toBeLessThan(16 * 4 ** 16);
    }
  });

  it('64-bit integers stand in the text as raw digits', async () => {
    const text = await get(`/api/loci/${lsst}`);
    const [object] = (JSON.parse(text) as { survey_object_ids: { lsst: string[] } }).survey_object_ids.lsst;
    expect(object).toMatch(/^\d{16,19}$/);
    expect(text).toContain(object);
    expect(text).not.toContain(`${Number(object)}"`.replace(object!, 'never'));
  });

  it('a light curve has all alerts of the locus, in the order of time', async () => {
    for (const id of [ztf, lsst]) {
      const rows = await rowsOf(id);
      const { values } = JSON.parse(await get(`/api/loci/${id}/lightcurve.json`)) as LightCurveJson;
      expect([...values['alert_id']!].sort()).toEqual(rows.map(({ point }) => point.alertId).sort());
      const times = values['mjd'] as number[];
      expect(times).toEqual([...times].sort((a, b) => a - b));
      for (const { point } of rows) {
        const at = values['alert_id']!.indexOf(point.alertId);
        expect(values['mag']![at]).toBe(Number.isNaN(point.mag) ? null : point.mag);
        expect(values['passband']![at]).toBe(point.passband);
      }
    }
  });

  it('times of ZTF are UTC and of LSST are TAI, and each is given in both', async () => {
    const curve = async (id: string): Promise<LightCurveJson['values']> =>
      (JSON.parse(await get(`/api/loci/${id}/lightcurve.json`)) as LightCurveJson).values;
    for (const [id, own] of [
      [ztf, 'mjd_utc'],
      [lsst, 'mjd_tai'],
    ] as const) {
      const values = await curve(id);
      expect(values[own]).toEqual(values['mjd']);
      for (const [i, utc] of values['mjd_utc']!.entries()) {
        expect(((values['mjd_tai']![i] as number) - (utc as number)) * 86_400).toBeCloseTo(37, 4);
      }
    }
  });

  it('CSV, Parquet and VOTable say what JSON says', async () => {
    for (const id of [ztf, lsst]) {
      const { columns, values } = JSON.parse(await get(`/api/loci/${id}/lightcurve.json`)) as LightCurveJson;
      const names = columns.map(({ name }) => name);
      const length = values['alert_id']!.length;
      const expected = Array.from({ length }, (_, row) => names.map((name) => values[name]![row]!));

      const csv = parseCsv(await get(`/api/loci/${id}/lightcurve.csv`));
      expect(csv.map((row) => names.map((name) => row[name]))).toEqual(
        expected.map((row) => row.map((value) => (value === null ? '' : String(value)))),
      );

      const { rawPayload } = await api.app.inject(`/api/loci/${id}/lightcurve.parquet`);
      const file = new Uint8Array(rawPayload).buffer;
      const rows = await parquetReadObjects({ file });
      expect(rows.map((row) => names.map((name) => (name === 'sign' ? Number(row[name]) : row[name])))).toEqual(
        expected,
      );

      const votable = await get(`/api/loci/${id}/lightcurve.vot`);
      const cells = [...votable.matchAll(/<TR>(.*?)<\/TR>/g)].map(([, row]) =>
        [...row!.matchAll(/<TD(?:\/>|>(.*?)<\/TD>)/g)].map(([, cell]) => cell ?? ''),
      );
      expect(cells).toEqual(expected.map((row) => row.map((value) => (value === null ? '' : String(value)))));
    }
  });

  it('files come with their media type and a name to be kept under', async () => {
    for (const [ending, type] of [
      ['/lightcurve.csv', 'text/csv; charset=utf-8; header=present'],
      ['/lightcurve.vot', 'application/x-votable+xml'],
      ['/lightcurve.parquet', 'application/vnd.apache.parquet'],
      ['.vot', 'application/x-votable+xml'],
    ] as const) {
      const { headers } = await api.app.inject(`/api/loci/${ztf}${ending}`);
      expect(headers['content-type']).toBe(type);
      expect(headers['content-disposition']).toBe(`attachment; filename="${ztf}${ending.replace('/', '_')}"`);
    }
  });

  it('a VOTable says position, unit and time scale of its columns', async () => {
    const curve = await get(`/api/loci/${ztf}/lightcurve.vot`);
    expect(curve).toMatch(/<TIMESYS ID="mjd_utc_system" timeorigin="MJD-origin" timescale="UTC"/);
    expect(curve).toMatch(/<FIELD ID="mjd_tai"[^>]* unit="d" ucd="time.epoch" ref="mjd_tai_system"/);
    const locus = await get(`/api/loci/${ztf}.vot`);
    expect(locus).toMatch(/<FIELD ID="ra" [^>]* unit="deg" ucd="pos.eq.ra;meta.main" ref="icrs"/);
    expect(locus).toContain(`<TD>${ztf}</TD>`);
  });

  it('an id that nobody has, or that is none, is not found', async () => {
    for (const id of ['ANT2020zzzzzz', 'nonsense', 'ANT', '0', 'ANT2020so7ia%00', '__proto__']) {
      for (const ending of ['', '.vot', '/lightcurve.csv', '/lightcurve.json', '/lightcurve.parquet']) {
        const answer = await api.app.inject(`/api/loci/${id}${ending}`);
        expect([id, ending, answer.statusCode]).toEqual([id, ending, 404]);
        expect(answer.json().errors[0]).toMatchObject({ status: 404, code: 'LOCUS_UNKNOWN' });
      }
    }
  });

  it('an unknown format of a light curve is not found, an unknown parameter is refused', async () => {
    expect((await api.app.inject(`/api/loci/${ztf}/lightcurve.fits`)).statusCode).toBe(404);
    expect((await api.app.inject(`/api/loci/${ztf}?verbose=1`)).statusCode).toBe(400);
  });
});
