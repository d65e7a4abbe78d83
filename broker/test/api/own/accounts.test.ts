import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publicMessage, publicName } from '../../../src/api/own/public-name.ts';
import { toProvenanceId } from '../../../src/model/ids.ts';
import type { LocusRecord } from '../../../src/model/locus.ts';
import { describeWithSharedData, sharedPath } from '../../shared-data.ts';
import { realPackets } from '../../surveys/real-packets.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { type ServerUnderTest, serverUnderTest } from '../server-under-test.ts';

type Counts = Record<'received' | 'stored' | 'duplicate' | 'rejected', number>;

describeWithSharedData('accounts of the night over HTTP', () => {
  let api: ServerUnderTest;
  let records: LocusRecord[];

  beforeAll(async () => {
    const good = await realPackets('ztf/ztf_public_20231018.tar.gz', 40);
    api = await serverUnderTest({
      lists: [
        {
          ...{ kind: 'watch-list', name: 'rcrb', file: sharedPath('data/catalogs/watchlist_wise_rcrb.csv') },
          columns: {
            id: 'name',
            ra: 'ra_deg',
            dec: 'dec_deg',
            radius: { column: 'radius_arcsec' },
            radiusUnit: 'arcsec',
          },
        },
        {
          ...{ kind: 'catalog', name: 'tde', file: sharedPath('data/catalogs/fink_known_tde.csv.gz') },
          columns: {
            id: 'id',
            ra: 'ra_deg',
            dec: 'dec_deg',
            radius: { column: 'radius_arcsec' },
            radiusUnit: 'arcsec',
          },
        },
      ],
      packets: [
        ...good,
        ...(await realPackets('lsst/rubin_v10_0.tar.gz')),
        ...good.slice(0, 3),
        ...(await realPackets('malformed')).map(({ name, bytes }) => ({ name: `/srv/some folder/${name}`, bytes })),
      ],
    });
    const { items } = await api.store.scanLoci(undefined, 1_000);
    records = (await api.store.getLocusRecords(items)) as LocusRecord[];
  });
  afterAll(() => api.close());

  async function get<T>(url: string): Promise<T> {
    const answer = await api.app.inject(url);
    expect(answer.statusCode, answer.body).toBe(200);
    return answer.json() as T;
  }

  const isBalanced = ({ received, stored, duplicate, rejected }: Counts): boolean =>
    received === stored + duplicate + rejected;

  it('the ledger adds up, in every line and at every level', async () => {
    const totals: Counts[] = [];
    for (const by of ['source', 'night', 'visit']) {
      const { total, lines } = await get<{ total: Counts; lines: Counts[] }>(`/api/ledger?by=${by}`);
      expect([total, ...lines].every(isBalanced)).toBe(true);
      for (const key of ['received', 'stored', 'duplicate', 'rejected'] as const) {
        expect(lines.reduce((sum, line) => sum + line[key], 0)).toBe(total[key]);
      }
      totals.push(total);
    }
    expect(totals[1]).toEqual(totals[0]);
    expect(totals[2]).toEqual(totals[0]);
    expect(totals[0]!.duplicate).toBeGreaterThanOrEqual(3);
    expect(totals[0]!.rejected).toBeGreaterThan(0);
  });

  it('the ledger of a night is that of no other', async () => {
    const { lines } = await get<{ lines: { night: string }[] }>('/api/ledger?by=visit&night=2023-10-18');
    expect(new Set(lines.map(({ night }) => night))).toEqual(new Set(['2023-10-18']));
    expect((await get<{ lines: object[] }>('/api/ledger?source=nobody')).lines).toEqual([]);
  });

  it('a ledger too long for one answer is refused, with what to do', async () => {
    const entry = (await api.store.listLedger())[0]!;
    const long = await serverUnderTest({
      change: (context) => ({
        ...context,
        store: new Proxy(context.store, {
          get: (store, name) =>
            name === 'listLedger'
              ? () =>
                  Promise.resolve(Array.from({ length: 20_001 }, (_, visit) => ({ ...entry, visit: String(visit) })))
              : (Reflect.get(store, name, store) as unknown),
        }),
      }),
    });
    const visits = await long.app.inject('/api/ledger?by=visit');
    expect(visits.json().errors[0]).toMatchObject({ status: 400, code: 'LEDGER_TOO_LONG' });
    expect((await long.app.inject('/api/ledger?by=night')).statusCode).toBe(200);
    await long.close();
  });

  it('pages of rejections give each once, without a folder of this machine', async () => {
    const seen: { id: string; name: string; reason: string; message: string }[] = [];
    let after = '';
    do {
      const page: { rejections: typeof seen; next?: string } = await get(`/api/ledger/rejected?limit=3${after}`);
      expect(page.rejections.length).toBeLessThanOrEqual(3);
      seen.push(...page.rejections);
      after = page.next === undefined ? '' : `&after=${page.next}`;
    } while (after !== '');
    const { total } = await get<{ total: Counts }>('/api/ledger');
    expect(new Set(seen.map(({ id }) => id)).size).toBe(total.rejected);
    expect(seen.length).toBe(total.rejected);
    expect(seen.every(({ reason }) => /^[A-Z_]+$/.test(reason))).toBe(true);
    expect(JSON.stringify(seen)).not.toMatch(/some folder|srv/);
  });

  it('a page token that was made up is refused, or gives a page', async () => {
    for (const token of ['x', 'AAAA', '%00', 'constructor', '..%2f', 'A'.repeat(400)]) {
      const { statusCode } = await api.app.inject(`/api/ledger/rejected?after=${token}`);
      expect([200, 400]).toContain(statusCode);
    }
    expect(api.faults).toEqual([]);
  });

  it('the provenance that alerts name can be read', async () => {
    const [row] = await api.store.getAlertRows(records[0]!.ref);
    const { provenance_id, provenance } = await get<{ provenance_id: string; provenance: Record<string, unknown> }>(
      `/api/provenance/${row!.provenanceId}`,
    );
    expect(provenance_id).toBe(row!.provenanceId);
    expect(Object.keys(provenance)).toEqual(
      expect.arrayContaining(['antares_version', 'config', 'filters', 'catalogs']),
    );
    expect(JSON.stringify(provenance)).not.toContain(api.context.config.data);
    await api.store.putProvenance(toProvenanceId('made'), '{"config":{"schemas":{"folder":"/srv/schemas/lsst"}}}');
    expect((await get<{ provenance: object }>('/api/provenance/made')).provenance).toEqual({
      config: { schemas: { folder: 'lsst' } },
    });
    const unknown = await api.app.inject('/api/provenance/0000000000000000');
    expect(unknown.json().errors[0]).toMatchObject({ status: 404, code: 'PROVENANCE_UNKNOWN' });
  });

  it('nights sum up the ledger by survey', async () => {
    const { nights } = await get<{ nights: (Counts & { night: string; survey: string; visits: number })[] }>(
      '/api/statistics/nights',
    );
    const { total } = await get<{ total: Counts }>('/api/ledger');
    expect(nights.every(isBalanced)).toBe(true);
    expect(nights.reduce((sum, { received }) => sum + received, 0)).toBe(total.received);
    expect(new Set(nights.map(({ night, survey }) => `${night} ${survey}`)).size).toBe(nights.length);
    expect(nights.find(({ night }) => night === '2025-12-31')).toMatchObject({ survey: 'lsst' });
  });

  it('tags are counted over all loci, and night by night', async () => {
    const expected: Record<string, number> = {};
    for (const tag of records.flatMap(({ tags }) => tags)) expected[tag] = (expected[tag] ?? 0) + 1;
    interface Tags {
      loci: number;
      tags: { tag: string; loci: number; nights?: { night: string; loci: number }[] }[];
    }
    const all = await get<Tags>('/api/statistics/tags');
    expect(all.loci).toBe(records.length);
    expect(Object.fromEntries(all.tags.map(({ tag, loci }) => [tag, loci]))).toEqual(expected);

    const byNight = await get<Tags>('/api/statistics/tags?by=night');
    for (const { tag, nights } of byNight.tags) {
      const dated = records.filter(
        ({ tags, properties }) => tags.includes(tag) && properties.has('newest_alert_observation_time'),
      );
      expect(nights!.reduce((sum, { loci }) => sum + loci, 0)).toBe(dated.length);
    }
    const { loci, tags } = await get<Tags>('/api/statistics/tags?by=night&from=2025-12-31&to=2026-01-01');
    expect(loci).toBeGreaterThan(0);
    expect(loci).toBeLessThan(records.length);
    const nights = tags.flatMap((tag) => tag.nights!.map(({ night }) => night));
    expect(nights.every((night) => night === '2025-12-31' || night === '2026-01-01')).toBe(true);
    expect((await api.app.inject('/api/statistics/tags?from=yesterday')).statusCode).toBe(400);
  });

  it('catalogues and watch lists are listed apart', async () => {
    const { catalogs } = await get<{ catalogs: object[] }>('/api/catalogs');
    const { watch_lists } = await get<{ watch_lists: object[] }>('/api/watch-lists');
    expect(catalogs).toEqual([expect.objectContaining({ name: 'tde', version: 1, objects: expect.any(Number) })]);
    expect(watch_lists).toEqual([expect.objectContaining({ name: 'rcrb', version: 1 })]);
  });

  it('the version says where each interface is, at the address that was asked', async () => {
    const { headers } = { headers: { host: 'broker.example.org:8080' } };
    const answer = await api.app.inject({ url: '/api/version', headers });
    expect(answer.json()).toMatchObject({
      name: 'antares',
      interfaces: { cone_search: 'http://broker.example.org:8080/vo/scs' },
    });
  });
});

describe('names that leave the broker', () => {
  it('have no folder of this machine in them', async () => {
    const folder = await temporaryFolder();
    const file = join(folder.path, 'with space', 'ztf.tar.gz');
    await writeFile(join(folder.path, 'x'), '');
    expect(publicName(`${file}!a/b.avro`)).toBe('ztf.tar.gz!a/b.avro');
    expect(publicName('C:\\nights\\1.avro')).toBe('1.avro');
    expect(publicMessage(`cannot read ${file}: gone`, `${file}!a/b.avro`)).toBe('cannot read ztf.tar.gz: gone');
    expect(publicMessage("open '/var/lib/x/y.avro'", 'other')).toBe("open 'y.avro'");
    await folder.dispose();
  });

  it('stay as they are where there is none', () => {
    for (const name of ['topic@17', 'night/1.avro', 'standard input', '']) expect(publicName(name)).toBe(name);
    expect(publicMessage('expected 1/2 or a/b; got 3 / 4', 'x')).toBe('expected 1/2 or a/b; got 3 / 4');
  });
});
