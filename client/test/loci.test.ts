import { describe, expect, it } from 'vitest';
import { AntaresClient } from '../src/antares-client.ts';
import { query } from '../src/query/query.ts';
import { collect } from './collect.ts';
import { type InProcessServer, sendJson, startServer } from './in-process-server.ts';

/** A locus of a made-up broker, by its number. */
function locusOf(n: number): object {
  return {
    locus_id: `ANT2020${n}`,
    ra: n,
    dec: -n,
    htm16: 8 * 4 ** 16 + n,
    tags: ['t'],
    catalogs: [],
    watch_lists: [],
    properties: { n },
  };
}

/** A broker with 25 loci that pages by `search_after`; the second sort value has 64 bits. */
async function startSearch(total = 25): Promise<InProcessServer> {
  return startServer(({ body }, response) => {
    const { size, search_after } = JSON.parse(body) as { size: number; search_after?: [number, number, string] };
    const from = search_after === undefined ? 0 : search_after[0] + 1;
    const to = Math.min(from + size, total);
    const loci = Array.from({ length: to - from }, (_, i) => {
      return `${JSON.stringify({ ...locusOf(from + i), score: 1.5 }).slice(0, -1)},"sort":[${from + i},9007199254740993,"ANT"]}`;
    });
    const next = to < total && size > 0 ? `,"next_search_after":[${to - 1},9007199254740993,"9007199254740993"]` : '';
    sendJson(
      response,
      `{"total":${total},"loci":[${loci.join()}],"aggregations":{"tags":{"buckets":[{"key":"t","doc_count":25}]}}${next}}`,
    );
  });
}

describe('a search', () => {
  it('goes through all pages by itself, each locus once, in order', async () => {
    const server = await startSearch();
    const { loci } = new AntaresClient({ baseUrl: server.url });
    const found = await collect(loci.search(query.tag('t'), { pageSize: 10 }));
    expect(found.map(({ locusId }) => locusId)).toEqual(Array.from({ length: 25 }, (_, n) => `ANT2020${n}`));
    expect(found[3]).toMatchObject({
      ra: 3,
      dec: -3,
      htm16: 34359738371,
      tags: ['t'],
      score: 1.5,
      sort: [3, '9007199254740993', 'ANT'],
    });
    expect(server.requests.map(({ body }) => JSON.parse(body).size)).toEqual([10, 10, 10]);
  });

  it('hands the place of the next page back digit for digit: wide numbers as numbers, text as text', async () => {
    const server = await startSearch();
    await collect(new AntaresClient({ baseUrl: server.url }).loci.search(query.all(), { pageSize: 20 }));
    expect(server.requests[1]?.body).toContain('"search_after":[19,9007199254740993,"9007199254740993"]');
  });

  it('asks for no more than is wanted, and for nothing when it is left', async () => {
    const server = await startSearch();
    const { loci } = new AntaresClient({ baseUrl: server.url });
    expect(await collect(loci.search(query.all(), { limit: 12, pageSize: 10 }))).toHaveLength(12);
    expect(server.requests.map(({ body }) => JSON.parse(body).size)).toEqual([10, 2]);
    for await (const _ of loci.search(query.all(), { pageSize: 3 })) break;
    expect(server.requests).toHaveLength(3);
  });

  it('is sorted by the newest alert where nothing else is said', async () => {
    const server = await startSearch();
    const { loci } = new AntaresClient({ baseUrl: server.url });
    await loci.searchPage(query.all());
    await loci.searchPage(query.all(), { sort: ['-num_alerts', 'ra'] });
    expect(server.requests.map(({ body }) => JSON.parse(body).sort)).toEqual([
      ['-properties.newest_alert_observation_time'],
      ['-properties.num_alerts', 'ra'],
    ]);
  });

  it('counts exactly, and has aggregations', async () => {
    const server = await startSearch(123_456);
    const { loci } = new AntaresClient({ baseUrl: server.url });
    expect(await loci.count(query.all())).toBe(123_456);
    const page = await loci.searchPage(query.all(), { size: 0, aggregations: { tags: { terms: { field: 'tags' } } } });
    expect(page).toMatchObject({
      total: 123_456,
      loci: [],
      aggregations: { tags: { buckets: [{ key: 't', doc_count: 25 }] } },
    });
    expect(JSON.parse(server.requests[1]!.body).aggs).toEqual({ tags: { terms: { field: 'tags' } } });
  });

  it('finds the locus of an object of a survey, or none; a 64-bit id is never a number', async () => {
    const server = await startServer(({ body }, response) => {
      const isKnown = body.includes('"170595943059554358"') || body.includes('ZTF20aafqubg');
      sendJson(response, { total: isKnown ? 1 : 0, loci: isKnown ? [locusOf(1)] : [], aggregations: {} });
    });
    const { loci } = new AntaresClient({ baseUrl: server.url });
    expect((await loci.findByLsstObject(170595943059554358n))?.locusId).toBe('ANT20201');
    expect((await loci.findByLsstObject('170595943059554358'))?.locusId).toBe('ANT20201');
    expect((await loci.findByZtfObject('ZTF20aafqubg'))?.locusId).toBe('ANT20201');
    expect(await loci.findByZtfObject('ZTF99none')).toBeUndefined();
  });
});

