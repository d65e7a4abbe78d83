import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lightCurveCsv } from '../../../src/api/loci/light-curve-csv.ts';
import type { LocusRecord } from '../../../src/model/locus.ts';
import { hasSharedData } from '../../shared-data.ts';
import {
  ANTARES_CLIENT_1,
  ANTARES_CLIENT_2,
  type PythonEnvironment,
  pythonEnvironment,
  runScript,
} from './python-environment.ts';
import { openScenario, type Scenario } from './scenario.ts';

/** The real packages, as users install them. */
const PACKAGES = {
  'antares-client 1.14.0': ANTARES_CLIENT_1,
  'antares-client 2.0.2': ANTARES_CLIENT_2,
  'antares-client 2.0.0': ['antares-client==2.0.0'],
  'tom-antares 1.3.2': ['tom-antares==1.3.2', ...ANTARES_CLIENT_1],
  'tom-antares 3.0.1': ['tom-antares==3.0.1', ...ANTARES_CLIENT_1],
} as const;
type Package = keyof typeof PACKAGES;

const environments = new Map<Package, PythonEnvironment>();
await Promise.all(
  (Object.keys(PACKAGES) as Package[]).map(async (name) => {
    environments.set(
      name,
      hasSharedData ? await pythonEnvironment(PACKAGES[name], { compile: false }) : { missing: 'no shared data' },
    );
  }),
);

/** A `describe` that is skipped, with one line that says why, where a package cannot be installed. */
function describeWithPackage(name: Package, define: (python: string) => void): void {
  const { python, missing } = environments.get(name)!;
  if (python === undefined) describe.skip(`${name} (skipped: ${missing})`, () => void it('is not installed', () => {}));
  else describe(name, () => define(python));
}

interface Alert {
  readonly id: string;
  readonly mjd: number;
  readonly processed_at: string;
  readonly events: readonly unknown[];
  readonly properties: Readonly<Record<string, unknown>>;
}
interface Locus {
  readonly id: string;
  readonly ra: number;
  readonly dec: number;
  readonly tags: readonly string[];
  readonly catalogs: readonly string[];
  readonly properties: Readonly<Record<string, unknown>>;
  readonly curve: {
    readonly columns: readonly string[];
    readonly rows: number;
    readonly alert_ids: readonly string[];
    readonly times: readonly string[];
    readonly mags: readonly (number | null)[];
    readonly surveys: readonly number[];
  };
  readonly alerts: readonly Alert[];
  readonly catalog_objects: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
  readonly timeseries: number;
  readonly coordinates: readonly [number, number];
  readonly devkit: Readonly<Record<string, unknown>>;
}
interface Raised {
  readonly type: string;
  readonly argument: { readonly errors: readonly { readonly status: number; readonly detail: string }[] };
}
// biome-ignore lint/suspicious/noExplicitAny: each script prints results of its own shape.
type Results = Readonly<Record<string, any>>;

