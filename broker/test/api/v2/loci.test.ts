import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isInternalProperty } from '../../../src/api/loci/internal-properties.ts';
import type { LocusRecord } from '../../../src/model/locus.ts';
import { describeWithSharedData } from '../../shared-data.ts';
import type { ApiUnderTest } from '../drop-in-under-test.ts';
import { lociOf, openEmptyApi, openSampleApi, pathOf, v1Query, v2Query } from '../night-of-samples.ts';
import { checkV2, type V2Shape } from './v2-shapes.ts';

const NEWEST_FIRST = 'sort=-properties.newest_alert_observation_time';
const TIME = 'newest_alert_observation_time';

describeWithSharedData('/v2 over a night of real packets', () => {
  let api: ApiUnderTest;
  let loci: readonly LocusRecord[];
  beforeAll(async () => {
    api = await openSampleApi();
    loci = await lociOf(api);
  }, 120_000);
  afterAll(() => api.close());

  const idsOf = (body: { data: { locus: { locus_id: string } }[] }): string[] =>
    body.data.map(({ locus }) => locus.locus_id);

  /** Follows `links.next` as clients from 2.0.1 on do, or as 2.0.0 does: with its first parameters in place of those given. */
  async function walk(parameters: string, generation: '2.0.0' | '2.0.1' = '2.0.1'): Promise<string[]> {
    const ids: string[] = [];
    let url: string | null = `http://antares.test/v2/loci?${parameters}`;
    for (let pages = 0; url !== null; pages += 1) {
      const address = new URL(url);
      if (generation === '2.0.0') address.search = `?${parameters}`;
      const { status, body, text } = await api.get(`${address.pathname}${address.search}`);
      expect(status, text).toBe(200);
      expect(Object.keys(body.links).sort()).toEqual(['next', 'self']);
      if (body.links.next !== null) expect(body.links.next).toMatch(/^http:\/\/antares\.test\/v2\/loci\/page-/);
      ids.push(...idsOf(body));
      url = body.links.next;
      if (pages > 1000) throw new Error('the walk does not end');
    }
    return ids;
  }

  const newestFirst = (): string[] =>
    [...loci]
      .sort((a, b) => {
        const [x, y] = [a.properties.get(TIME), b.properties.get(TIME)] as (number | undefined)[];
        if (x !== y) return x === undefined ? 1 : y === undefined ? -1 : y - x;
        return a.ref.locusId < b.ref.locusId ? -1 : 1;
      })
      .map(({ ref }) => ref.locusId);
  const allIds = (): string[] => loci.map(({ ref }) => ref.locusId);
  const everything = v2Query({ query: { match_all: {} } });

  it.each([1, 3, 10, 1000])('pages of %i give every locus once, newest first', async (limit) => {
    expect(await walk(`limit=${limit}&${NEWEST_FIRST}&${everything}`)).toEqual(newestFirst());
  });

  it('client 2.0.0, which puts its first parameters in place of those of the next page, comes to the end too', async () => {
    expect(await walk(`limit=10&${NEWEST_FIRST}&${everything}`, '2.0.0')).toEqual(newestFirst());
    expect((await walk(`limit=50&${NEWEST_FIRST}&elasticsearch_query={}`, '2.0.0')).sort()).toEqual(allIds());
  });

  it('the empty query gives loci in a random order, without repeating one within a walk', async () => {
    const parameters = `limit=30&${NEWEST_FIRST}&elasticsearch_query=%7B%7D`;
    const [one, other] = [await walk(parameters), await walk(parameters)];
    expect(new Set(one).size).toBe(loci.length);
    expect([...one].sort()).toEqual(allIds());
    expect(one).not.toEqual(other);
    expect(one).not.toEqual(newestFirst());
  });

  it('a cone is understood in both spellings, in both versions', async () => {
    const { ref, ra, dec } = loci.find((locus) => locus.dec < 0 && Number(locus.properties.get('num_alerts')) > 3)!;
    const clauses = [
      { radius: '0.000277778 degree', location: hmsdms(ra, dec) },
      { radius: '2.77778e-06 degree', location: hmsdms(ra, dec) },
      { distance: '0.000277778 degree', htm16: { center: `${ra} ${dec}` } },
    ];
    for (const clause of clauses) {
      const query = { query: { bool: { filter: { sky_distance: clause } } } };
      const v2 = await api.get(`/v2/loci?${v2Query(query)}`);
      expect(idsOf(v2.body), JSON.stringify(clause)).toContain(ref.locusId);
      const v1 = await api.get(`/v1/loci?${v1Query(query)}`);
      expect(v1.body.data.map(({ id }: { id: string }) => id)).toContain(ref.locusId);
    }
    for (const location of ['00h00m00s -00d00m00.36s', '24h00m00s +00d00m00s', '360 -0.0']) {
      const query = { query: { bool: { filter: { sky_distance: { radius: '1e-7 degree', location } } } } };
      const { status, body } = await api.get(`/v2/loci?${v2Query(query)}`);
      expect([status, idsOf(body)], location).toEqual([200, []]);
    }
  });

  it("every locus' own place finds it within an arcsecond", async () => {
    for (const { ref, ra, dec } of loci) {
      const query = {
        query: { bool: { filter: { sky_distance: { radius: '0.000277778 degree', location: hmsdms(ra, dec) } } } },
      };
      const { body } = await api.get(`/v2/loci?limit=100&${v2Query(query)}`);
      expect(idsOf(body), `${ra} ${dec}`).toContain(ref.locusId);
    }
  });

  it('internal and user properties of a locus are together those of the listing, and share no name', async () => {
    const { body } = await api.get(`/v2/loci?limit=1000&${everything}`);
    for (const { locus } of body.data) {
      const { body: whole } = await api.get(`/v2/loci/${locus.locus_id}`);
      const { internal_properties: internal, user_properties: user } = whole.data;
      expect({ ...internal, ...user }).toEqual(locus.properties);
      expect(Object.keys(internal).every(isInternalProperty)).toBe(true);
      expect(Object.keys(user).some(isInternalProperty)).toBe(false);
      expect(internal).toHaveProperty(['survey', 'lsst', 'ss_object_id']);
    }
  });

  it('each document has all members that the 2.x client requires, none of them null', async () => {
    const check = (shape: V2Shape, document: unknown): void => expect(checkV2(shape, document), shape).toEqual([]);
    const listing = await api.get(`/v2/loci?limit=1000&${everything}`);
    check('page', listing.body);
    for (const item of listing.body.data) check('item', item);
    for (const { ref, properties } of loci) {
      check('locus', (await api.get(`/v2/loci/${ref.locusId}`)).body.data);
      const alerts = await api.get(`/v2/loci/${ref.locusId}/alerts`);
      expect(alerts.body.data).toHaveLength(Number(properties.get('num_alerts')));
      for (const alert of alerts.body.data) check('alert', alert);
      const times = alerts.body.data.map(({ mjd }: { mjd: number }) => mjd);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      const thumbnails = await api.get(`/v2/alerts/${properties.get('newest_alert_id')}/thumbnails`);
      for (const thumbnail of thumbnails.body.data) check('thumbnail', thumbnail);
    }
    for (const sample of (await api.get('/v2/catalog_samples?n=50')).body.data) check('catalogObject', sample);
    check('statistics', (await api.get('/v2/loci/statistics')).body.data);
  });

  it('a required member that is missing or null would be noticed', async () => {
    const { body: locus } = await api.get(`/v2/loci/${loci[0]!.ref.locusId}`);
    const { body: alerts } = await api.get(`/v2/loci/${loci[0]!.ref.locusId}/alerts`);
    for (const [shape, document] of [
      ['locus', locus.data],
      ['alert', alerts.data[0]],
      ['statistics', (await api.get('/v2/loci/statistics')).body.data],
    ] as const) {
      for (const member of Object.keys(document)) {
        if (member === 'htm16') continue;
        const { [member]: _, ...without } = document;
        expect(checkV2(shape, without), `${shape} without ${member}`).not.toEqual([]);
        expect(checkV2(shape, { ...document, [member]: null }), `${shape} with ${member} null`).not.toEqual([]);
      }
    }
  });

  it('the light curve is always there, with 14 columns and a row for each alert', async () => {
    for (const { ref, properties } of loci) {
      const { body } = await api.get(`/v2/loci/${ref.locusId}`);
      const lines = body.data.lightcurve.trimEnd().split('\n');
      expect(lines).toHaveLength(1 + Number(properties.get('num_alerts')));
      expect(lines[0].split(',')).toHaveLength(14);
    }
  });

  it('catalogue matches have nine members, none null, under the names that the locus lists', async () => {
    const matched = loci.filter(({ catalogMatches }) => catalogMatches.length > 0);
    expect(matched.length).toBeGreaterThan(2);
    for (const record of matched) {
      const { body } = await api.get(`/v2/loci/${record.ref.locusId}/catalog-matches`);
      const { body: locus } = await api.get(`/v2/loci/${record.ref.locusId}`);
      expect(body.data).toHaveLength(record.catalogMatches.length);
      for (const [i, match] of body.data.entries()) {
        expect(checkV2('catalogMatch', match)).toEqual([]);
        expect(locus.data.catalogs).toContain(match.catalog_name);
        expect(match.extra.separation).toBe(record.catalogMatches[i]!.separationArcsec);
        expect(match.radius).toBe(record.catalogMatches[i]!.radiusArcsec);
      }
      const { ra, dec } = record;
      const found = await api.get(`/v2/catalog_search/${ra}/${dec}`);
      expect(found.body.data.map(({ id }: { id: string }) => id)).toEqual(
        body.data.map(({ object_id }: { object_id: string }) => object_id),
      );
    }
  });

  it('64-bit integers keep every digit', async () => {
    for (const { ref } of loci.slice(-40)) {
      const { text } = await api.get(`/v2/loci/${ref.locusId}/alerts`);
      for (const [, id] of text.matchAll(/"id":"ztf_candidate:(\d+)"/g)) expect(text).toContain(`"ztf_candid":${id},`);
      for (const [, id] of text.matchAll(/"id":"lsst:(\d+)"/g)) {
        expect(text).toContain(`"lsst_diaSource_diaSourceId":${id},`);
      }
    }
  });

  it('answers under a base with and without a slash at the end, and doubled ones', async () => {
    const id = loci[0]!.ref.locusId;
    for (const path of [
      ...['loci', `loci/${id}`, `loci/${id}/alerts`, `loci/${id}/catalog-matches`, 'loci/statistics'],
      ...['alerts/lsst:1/thumbnails', 'catalog_samples', 'catalog_search/10.5/-3.5', 'grav_wave_notice/latest?ids=S1'],
    ]) {
      expect((await api.get(`/v2/${path}`)).status, path).toBe(200);
      expect((await api.get(`/v2//${path}`)).status, path).toBe(200);
      if (!path.includes('?')) expect((await api.get(`/v2/${path}/`)).status, path).toBe(200);
    }
  });

  it('what is not there is a 404 with a JSON body', async () => {
    for (const path of [
      ...['loci/ANT2020aaaaaaaa', 'loci/ANT2020aaaaaaaa/alerts', 'loci/nonsense/catalog-matches', 'nothing'],
      ...['grav_wave_notice/S190425z/latest', 'grav_wave_notice/S190425z/2024-03-01T02:30:02'],
      'grav_wave_notice/S190425z/2024-03-01T02:30:02.000123',
    ]) {
      const { status, body } = await api.get(`/v2/${path}`);
      expect(status, path).toBe(404);
      expect(body.errors[0].status).toBe(404);
    }
  });

  it('what makes no sense is a 400 that says why', async () => {
    for (const [path, code] of [
      ['loci?limit=0', 'REQUEST_INVALID'],
      ['loci?limit=10001', 'REQUEST_INVALID'],
      ['loci?elasticsearch_query=[]', 'QUERY_INVALID'],
      ['loci?elasticsearch_query={"query":{"match_all":{}},"size":3}', 'QUERY_INVALID'],
      ['loci?sort=-properties.nothing_like_it', 'SORT_INVALID'],
      ['loci/page-bm9uZQ', 'CURSOR_INVALID'],
      ['catalog_samples?n=51', 'REQUEST_INVALID'],
      ['catalog_search/north/10', 'POSITION_INVALID'],
      ['catalog_search/10/90.5', 'POSITION_INVALID'],
      ['grav_wave_notice/latest', 'IDS_MISSING'],
      ['grav_wave_notice/S190425z/yesterday', 'NOTICE_TIME_INVALID'],
    ]) {
      const { status, body } = await api.get(`/v2/${path}`);
      expect([status, body.errors?.[0].code], path).toEqual([400, code]);
    }
  });

  it('positions as Python prints floats are understood', async () => {
    for (const position of ['1e-05/-89.999', '316.7859/13.1324', '0.0/-0.0', '360.0/90.0', '-1.5/+2']) {
      expect((await api.get(`/v2/catalog_search/${position}`)).status, position).toBe(200);
      expect((await api.get(`/v1/catalog_search/${position}`)).status, position).toBe(200);
    }
  });

  it('notices of several events leave unknown ones out', async () => {
    const { body } = await api.get('/v2/grav_wave_notice/latest?ids=S190425z&ids=S230529ay');
    expect(checkV2('page', body)).toEqual([]);
    expect(body.data).toEqual([]);
  });

  it('a 1.x client is told its base URL', async () => {
    for (const path of [
      `loci?${NEWEST_FIRST}&${v1Query({ query: { match_all: {} } })}`,
      ...['grav_wave_notices/S190425z/latest', 'grav_wave_notices/latest?ids=S1,S2'],
      'grav_wave_notices/S190425z/2023-07-06T14:09:33',
    ]) {
      const { status, body } = await api.get(`/v2/${path}`);
      expect(status, path).toBe(400);
      expect(body.errors[0].detail).toContain('ANTARES_API_BASE_URL=http://antares.test/v1/');
    }
  });

  it('links lead to the host by which the caller came, also behind a proxy that is trusted', async () => {
    const local = await api.get('/v2/loci?limit=1', { host: 'localhost:8080' });
    expect(local.body.links.next).toMatch(/^http:\/\/localhost:8080\/v2\/loci\/page-/);
    const headers = { host: '127.0.0.1:8080', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'antares.example.org' };
    const untrusted = await api.get('/v2/loci?limit=1', headers);
    expect(untrusted.body.links.next).toMatch(/^http:\/\/127\.0\.0\.1:8080\//);
    expect(pathOf(untrusted.body.links.next)).toMatch(/^\/v2\/loci\/page-/);
  });

  it('no request of these was answered with a fault of ours', () => {
    expect(api.faults).toEqual([]);
  });
});

describe('/v2 over an empty store', () => {
  let api: ApiUnderTest;
  beforeAll(async () => {
    api = await openEmptyApi({ http: { trustedProxies: ['127.0.0.1'] } });
  });
  afterAll(() => api.close());

  it('statistics are zeros, not nulls', async () => {
    const { status, body } = await api.get('/v2/loci/statistics');
    expect(status).toBe(200);
    expect(body.data).toEqual({
      id: 'statistics',
      catalogs: {},
      tags: {},
      min_num_measurements: 0,
      max_num_measurements: 0,
    });
  });

  it('a search finds nothing on its only page', async () => {
    const { body } = await api.get(`/v2/loci?limit=10&${NEWEST_FIRST}&elasticsearch_query={}`);
    expect(body.data).toEqual([]);
    expect(body.links.next).toBeNull();
  });

  it('a trusted proxy says under which address callers come', async () => {
    const headers = { host: '127.0.0.1:8080', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'antares.example.org' };
    const { body } = await api.get('/v2/loci', headers);
    expect(body.links.self).toBe('https://antares.example.org/v2/loci');
  });
});

/** A position as astropy's `to_string("hmsdms")` writes it. */
function hmsdms(ra: number, dec: number): string {
  const parts = (value: number): [string, string, string] => {
    const minutes = (value % 1) * 60;
    const two = (part: number): string => String(Math.floor(part)).padStart(2, '0');
    return [two(value), two(minutes), ((minutes % 1) * 60).toFixed(8)];
  };
  const [h, m, s] = parts(ra / 15);
  const [d, dm, ds] = parts(Math.abs(dec));
  return `${h}h${m}m${s}s ${dec < 0 ? '-' : '+'}${d}d${dm}m${ds}s`;
}