describe('a search through /v1', () => {
  /** A broker that pages by links, and names itself wrongly in them, as one behind a proxy may. */
  async function startV1(links: (url: URL, offset: number) => string): Promise<InProcessServer> {
    return startServer(({ url }, response) => {
      const offset = Number(url.searchParams.get('page[offset]') ?? 0);
      const limit = Number(url.searchParams.get('page[limit]'));
      const to = Math.min(offset + limit, 25);
      const data = Array.from({ length: to - offset }, (_, i) => {
        return { type: 'locus_listing', id: `ANT2020${offset + i}`, attributes: locusOf(offset + i) };
      });
      sendJson(response, { data, links: to < 25 ? { next: links(url, to) } : { next: null }, meta: { count: 25 } });
    });
  }

  for (const [title, origin] of [
    ['to itself', undefined],
    ['to an inner host over http', 'http://inner.invalid:1234'],
  ] as const) {
    it(`follows links ${title}, and stays at the server that it was given`, async () => {
      const server = await startV1((url, offset) => {
        const next = new URL(url.pathname + url.search, origin ?? server.url);
        next.searchParams.set('page[offset]', String(offset));
        return next.href;
      });
      const { loci } = new AntaresClient({ baseUrl: `${server.url}/v1/`, token: 'secret' });
      const found = await collect(loci.searchV1(query.tag('t'), { pageSize: 10 }));
      expect(found.map(({ locusId }) => locusId)).toEqual(Array.from({ length: 25 }, (_, n) => `ANT2020${n}`));
      expect(server.requests).toHaveLength(3);
      expect(await collect(loci.searchV1(query.all(), { limit: 12, pageSize: 10 }))).toHaveLength(12);
    });
  }

  it('ends when a page is empty, whatever link it has', async () => {
    const server = await startServer(({ url }, response) =>
      sendJson(response, { data: [], links: { next: url.href } }),
    );
    expect(await collect(new AntaresClient({ baseUrl: server.url }).loci.searchV1(query.all()))).toEqual([]);
    expect(server.requests).toHaveLength(1);
  });
});