describe('real clients against our interface', () => {
  let scenario: Scenario;
  beforeAll(async () => {
    if (hasSharedData) scenario = await openScenario('v2');
  }, 120_000);
  afterAll(async () => {
    if (!hasSharedData) return;
    expect(scenario.api.faults).toEqual([]);
    await scenario.api.close();
  });

  const run = (python: string, script: string, version: 'v1' | 'v2', more: object = {}): Promise<Results> =>
    runScript(python, script, { ...scenario.input, ...more }, { ANTARES_API_BASE_URL: `${scenario.base}/${version}/` });

  const recordOf = (id: string): LocusRecord => scenario.loci.find(({ ref }) => ref.locusId === id)!;
  const idsWhere = (test: (record: LocusRecord) => boolean): string[] =>
    scenario.loci.filter(test).map(({ ref }) => ref.locusId);

  /** Everything that a client knows of a locus is what the store holds. */
  async function expectLocus(locus: Locus): Promise<void> {
    const record = recordOf(locus.id);
    expect([locus.ra, locus.dec]).toEqual([record.ra, record.dec]);
    expect(locus.coordinates[0]).toBeCloseTo(record.ra, 9);
    expect(locus.tags).toEqual([...record.tags].sort());
    expect(locus.catalogs).toEqual([...new Set(record.catalogMatches.map(({ list }) => list))].sort());
    for (const [name, value] of record.properties) {
      if (name !== 'survey')
        expect(locus.properties[name], name).toEqual(typeof value === 'bigint' ? Number(value) : value);
    }
    expect(Object.keys(locus.properties).sort()).toEqual([...record.properties.keys()].sort());
    const [stored] = await scenario.api.context.store.getLoci([record.ref]);
    const [header, ...lines] = lightCurveCsv(stored!.lightCurve).trimEnd().split('\n');
    expect(locus.curve.columns).toEqual(header!.split(','));
    expect(locus.curve.alert_ids).toEqual(lines.map((line) => line.split(',')[1]));
    expect(locus.curve.times).toEqual(lines.map((line) => line.split(',')[0]));
    expect(locus.curve.mags).toEqual(
      lines.map((line) => (line.split(',')[7] === '' ? null : Number(line.split(',')[7]))),
    );
    expect(locus.alerts.map(({ id }) => id)).toEqual(locus.curve.alert_ids);
    expect(locus.timeseries).toBe(locus.alerts.length);
    expectAlerts(locus.alerts);
    expect(Object.keys(locus.catalog_objects).sort()).toEqual(locus.catalogs);
    expect(locus.devkit['id']).toBe(locus.id);
    expect((locus.devkit['alerts'] as unknown[]).length).toBe(locus.alerts.length);
  }

  function expectAlerts(alerts: readonly Alert[]): void {
    for (const { id, mjd, properties, events, processed_at } of alerts) {
      const [kind, number] = id.split(':') as [string, string];
      if (kind === 'ztf_candidate') expect(String(properties['ztf_candid'])).toBe(number);
      if (kind === 'lsst') expect(String(properties['lsst_diaSource_diaSourceId'])).toBe(number);
      expect(properties['ant_mjd']).toBe(mjd);
      expect(Object.values(properties)).not.toContain(null);
      expect(events).toEqual([]);
      expect(processed_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/);
    }
    const times = alerts.map(({ mjd }) => mjd);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  }

  function expectThumbnails(thumbnails: Readonly<Record<string, { readonly blob: string }>>): void {
    expect(Object.keys(thumbnails).sort()).toEqual(['difference', 'science', 'template']);
    for (const { blob } of Object.values(thumbnails)) expect(blob).toBe('89504e470d0a1a0a');
  }

  /** What all generations have in common. */
  async function expectCommon(results: Results): Promise<void> {
    const { input, loci } = scenario;
    const all = idsWhere(() => true);
    const time = (id: string): number =>
      (recordOf(id).properties.get('newest_alert_observation_time') as number | undefined) ?? Number.NEGATIVE_INFINITY;
    expect([...results['all']].sort()).toEqual(all);
    const times = results['all'].map(time);
    expect(times).toEqual([...times].sort((a, b) => b - a));
    expect(results['cone']).toContain(input.locus_id);
    await expectLocus(results['locus'] as Locus);
    await expectLocus(results['lsst'] as Locus);
    await expectLocus(results['matched'] as Locus);
    expect(results['unknown']).toBeNull();
    expect(results['by_ztf']).toBe(input.locus_id);
    expect(results['by_ztf_unknown']).toBeNull();
    const ofLsst = (role: string, id: string): string =>
      loci.find(({ objects }) => objects.some((object) => object.role === role && object.id === id))!.ref.locusId;
    expect(results['by_dia']).toBe(ofLsst('object', input.dia_object_id));
    expect(results['by_dia_wrong'].type).toBe('ValueError');
    expect(results['by_ss']).toBe(ofLsst('solar_system_object', input.ss_object_id));
    for (const random of [results['random_loci'], results['random_ids']]) {
      expect(new Set(random).size).toBe(25);
      for (const id of random) expect(all).toContain(id);
    }
    expect(results['random_loci']).not.toEqual(results['random_ids']);
    expect([all.includes(results['random_locus']), all.includes(results['random_id'])]).toEqual([true, true]);
    expect([...results['tags']].sort()).toEqual([...new Set(loci.flatMap(({ tags }) => tags))].sort());
    expect(results['samples']).toEqual({
      allwise_extract: 3,
      catalina_variables: 3,
      pgc_d25: 3,
      veron_quasars_bright: 3,
    });
    const matches = recordOf(input.matched_locus_id).catalogMatches;
    expect(Object.keys(results['catalog_search']).sort()).toEqual([...new Set(matches.map(({ list }) => list))].sort());
    expect(results['catalog_search_nothing']).toEqual({});
    expectThumbnails(results['thumbnails']);
    expect(results['thumbnails_unknown']).toEqual({});
    expect([results['latest_notice'], results['notice'], results['notices']]).toEqual([null, null, []]);
    for (const name of ['bad_query', 'bad_member']) {
      const { type, argument } = results[name] as Raised;
      expect(type).toBe('AntaresException');
      expect(argument.errors[0]).toMatchObject({ status: 400 });
    }
    expect((results['bad_query'] as Raised).argument.errors[0]!.detail).toContain('no_such_clause');
  }

  describeWithPackage('antares-client 1.14.0', (python) => {
    it('every public function gives what the store holds, over several pages, and errors as exceptions', async () => {
      const results = await run(python, 'client_1.py', 'v1');
      await expectCommon(results);
      expect([...results['some']].sort()).toEqual(
        idsWhere(({ properties }) => Number(properties.get('num_alerts')) >= 2).sort(),
      );
      expect(results['random_too_many'].type).toBe('ValueError');
      expect((results['samples_too_many'] as Raised).argument.errors[0]).toMatchObject({
        status: 400,
        title: 'Bad Request',
        detail: 'Sample number should be less than or equal to 100',
      });
      expect((results['notices_none'] as Raised).argument.errors[0]!.detail).toContain('ids=id1,id2,id3');
      // Asked for with a doubled slash.
      expect(results['events']).toEqual({});
      expect(results['streaming']).toMatchObject({
        id: 'default',
        type: 'kafka',
        options: {
          'bootstrap.servers': 'kafka.antares.test:9092',
          'security.protocol': 'SASL_SSL',
          'sasl.mechanisms': 'PLAIN',
        },
      });
      const { type, argument } = results['other_base'] as Raised;
      expect(type).toBe('AntaresException');
      expect(argument.errors[0]!.detail).toContain(`${scenario.base}/v1/`);
    }, 120_000);
  });

  for (const name of ['antares-client 2.0.2', 'antares-client 2.0.0'] as const) {
    describeWithPackage(name, (python) => {
      it('every public function gives what the store holds, and paging ends', async () => {
        const results = await run(python, 'client_2.py', 'v2');
        await expectCommon(results);
        expect(results['all_large']).toEqual(results['all']);
        expect([...results['random_walk']].sort()).toEqual(idsWhere(() => true));
        for (const [i, { ra, dec }] of scenario.input.positions.entries()) {
          const record = scenario.loci.find((locus) => locus.ra === ra && locus.dec === dec)!;
          expect(results['cones'][i]).toContain(record.ref.locusId);
        }
        expectAlerts(results['locus_alerts']);
        expect(results['locus_alerts'].map(({ id }: Alert) => id)).toEqual(
          (results['locus'] as Locus).alerts.map(({ id }) => id),
        );
        expect(results['locus_alerts_unknown'].type).toBe('AntaresException');
        expect(results['locus_matches']).toEqual((results['matched'] as Locus).catalog_objects);
      }, 120_000);

      it('on the base of the other generation it is told the right one', async () => {
        const { wrong_base } = await run(python, 'client_2.py', 'v1', { only_wrong_base: true });
        expect((wrong_base as Raised).type).toBe('AntaresException');
        expect((wrong_base as Raised).argument.errors[0]!.detail).toContain(`${scenario.base}/v2/`);
      }, 60_000);
    });
  }

  for (const name of ['tom-antares 1.3.2', 'tom-antares 3.0.1'] as const) {
    describeWithPackage(name, (python) => {
      it('its form, its queries and its photometry work', async () => {
        const results = await run(python, 'tom_antares_any.py', 'v1');
        const tags = new Set(scenario.loci.flatMap((record) => record.tags));
        expect(results['choices'].map(([tag]: [string]) => tag).sort()).toEqual([...tags].sort());
        const found = results['broker'] ?? results['service'];
        const number = (record: LocusRecord, property: string): number => Number(record.properties.get(property));
        const expected: Record<string, (record: LocusRecord) => boolean> = {
          nothing: () => true,
          own: () => true,
          unknown: () => false,
          tag: (record) => record.tags.includes('high_snr'),
          observations: (record) => number(record, 'num_mag_values') >= 2 && number(record, 'num_mag_values') <= 10,
          brightness: (record) =>
            number(record, 'newest_alert_magnitude') >= 15 && number(record, 'newest_alert_magnitude') <= 18,
          box: ({ ra, dec }) => Math.abs(ra - scenario.input.ra) <= 0.5 && Math.abs(dec - scenario.input.dec) <= 0.5,
          time: (record) =>
            number(record, 'oldest_alert_observation_time') >= 60_000 &&
            number(record, 'newest_alert_observation_time') <= 60_400,
          object: (record) => record.properties.get('ztf_object_id') === scenario.input.ztf_object_id,
          locus: ({ ref }) => ref.locusId === scenario.input.locus_id,
        };
        expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort());
        for (const [query, test] of Object.entries(expected)) {
          const ids = idsWhere(test);
          expect(found[query], query).toHaveLength(Math.min(15, ids.length));
          for (const id of found[query]) expect(ids, query).toContain(id);
        }
        if (results['broker'] !== undefined) {
          expect(results['generic']).toMatchObject({ id: scenario.input.locus_id, name: scenario.input.ztf_object_id });
          expect(results['generic'].score).toBeGreaterThan(0);
          expect([results['fetch_alert'], results['fetch_locus']]).toEqual([
            scenario.input.locus_id,
            scenario.input.locus_id,
          ]);
        } else {
          const { name: target, aliases, photometry, mjds } = results['target'];
          expect([target, aliases]).toEqual([
            scenario.input.locus_id,
            [scenario.input.locus_id, scenario.input.ztf_object_id],
          ]);
          for (const [i, row] of photometry.entries()) {
            expect(mjds[i]).toBeCloseTo(row.ant_mjd, 9);
            expect(row.ant_mag ?? row.ant_maglim).toEqual(expect.any(Number));
          }
        }
      }, 120_000);
    });
  }
});
