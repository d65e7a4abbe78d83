import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { catalogsOf, type SimulatedCatalog } from '../../src/simulator/catalogs.ts';
import { Simulator } from '../../src/simulator/simulator.ts';
import { distanceArcsec } from '../../src/simulator/sky/tangent-plane.ts';
import { TruthBook } from '../../src/simulator/truth.ts';

const simulator = new Simulator({ seed: 31, sources: 600, cutouts: 'none' });
const catalogs = new Map(
  catalogsOf(31, simulator.context, simulator.sources).map((catalog) => [catalog.name, catalog] as const),
);

function rowsOf(name: string): Record<string, string>[] {
  return parse([...catalogs.get(name)!.lines()].join('\n'), { columns: true }) as Record<string, string>[];
}

function placeOf(catalog: SimulatedCatalog, row: Record<string, string>): { ra: number; dec: number } {
  return { ra: Number(row[catalog.raColumn]), dec: Number(row[catalog.decColumn]) };
}

describe('catalogues that go with a sky', () => {
  it('are well-formed CSV: unique ids, positions on the sky, radii above 0', () => {
    expect(catalogs.size).toBe(10);
    for (const catalog of catalogs.values()) {
      const rows = rowsOf(catalog.name);
      expect(rows.length, catalog.name).toBeGreaterThan(0);
      expect(new Set(rows.map((row) => row[catalog.idColumn])).size, catalog.name).toBe(rows.length);
      for (const row of rows) {
        const { ra, dec } = placeOf(catalog, row);
        expect(ra >= 0 && ra < 360 && Math.abs(dec) <= 90, catalog.name).toBe(true);
        if (catalog.radiusColumn !== undefined) expect(Number(row[catalog.radiusColumn])).toBeGreaterThan(0);
        expect(Object.values(row).join()).not.toMatch(/undefined|NaN|null/);
      }
    }
  });

  it('bear the names and the columns of the real ones', () => {
    for (const name of [
      'RC3',
      '2mass_xsc',
      'ned',
      'milliquas',
      'asassn_variable_catalog_v2_20190802',
      'gaia_dr3_gaia_source',
    ]) {
      expect(catalogs.has(name)).toBe(true);
    }
    expect(Object.keys(rowsOf('tns_public_objects')[0]!)).toEqual(
      expect.arrayContaining([
        'objid',
        'name',
        'name_prefix',
        'type',
        'typeid',
        'redshift',
        'ra',
        'declination',
        'discoverydate',
        'discoverymag',
        'internal_names',
        'reporting_group',
        'source_group',
        'creationdate',
        'lastmodified',
        'time_received',
      ]),
    );
    expect(rowsOf('tns_public_objects')[0]!['discoverydate']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/);
    expect(rowsOf('RC3')[0]!['name']).toBe('M31');
    expect(Number(rowsOf('RC3')[0]!['radius_arcsec'])).toBeCloseTo(3 * 10 ** Number(rowsOf('RC3')[0]!['logd25']), 6);
  });

  it('know every host, and most variable stars and active galaxies, at their places', () => {
    const ned = catalogs.get('ned')!;
    const galaxies = new Map(rowsOf('ned').map((row) => [row['objname'], placeOf(ned, row)]));
    for (const { host } of simulator.sources) {
      if (host === undefined) continue;
      expect(distanceArcsec(galaxies.get(host.name)!, host.place)).toBeLessThan(1e-6);
    }
    const variables = simulator.sources.filter(
      ({ kind }) => kind === 'rr_lyrae' || kind === 'eclipsing_binary' || kind === 'long_period_variable',
    );
    const listed = rowsOf('asassn_variable_catalog_v2_20190802');
    expect(listed.length / variables.length).toBeGreaterThan(0.7);
    expect(listed.length / variables.length).toBeLessThan(0.9);
    for (const row of listed) {
      const source = simulator.sources[Number(row['asassn_name']!.slice(4))]!;
      expect(Number(row['period'])).toBe(source.truth['period_days']);
      expect(
        distanceArcsec(placeOf(catalogs.get('asassn_variable_catalog_v2_20190802')!, row), source.place),
      ).toBeLessThan(1e-6);
    }
  });

  it('report only transients that had peaked before the first night', () => {
    for (const row of rowsOf('tns_public_objects')) {
      const source = simulator.sources[Number(row['objid']) - 500_000]!;
      expect(['supernova_ia', 'supernova_core_collapse', 'nova']).toContain(source.kind);
      expect(source.truth['peak_mjd']).toBeLessThan(simulator.firstNight);
      expect(row['type']).toMatch(/^(SN (Ia|IIP|Ib\/c|IIn)|Nova)$/);
    }
  });

  it('the same seed gives the same lines', () => {
    const again = catalogsOf('31', simulator.context, simulator.sources);
    for (const catalog of again) expect([...catalog.lines()]).toEqual([...catalogs.get(catalog.name)!.lines()]);
  });
});

describe('the truth', () => {
  it('has a line for each source, and each alert under its source once', () => {
    const book = new TruthBook();
    const ids: string[] = [];
    for (const packet of simulator.packets()) {
      book.add(packet);
      ids.push(packet.alertId);
    }
    const lines = [...book.lines(simulator.sources)].map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.length).toBe(simulator.sources.length);
    expect(book.alerts).toBe(ids.length);
    const listed = lines.flatMap((line) => line['alert_ids'] as string[]);
    expect(listed.toSorted()).toEqual(ids.toSorted());
    for (const [n, line] of lines.entries()) {
      const source = simulator.sources[n]!;
      expect(line['source_id']).toBe(source.id);
      expect(line['class']).toBe(source.kind);
      expect(line['parameters']).toEqual(source.truth);
      expect(line['is_real']).toBe(source.kind !== 'artefact');
      const names = (line['object_ids'] as Record<string, string[]>)['ztf'] ?? [];
      const alerts = line['alert_ids'] as string[];
      expect(names.length).toBe(source.placeAt === undefined ? Math.min(1, alerts.length) : alerts.length);
    }
  });
});
