import { Value } from 'typebox/value';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ownGroups } from '../../../src/api/own/own-groups.ts';
import type { LocusRecord } from '../../../src/model/locus.ts';
import { describeWithSharedData, sharedPath } from '../../shared-data.ts';
import { realPackets } from '../../surveys/real-packets.ts';
import { type ServerUnderTest, serverUnderTest } from '../server-under-test.ts';

describeWithSharedData('answers of our own routes', () => {
  let api: ServerUnderTest;
  let record: LocusRecord;
  let provenanceId: string;

  beforeAll(async () => {
    api = await serverUnderTest({
      lists: [
        {
          ...{ kind: 'catalog', name: 'gcvs', file: sharedPath('data/catalogs/gcvs.csv.gz') },
          columns: {
            ...{ id: 'id', ra: 'ra_deg', dec: 'dec_deg' },
            radius: { column: 'radius_arcsec' },
            radiusUnit: 'arcsec',
          },
        },
      ],
      streams: { everything: '!nothing' },
      packets: [
        ...(await realPackets('ztf/ztf_public_20231018.tar.gz')),
        ...(await realPackets('lsst/rubin_v10_0.tar.gz', 20)),
        ...(await realPackets('malformed')),
      ],
    });
    const { items } = await api.store.scanLoci(undefined, 1_000);
    const records = (await api.store.getLocusRecords(items)) as LocusRecord[];
    record = records.find(({ catalogMatches }) => catalogMatches.length > 0) ?? records[0]!;
    provenanceId = (await api.store.getAlertRows(record.ref))[0]!.provenanceId;
  });
  afterAll(() => api.close());

  /** A call of each route that answers JSON. */
  const calls = (): Readonly<Record<string, { readonly url: string; readonly payload?: object }[]>> => ({
    'POST /api/search': [
      { url: '/api/search', payload: { size: 1_000, sort: [{ 'properties.newest_alert_magnitude': 'asc' }] } },
      { url: '/api/search', payload: { size: 0, aggs: { a: { stats: { field: 'properties.num_alerts' } } } } },
      { url: '/api/search', payload: { query: { function_score: { random_score: {} } } } },
    ],
    'GET /api/fields': [{ url: '/api/fields' }],
    'POST /api/loci/lookup': [
      {
        url: '/api/loci/lookup',
        payload: { ids: ['x', record.ref.locusId], cones: [{ ra: record.ra, dec: record.dec, radius_arcsec: 5 }] },
      },
    ],
    'GET /api/loci/:id': [{ url: `/api/loci/${record.ref.locusId}` }],
    'GET /api/loci/:id/lightcurve.json': [{ url: `/api/loci/${record.ref.locusId}/lightcurve.json` }],
    'GET /api/streams': [{ url: '/api/streams' }],
    'GET /api/streams/:name': [{ url: '/api/streams/everything' }],
    'GET /api/ledger': ['source', 'night', 'visit'].map((by) => ({ url: `/api/ledger?by=${by}` })),
    'GET /api/ledger/rejected': [{ url: '/api/ledger/rejected?limit=2' }],
    'GET /api/provenance/:id': [{ url: `/api/provenance/${provenanceId}` }],
    'GET /api/statistics/nights': [{ url: '/api/statistics/nights' }],
    'GET /api/statistics/tags': ['tag', 'night'].map((by) => ({ url: `/api/statistics/tags?by=${by}` })),
    'GET /api/catalogs': [{ url: '/api/catalogs' }],
    'GET /api/watch-lists': [{ url: '/api/watch-lists' }],
    'GET /api/version': [{ url: '/api/version' }],
    'GET /health': [{ url: '/health' }],
    'GET /status.json': [{ url: '/status.json' }],
  });

  it('are as they are documented, key by key', async () => {
    const checked = new Set<string>();
    for (const { prefix, routes } of ownGroups(api.context)) {
      for (const { method, url, answers } of routes) {
        const name = `${method} ${prefix}${url}`;
        const schema = answers?.[200];
        if (schema === undefined) continue;
        expect(Value.Check(schema, { surely: 'not' })).toBe(false);
        for (const { url: address, payload } of calls()[name] ?? []) {
          const answer = await api.app.inject({
            ...{ method, url: address },
            ...(payload === undefined ? {} : { headers: { 'content-type': 'application/json' }, payload }),
          });
          expect(answer.statusCode, answer.body).toBe(200);
          const wrong = Value.Errors(schema, answer.json());
          expect([address, wrong.slice(0, 3)]).toEqual([address, []]);
          checked.add(name);
        }
      }
    }
    expect([...checked].sort()).toEqual(Object.keys(calls()).sort());
  });

  it('are all documented where they are JSON', () => {
    for (const { prefix, routes } of ownGroups(api.context)) {
      for (const { url, answers, produces } of routes) {
        expect([`${prefix}${url}`, answers === undefined]).toEqual([
          `${prefix}${url}`,
          produces !== undefined || url === '/health/live',
        ]);
      }
    }
  });
});
