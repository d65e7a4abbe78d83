import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LocusRecord } from '../../../src/model/locus.ts';
import { describeWithSharedData } from '../../shared-data.ts';
import { pythonEnvironment } from '../python/python-environment.ts';
import type { ServerUnderTest } from '../server-under-test.ts';
import { bothSurveysServed } from './both-surveys-served.ts';

const PACKAGES = ['pyvo==1.7.1', 'astropy==7.2.3', 'pyarrow==26.0.1'];
const { python, missing } = await pythonEnvironment(PACKAGES);
if (missing !== undefined) console.warn(`pyvo is not tried: ${missing}`);

/** Runs a program, past every proxy. @returns what it printed */
async function runPython(program: string, args: readonly string[]): Promise<string> {
  const env = { ...process.env, NO_PROXY: '*', no_proxy: '*' };
  return (await promisify(execFile)(python!, ['-c', program, ...args], { env, timeout: 120_000 })).stdout;
}

/** What every program begins with: the address is its first argument. Warnings of pyvo and astropy are errors. */
const PRELUDE = `
import json, sys, warnings
warnings.simplefilter('error')
import numpy as np
import pyvo
from astropy.coordinates import SkyCoord
from astropy.io import votable
from astropy.table import Table
from astropy.time import Time
import astropy.units as u
base = sys.argv[1]
`;

