import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AlertStore } from '../../../src/alert-store/alert-store.ts';
import { buildApi } from '../../../src/api/server.ts';
import { describeWithSharedData } from '../../shared-data.ts';
import type { ApiUnderTest } from '../drop-in-under-test.ts';
import { openSampleApi } from '../night-of-samples.ts';

describeWithSharedData('what one answer of /v1 may cost', () => {
  let api: ApiUnderTest;
  beforeAll(async () => {
    api = await openSampleApi();
  }, 120_000);
  afterAll(() => api.close());

  it('included resources are bounded by loci and by alerts, with a word on what to ask instead', async () => {
    const many = await api.get('/v1/loci?page[limit]=101&include=alerts');
    expect([many.status, many.body.errors[0].code]).toEqual([400, 'INCLUDE_TOO_MUCH']);
    // The same loci, with as many alerts as only years of a survey bring.
    const getLocusRecords: AlertStore['getLocusRecords'] = async (refs) =>
      (await api.context.store.getLocusRecords(refs)).map((record) => record && { ...record, numAlerts: 15_000 });
    const store = new Proxy(api.context.store, {
      get: (target, name) => {
        if (name === 'getLocusRecords') return getLocusRecords;
        const member = target[name as keyof AlertStore];
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
    const app = await buildApi({ ...api.context, store });
    try {
      const one = await app.inject('/v1/loci?page[limit]=2&include=alerts');
      expect([one.statusCode, JSON.parse(one.payload).errors[0].code]).toEqual([400, 'INCLUDE_TOO_MUCH']);
      expect((await app.inject('/v1/loci?page[limit]=2&include=locus')).statusCode).toBe(200);
    } finally {
      await app.close();
    }
  });

  it('a long page lets other requests through while it is made', async () => {
    const order: string[] = [];
    const long = api.get('/v1/loci?page[limit]=10000').then(() => order.push('long'));
    await api.get('/v1/grav_wave_notices/latest?ids=S1').then(() => order.push('short'));
    await long;
    expect(order).toEqual(['short', 'long']);
  });

  it('hostile addresses are answered with what there is, or with an error of the caller, in JSON, and never with a fault', async () => {
    const evil = fc.oneof(
      fc.constantFrom(
        ...['__proto__', 'constructor', 'toString', '..', '%2e%2e%2f', '%00', 'ANT2020so7ia', 'lsst:1', '1e400', '-0'],
        ...[
          'NaN',
          '{}',
          '[]',
          '{"query":{}}',
          '{"query":{"match_all":{}}}',
          '{"query":{"bool":{"filter":[]}}}',
          'a'.repeat(900),
        ],
      ),
      fc.string({ maxLength: 30 }),
      fc.json({ maxDepth: 4 }),
    );
    const part = evil.map((text) => encodeURIComponent(text.replaceAll(/[\uD800-\uDFFF]/g, '')));
    const path = fc.oneof(
      part.map((id) => `loci/${id}`),
      fc
        .tuple(part, fc.constantFrom('alerts', 'catalog-matches', 'thumbnails', ''))
        .map(([id, what]) => `loci/${id}/${what}`),
      fc.tuple(part, part).map(([id, file]) => `alerts/${id}/thumbnails/${file}`),
      part.map((id) => `alerts/${id}/thumbnails`),
      part.map((id) => `alerts/${id}`),
      part.map((cursor) => `loci/page-${cursor}`),
      fc.tuple(part, part).map(([ra, dec]) => `catalog_search/${ra}/${dec}`),
      fc.tuple(fc.constantFrom('grav_wave_notice', 'grav_wave_notices'), part, part).map((parts) => parts.join('/')),
      fc.constantFrom(
        'loci',
        'loci/statistics',
        'catalog_samples',
        'loci_properties',
        'alert_properties',
        'loci_nothing',
      ),
    );
    const parameter = fc
      .tuple(
        fc.constantFrom(
          ...[
            'elasticsearch_query',
            'elasticsearch_query[locus_listing]',
            'sort',
            'limit',
            'page[limit]',
            'page[offset]',
          ],
          ...[
            'page[after]',
            'include',
            'fields[locus]',
            'fields[locus_listing]',
            'fields[__proto__]',
            'n',
            'ids',
            '__proto__',
          ],
        ),
        part,
      )
      .map(([name, value]) => `${encodeURIComponent(name)}=${value}`);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('v1', 'v2'),
        path,
        fc.array(parameter, { maxLength: 3 }),
        async (version, to, query) => {
          const url = `/${version}/${to}?${query.join('&')}`;
          const { status, headers, body } = await api.get(url);
          expect([200, 400, 404, 414], url).toContain(status);
          if (status === 200) return;
          expect(String(headers['content-type']), url).toContain('json');
          expect(body.errors[0].status, url).toBe(status);
          expect(JSON.stringify(body), url).not.toMatch(/node_modules|\.ts:|at .*\(/);
        },
      ),
      { seed: 20_261_127, numRuns: 600 },
    );
    expect(api.faults).toEqual([]);
  });

  it('a page of no loci counts all the same, and has no next one', async () => {
    const { status, body } = await api.get('/v1/loci?page[limit]=0');
    expect([status, body.data]).toEqual([200, []]);
    expect(body.meta.count).toBeGreaterThan(200);
    expect(body.links).not.toHaveProperty('next');
  });
});