describe('a locus', () => {
  const CSV = [
    'time,alert_id,ant_mjd,ant_survey,ant_ra,ant_dec,ant_passband,ant_mag,ant_magerr,ant_maglim,ant_mag_corrected,ant_magerr_corrected,ant_magulim_corrected,ant_magllim_corrected',
    '2026-07-03 11:36:26,ztf_upper_limit:ZTF26abeuijw-3470483630915,61224.483634300064,2,,,R,,,18.741300582885742,,,,',
    '2026-07-03 11:46:16,ztf_candidate:3470490460915015042,61224.49046299979,1,59.7257233,23.7619434,R,15.428149223327637,0.020089004188776016,18.01260757446289,15.38,0.02,,',
    '',
  ].join('\n');

  it('has its light curve as typed columns, undefined as NaN', async () => {
    const attributes = { ...locusOf(1), lightcurve: CSV, grav_wave_events: ['S230529ay'] };
    const server = await startServer((_, response) =>
      sendJson(response, { data: { type: 'locus', id: 'ANT20201', attributes } }),
    );
    const { lightCurve, gravWaveEvents } = await new AntaresClient({ baseUrl: server.url }).loci.get('ANT20201');
    expect(gravWaveEvents).toEqual(['S230529ay']);
    expect(lightCurve.length).toBe(2);
    expect(lightCurve.alertId).toEqual([
      'ztf_upper_limit:ZTF26abeuijw-3470483630915',
      'ztf_candidate:3470490460915015042',
    ]);
    expect(lightCurve.mjd).toEqual(Float64Array.of(61224.483634300064, 61224.49046299979));
    expect(lightCurve.mag).toEqual(Float64Array.of(Number.NaN, 15.428149223327637));
    expect(lightCurve.magCorrected).toEqual(Float64Array.of(Number.NaN, 15.38));
    expect(lightCurve.passband).toEqual(['R', 'R']);
    expect(lightCurve.time[1]).toBe('2026-07-03 11:46:16');
  });

  it('has catalogue objects by catalogue, ids whole', async () => {
    const server = await startServer((_, response) =>
      sendJson(
        response,
        '{"data":[{"type":"catalog_entry","id":"gaia_dr3:3470490460915015042","attributes":{"object_id":"3470490460915015042","ra":1.5,"dec":2,"properties":{"source_id":3470490460915015042,"parallax":0.5}}},{"type":"catalog_entry","id":"ned:a:b","attributes":{}}]}',
      ),
    );
    const matches = await new AntaresClient({ baseUrl: server.url }).loci.catalogMatches('ANT2020/1');
    expect(server.requests[0]?.url.pathname).toBe('/v1/loci/ANT2020%2F1/catalog-matches');
    expect(matches[0]).toMatchObject({
      catalog: 'gaia_dr3',
      objectId: '3470490460915015042',
      ra: 1.5,
      properties: { source_id: '3470490460915015042' },
    });
    expect(matches[1]).toMatchObject({ catalog: 'ned', objectId: 'a:b', ra: undefined });
  });

  it('is looked up with many others in one call', async () => {
    const server = await startServer((_, response) =>
      sendJson(response, {
        results: [
          { request: { id: 'ANT1' }, loci: [locusOf(1)] },
          { request: {}, loci: [] },
        ],
      }),
    );
    const results = await new AntaresClient({ baseUrl: server.url }).loci.lookUp({
      ids: ['ANT1'],
      lsstDiaObjectIds: [170595943059554358n],
      cones: [{ ra: 1, dec: 2, radiusArcsec: 3, name: 'm' }],
    });
    expect(results.map(({ loci }) => loci.length)).toEqual([1, 0]);
    expect(JSON.parse(server.requests[0]!.body)).toEqual({
      ids: ['ANT1'],
      lsst_dia_object_ids: ['170595943059554358'],
      cones: [{ ra: 1, dec: 2, radius_arcsec: 3, name: 'm' }],
    });
  });

  it('that lacks what every locus has is an error that says what', async () => {
    const server = await startServer((_, response) =>
      sendJson(response, { data: { type: 'locus', id: 'ANT1', attributes: { ra: 1 } } }),
    );
    await expect(new AntaresClient({ baseUrl: server.url }).loci.get('ANT1')).rejects.toMatchObject({
      code: 'ANSWER_UNEXPECTED',
      message: expect.stringContaining('dec of ANT1'),
    });
  });
});

describe('lists', () => {
  it('of tags are by frequency; of properties and catalogue samples over all pages', async () => {
    const server = await startServer(({ url }, response) => {
      if (url.pathname === '/v1/loci/statistics')
        return sendJson(response, { data: { type: 's', id: '1', attributes: { tags: { a: 1, b: 9, c: 1 } } } });
      if (url.pathname === '/v1/catalog_samples') {
        const sample = (id: string, name: string): object => ({
          type: 'catalog_sample',
          id,
          attributes: { catalog_name: name, data: { id } },
        });
        return sendJson(response, { data: [sample('1', 'ned'), sample('2', 'ned'), sample('3', 'gaia')] });
      }
      if (url.pathname === '/api/catalogs')
        return sendJson(response, { catalogs: [{ name: 'ned', version: 1, objects: 3, columns: ['z'] }] });
      const page = Number(url.searchParams.get('page[offset]') ?? 0);
      const next = page < 2 ? `${url.pathname}?page[offset]=${page + 1}` : undefined;
      sendJson(response, {
        data: [{ type: 'p', id: `p${page}`, attributes: { type: 'float', origin: 'ZTF' } }],
        links: { next },
      });
    });
    const client = new AntaresClient({ baseUrl: server.url });
    expect(await client.tags()).toEqual([
      { name: 'b', loci: 9 },
      { name: 'a', loci: 1 },
      { name: 'c', loci: 1 },
    ]);
    expect((await client.alertProperties()).map(({ name }) => name)).toEqual(['p0', 'p1', 'p2']);
    const samples = await client.catalogs.samples(2);
    expect([...samples.keys()]).toEqual(['ned', 'gaia']);
    expect(samples.get('ned')).toHaveLength(2);
    expect(await client.catalogs.list()).toMatchObject([{ name: 'ned', version: '1', objects: 3, columns: ['z'] }]);
  });
});