describeWithSharedData('the real pyvo and astropy', () => {
  let api: ServerUnderTest;
  let base: string;
  let records: LocusRecord[];
  const run = async <T>(program: string, ...args: string[]): Promise<T> =>
    JSON.parse(await runPython(`${PRELUDE}${program}`, [base, ...args])) as T;

  beforeAll(async () => {
    ({ api, base, records } = await bothSurveysServed());
  });
  afterAll(() => api.close());

  it.runIf(python !== undefined)('find loci around a position, with columns by descriptor', async () => {
    const { ref, ra, dec } = records[0]!;
    const found = await run<{ id: string; ra: number; dec: number; separation: number; unit: string }[]>(
      `
service = pyvo.dal.SCSService(base + '/vo/scs')
position = SkyCoord(float(sys.argv[2]), float(sys.argv[3]), unit='deg')
results = service.search(pos=position, radius=1 * u.arcsec)
print(json.dumps([dict(id=row.id, ra=row.pos.ra.deg, dec=row.pos.dec.deg, separation=float(row['separation']),
                       unit=str(results.getdesc('separation').unit)) for row in results]))
`,
      ...[String(ra), String(dec)],
    );
    expect(found[0]).toMatchObject({ id: ref.locusId, unit: 'arcsec' });
    expect(found[0]!.ra).toBeCloseTo(ra, 9);
    expect(found[0]!.dec).toBeCloseTo(dec, 9);
  });

  it.runIf(python !== undefined)('find all loci of the sky, in every verbosity', async () => {
    const counts = await run<number[]>(`
service = pyvo.dal.SCSService(base + '/vo/scs')
print(json.dumps([len(service.search(pos=(0, 0), radius=180, verbosity=verb).to_table()) for verb in (1, 2, 3)]))
`);
    expect(counts).toEqual([records.length, records.length, records.length]);
  });

  it.runIf(python !== undefined)('are told what is wrong', async () => {
    const { error } = await run<{ error: string }>(`
try:
    pyvo.dal.SCSService(base + '/vo/scs').search(pos=(0, 9), radius=200)
    print(json.dumps(dict(error='')))
except pyvo.dal.DALQueryError as wrong:
    print(json.dumps(dict(error=str(wrong))))
`);
    expect(error).toContain('SR must be a number from 0 to 180');
  });

  it.runIf(python !== undefined)('are told that an answer was cut', async () => {
    const { infos, rows } = await run<{ infos: [string, string][]; rows: number }>(`
results = pyvo.dal.SCSService(base + '/vo/scs').search(pos=(0, 0), radius=180, MAXREC=2)
infos = [(info.name, info.value) for info in results.votable.resources[0].infos]
print(json.dumps(dict(infos=infos, rows=len(results))))
`);
    expect(rows).toBe(2);
    expect(infos).toContainEqual(['QUERY_STATUS', 'OVERFLOW']);
  });

  it.runIf(python !== undefined)('read capabilities and availability', async () => {
    const { ids, url, available } = await run<{ ids: string[]; url: string; available: boolean }>(`
import io, urllib.request
from pyvo.io import vosi
# pyvo does not know what a cone search says beyond other services, and warns of that whichever server it is.
warnings.simplefilter('ignore')
read = lambda path: io.BytesIO(urllib.request.urlopen(base + path).read())
capabilities = vosi.parse_capabilities(read('/vo/capabilities'))
scs = [c for c in capabilities if c.standardid == 'ivo://ivoa.net/std/ConeSearch'][0]
available = vosi.parse_availability(read('/vo/availability')).available
print(json.dumps(dict(ids=[c.standardid for c in capabilities],
                      url=scs.interfaces[0].accessurls[0].content, available=bool(available))))
`);
    expect(ids).toEqual([
      'ivo://ivoa.net/std/VOSI#capabilities',
      'ivo://ivoa.net/std/VOSI#availability',
      'ivo://ivoa.net/std/ConeSearch',
    ]);
    expect({ url, available }).toEqual({ url: `${base}/vo/scs?`, available: true });
  });

  it.runIf(python !== undefined)('read loci and light curves as valid VOTables, with time scales', async () => {
    const ids = [
      records.find(({ objects }) => objects.some(({ survey }) => survey === 'ztf'))!,
      records.find(({ objects }) => objects.some(({ survey }) => survey === 'lsst'))!,
    ].map(({ ref }) => ref.locusId);
    const curves = await run<{ rows: number; scales: string[]; offset: number; frame: string; unit: string }[]>(
      `
import urllib.request, io
answer = []
for locus in sys.argv[2:]:
    url = base + '/api/loci/' + locus
    for path in ('.vot', '/lightcurve.vot'):
        content = urllib.request.urlopen(url + path).read()
        table = votable.parse(io.BytesIO(content), verify='exception')
    curve = table.get_first_table()
    scales = [system.timescale for system in table.resources[0].time_systems]
    rows = curve.to_table()
    utc = Time(np.array(rows['mjd_utc']), format='mjd', scale='utc')
    tai = Time(np.array(rows['mjd_tai']), format='mjd', scale='tai')
    answer.append(dict(rows=len(rows), scales=scales, offset=float(np.abs((utc - tai).sec).max()),
                       frame=table.resources[0].coordinate_systems[0].system, unit=str(rows['flux'].unit)))
print(json.dumps(answer))
`,
      ...ids,
    );
    for (const [i, curve] of curves.entries()) {
      const [ref] = await api.store.findLoci([ids[i]!]);
      expect(curve.rows).toBe((await api.store.getAlertRows(ref!)).length);
      expect(curve).toMatchObject({ scales: ['UTC', 'TAI'], frame: 'ICRS', unit: 'nJy' });
      // Both columns are the same instants, to the microseconds that an MJD in a double has.
      expect(curve.offset).toBeLessThan(5e-6);
    }
  });

  it.runIf(python !== undefined)('find every descriptor and every unit in the vocabularies of the IVOA', async () => {
    const id = records[0]!.ref.locusId;
    const { ucds, units } = await run<{ ucds: number; units: string[] }>(
      `
import io, urllib.request
from astropy.io.votable.ucd import parse_ucd
ucds, units = 0, set()
for path in ('.vot', '/lightcurve.vot'):
    content = urllib.request.urlopen(base + '/api/loci/' + sys.argv[2] + path).read()
    for field in votable.parse(io.BytesIO(content), verify='exception').get_first_table().fields:
        if field.ucd is not None:
            parse_ucd(field.ucd, check_controlled_vocabulary=True, has_colon=False)
            ucds += 1
        if field.unit is not None:
            units.add(u.Unit(str(field.unit), format='vounit').to_string())
print(json.dumps(dict(ucds=ucds, units=sorted(units))))
`,
      id,
    );
    expect(ucds).toBeGreaterThan(20);
    expect(units).toEqual(['d', 'deg', 'mag', 'nJy']);
  });

  it.runIf(python !== undefined)('read light curves as CSV and as Parquet', async () => {
    const id = records[0]!.ref.locusId;
    const { csv, parquet, names } = await run<{ csv: number[]; parquet: number[]; names: boolean }>(
      // It ends at once when all is said: threads that pyarrow leaves behind may abort a process that ends in the usual way.
      `
import io, os, urllib.request
import pyarrow.parquet
url = base + '/api/loci/' + sys.argv[2] + '/lightcurve.'
csv = Table.read(urllib.request.urlopen(url + 'csv').read().decode(), format='ascii.csv')
parquet = pyarrow.parquet.read_table(io.BytesIO(urllib.request.urlopen(url + 'parquet').read()), use_threads=False)
print(json.dumps(dict(csv=[float(x) for x in csv['mjd']], parquet=parquet['mjd'].to_pylist(),
                      names=csv.colnames == parquet.column_names)), flush=True)
os._exit(0)
`,
      id,
    );
    expect(csv).toEqual(parquet);
    expect(csv.length).toBeGreaterThan(0);
    expect(names).toBe(true);
  });
});
