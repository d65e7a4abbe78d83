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

  it('a page of no loci counts all the same, and has no next one', async () => {
    const { status, body } = await api.get('/v1/loci?page[limit]=0');
    expect([status, body.data]).toEqual([200, []]);
    expect(body.meta.count).toBeGreaterThan(200);
    expect(body.links).not.toHaveProperty('next');
  });
});
