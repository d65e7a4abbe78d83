import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LocusRecord } from '../../../src/model/locus.ts';
import { describeWithSharedData } from '../../shared-data.ts';
import { realPackets } from '../../surveys/real-packets.ts';
import { type ServerUnderTest, serverUnderTest } from '../server-under-test.ts';

interface Found {
  readonly total: number;
  readonly loci: readonly {
    readonly locus_id: string;
    readonly tags: string[];
    readonly sort: unknown[];
    readonly score?: number;
  }[];
  readonly aggregations: Record<string, { buckets: { key: string; doc_count: number }[] }>;
  readonly next_search_after?: unknown[];
}

describeWithSharedData('search and look-ups over HTTP', () => {
  let api: ServerUnderTest;
  let records: LocusRecord[];

  beforeAll(async () => {
    api = await serverUnderTest({
      packets: [
        ...(await realPackets('ztf/ztf_public_20231018.tar.gz', 80)),
        ...(await realPackets('lsst/rubin_v10_0.tar.gz')),
      ],
    });
    const { items } = await api.store.scanLoci(undefined, 1_000);
    records = (await api.store.getLocusRecords(items)) as LocusRecord[];
  });
  afterAll(() => api.close());

  async function post(url: string, body: unknown): Promise<{ status: number; text: string; json: never }> {
    const payload = typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await api.app.inject({
      method: 'POST',
      url,
      payload,
      headers: { 'content-type': 'application/json' },
    });
    return { status: answer.statusCode, text: answer.body, json: answer.json() as never };
  }

  async function search(body: unknown): Promise<Found> {
    const { status, json, text } = await post('/api/search', body);
    expect(status, text).toBe(200);
    return json;
  }

  it('an empty search finds all loci, and counts them exactly', async () => {
    const { total, loci } = await search({});
    expect(total).toBe(records.length);
    expect(loci.length).toBe(10);
  });

  it('pages by search_after give every locus once, in either order', async () => {
    for (const order of ['asc', 'desc']) {
      const seen: string[] = [];
      let after: unknown[] | undefined;
      do {
        const page: Found = await search({
          sort: [{ 'properties.newest_alert_magnitude': order }],
          size: 7,
          search_after: after,
        });
        seen.push(...page.loci.map(({ locus_id }) => locus_id));
        after = page.next_search_after;
      } while (after !== undefined);
      expect([...seen].sort()).toEqual(records.map(({ ref }) => ref.locusId).sort());
    }
  });

  it('a missing sort value is null, and leads on to the next page', async () => {
    const { loci } = await search({ sort: [{ 'properties.newest_alert_magnitude': 'asc' }], size: 1_000 });
    const missing = loci.filter(({ sort }) => sort[0] === null);
    const without = records.filter(({ properties }) => !properties.has('newest_alert_magnitude'));
    expect(missing.length).toBe(without.length);
    expect(loci.slice(-missing.length)).toEqual(missing);
  });

  it('a locus is found by the 64-bit name of its object, as text and as a JSON number', async () => {
    const id = records
      .flatMap(({ objects }) => objects)
      .find(({ survey, role }) => survey === 'lsst' && role === 'object')!.id;
    for (const spelt of [JSON.stringify(id), id]) {
      const { total } = await search(`{"query":{"term":{"properties.survey.lsst.dia_object_id":${spelt}}}}`);
      expect(total).toBe(1);
    }
    const near = `${id.slice(0, -1)}${(Number(id.at(-1)) + 1) % 10}`;
    expect((await search(`{"query":{"term":{"properties.survey.lsst.dia_object_id":${near}}}}`)).total).toBe(0);
  });

  it('aggregations are over all hits, not over the page', async () => {
    const { aggregations } = await search({ size: 0, aggs: { tags: { terms: { field: 'tags', size: 100 } } } });
    const counts = Object.fromEntries(aggregations['tags']!.buckets.map(({ key, doc_count }) => [key, doc_count]));
    const expected: Record<string, number> = {};
    for (const tag of records.flatMap(({ tags }) => tags)) expected[tag] = (expected[tag] ?? 0) + 1;
    expect(Object.keys(expected).length).toBeGreaterThan(0);
    expect(counts).toEqual(expected);
  });

  it('scores are given where the query scores, and only there', async () => {
    const plain = await search({ size: 3 });
    const random = await search({ size: 3, query: { function_score: { random_score: { seed: 7 } } } });
    expect(plain.loci.every(({ score }) => score === undefined)).toBe(true);
    expect(random.loci.every(({ score }) => typeof score === 'number')).toBe(true);
  });

  it.each([
    ['no JSON', '{"query":', 'REQUEST_INVALID_JSON_BODY'],
    ['a list', '[]', 'REQUEST_INVALID'],
    ['an unknown member', { quary: {} }, 'QUERY_INVALID'],
    ['an unknown clause', { query: { fuzzy: { tags: 'a' } } }, 'QUERY_CLAUSE_UNKNOWN'],
    ['an unknown field', { query: { term: { 'properties.no_such': 1 } } }, 'QUERY_FIELD_UNKNOWN'],
    ['a page too far out', { from: 10_000, size: 1 }, 'QUERY_TOO_COSTLY'],
    ['a sort key that is none', { sort: [{ 'properties.no_such': 'asc' }] }, 'SORT_INVALID'],
    ['an unknown aggregation', { aggs: { a: { magic: { field: 'tags' } } } }, 'AGGREGATION_INVALID'],
  ])('%s is refused with a code and a reason', async (_what, body, code) => {
    const { status, json } = await post('/api/search', body);
    expect(status).toBe(400);
    expect((json as { errors: unknown[] }).errors[0]).toMatchObject({ status: 400, code });
  });

  it('fields are listed with type, count, origin and meaning', async () => {
    const { fields } = (await api.app.inject('/api/fields')).json() as {
      fields: { name: string; type: string; loci: number; origin?: string; description?: string }[];
    };
    const byName = new Map(fields.map((field) => [field.name, field]));
    expect(byName.get('properties.num_alerts')).toEqual({
      ...{ name: 'properties.num_alerts', type: 'int', loci: records.length, origin: 'antares' },
      description: 'Detections and upper limits of the locus',
    });
    expect(byName.get('tags')!.type).toBe('keyword');
  });

  it('a look-up answers every request, in the order asked, also those that find nothing', async () => {
    const [first, second] = records as [LocusRecord, LocusRecord];
    const ztf = records.flatMap(({ objects }) => objects).find(({ survey }) => survey === 'ztf')!.id;
    const lsst = records
      .flatMap(({ objects }) => objects)
      .find(({ survey, role }) => survey === 'lsst' && role === 'object')!.id;
    const { status, json } = await post('/api/loci/lookup', {
      cones: [
        { ra: first.ra + 360, dec: first.dec, radius_arcsec: 1, name: 'here' },
        { ra: 1, dec: 89, radius_arcsec: 1 },
      ],
      lsst_dia_object_ids: [lsst, '1'],
      ztf_object_ids: ['ZTF00nobody', ztf],
      ids: [second.ref.locusId, 'no id', 'ANT2000zzzzzz', first.ref.locusId],
    });
    expect(status).toBe(200);
    const { results } = json as { results: { request: Record<string, unknown>; loci: { locus_id: string }[] }[] };
    expect(results.map(({ request }) => Object.keys(request)[0])).toEqual([
      ...['id', 'id', 'id', 'id', 'ztf_object_id', 'ztf_object_id'],
      ...['lsst_dia_object_id', 'lsst_dia_object_id', 'cone', 'cone'],
    ]);
    expect(results.map(({ loci }) => loci.length)).toEqual([1, 0, 0, 1, 0, 1, 1, 0, expect.any(Number), 0]);
    expect(results[0]!.loci[0]!.locus_id).toBe(second.ref.locusId);
    expect(results[3]!.loci[0]!.locus_id).toBe(first.ref.locusId);
    expect(results[8]!.loci[0]).toMatchObject({ locus_id: first.ref.locusId, separation_arcsec: expect.closeTo(0, 6) });
    expect(results[8]!.request).toMatchObject({ cone: { name: 'here' } });
  });

  it('a look-up takes a thousand requests, and no more', async () => {
    const ids = records.map(({ ref }) => ref.locusId as string);
    const many = Array.from({ length: 1_000 }, (_, i) => ids[i % ids.length]!);
    const { status, json } = await post('/api/loci/lookup', { ids: many });
    expect(status).toBe(200);
    expect((json as { results: unknown[] }).results.length).toBe(1_000);
    expect((await post('/api/loci/lookup', { ids: [...many, ids[0]] })).json).toMatchObject({
      errors: [{ status: 400, code: 'LOOKUP_SIZE' }],
    });
    expect((await post('/api/loci/lookup', {})).status).toBe(400);
  });

  it('a look-up refuses ids that are numbers, which have lost digits, and cones that are none', async () => {
    expect((await post('/api/loci/lookup', '{"lsst_dia_object_ids":[169298433221853273]}')).json).toMatchObject({
      errors: [{ code: 'LOOKUP_ID_INVALID' }],
    });
    for (const cone of [
      { ra: 1, dec: 91, radius_arcsec: 1 },
      { ra: 1, dec: 1, radius_arcsec: -1 },
      { ra: 1, dec: 1 },
    ]) {
      expect((await post('/api/loci/lookup', { cones: [cone] })).status).toBe(400);
    }
  });
});
