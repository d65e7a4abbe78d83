import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocusRecord } from '../../../src/model/locus.ts';
import { describeWithSharedData } from '../../shared-data.ts';
import type { ApiUnderTest } from '../drop-in-under-test.ts';
import { lociOf, openEmptyApi, openSampleApi, pathOf, v1Query } from '../night-of-samples.ts';

const NEWEST_FIRST = 'sort=-properties.newest_alert_observation_time';
const TIME = 'newest_alert_observation_time';

describeWithSharedData('loci of /v1 over a night of real packets', () => {
  let api: ApiUnderTest;
  let loci: readonly LocusRecord[];
  beforeAll(async () => {
    api = await openSampleApi();
    loci = await lociOf(api);
  }, 120_000);
  afterAll(() => api.close());

  /** Follows `links.next` to the end. */
  async function walk(url: string): Promise<{ readonly ids: string[]; readonly pages: number }> {
    const ids: string[] = [];
    let pages = 0;
    for (let next: string | undefined = url; next !== undefined; pages += 1) {
      const { status, body, text } = await api.get(next);
      expect(status, text).toBe(200);
      ids.push(...body.data.map(({ id }: { id: string }) => id));
      next = body.links.next === undefined ? undefined : pathOf(body.links.next);
      if (pages > 1000) throw new Error('the walk does not end');
    }
    return { ids, pages };
  }

  const newestFirst = (): string[] =>
    [...loci]
      .sort((a, b) => {
        const [x, y] = [a.properties.get(TIME), b.properties.get(TIME)] as (number | undefined)[];
        if (x !== y) return x === undefined ? 1 : y === undefined ? -1 : y - x;
        return a.ref.locusId < b.ref.locusId ? -1 : 1;
      })
      .map(({ ref }) => ref.locusId);

  describe('listing', () => {
    it('a page has ten loci unless said otherwise, an exact count and absolute links', async () => {
      const { status, headers, body } = await api.get(`/v1/loci?${NEWEST_FIRST}`);
      expect(status).toBe(200);
      expect(headers['content-type']).toContain('application/vnd.api+json');
      expect(body.data).toHaveLength(10);
      expect(body.meta.count).toBe(loci.length);
      expect(body.links.self).toBe(`http://antares.test/v1/loci?${NEWEST_FIRST}`);
      expect(body.links.next).toMatch(/^http:\/\/antares\.test\/v1\/loci\?/);
      expect(body.links).not.toHaveProperty('prev');
      expect(body.data[0].relationships.alerts).toEqual({
        links: { related: `http://antares.test/v1/loci/${body.data[0].id}/alerts` },
      });
    });

    it.each([1, 7, 100, 250, 10_000])('pages of %i give every locus once, newest first', async (limit) => {
      const { ids, pages } = await walk(`/v1/loci?${NEWEST_FIRST}&page[limit]=${limit}`);
      expect(ids).toEqual(newestFirst());
      expect(pages).toBe(Math.ceil(loci.length / limit));
    });

    it('pages by offset go on by offset, with the page before beside the next one', async () => {
      const first = await api.get(`/v1/loci?${NEWEST_FIRST}&page[limit]=30&page[offset]=30`);
      const parameters = new URL(first.body.links.next).searchParams;
      expect([parameters.get('page[offset]'), parameters.get('page[limit]')]).toEqual(['60', '30']);
      const before = await api.get(pathOf(first.body.links.prev));
      expect(before.body.data.map(({ id }: { id: string }) => id)).toEqual(newestFirst().slice(0, 30));
      expect((await walk(`/v1/loci?${NEWEST_FIRST}&page[limit]=30&page[offset]=0`)).ids).toEqual(newestFirst());
    });

    it('a page by cursor says how to go back', async () => {
      const first = await api.get(`/v1/loci?${NEWEST_FIRST}&page[limit]=20`);
      const second = await api.get(pathOf(first.body.links.next));
      const back = await api.get(pathOf(second.body.links.prev));
      expect(back.body.data).toEqual(first.body.data);
    });

    it('a doubled slash and a slash at the end change nothing', async () => {
      const plain = await api.get('/v1/loci?page[limit]=3');
      for (const url of ['/v1//loci?page[limit]=3', '/v1/loci/?page[limit]=3', '//v1/loci?page[limit]=3']) {
        expect((await api.get(url)).body.data, url).toEqual(plain.body.data);
      }
      const [{ ref }] = loci as readonly [LocusRecord];
      expect((await api.get(`/v1//loci/${ref.locusId}/alerts`)).status).toBe(200);
    });

    it('sorts by several keys, each up or down', async () => {
      const { body } = await api.get('/v1/loci?sort=properties.num_alerts,-ra&page[limit]=10000');
      const rows = body.data.map(
        ({ attributes }: { attributes: { properties: { num_alerts: number }; ra: number } }) => [
          attributes.properties.num_alerts,
          -attributes.ra,
        ],
      );
      const sorted = [...rows].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
      expect(rows).toEqual(sorted);
      expect(rows).toHaveLength(loci.length);
    });

    it('a page that is too large, an offset that is too far and a broken cursor are refused', async () => {
      for (const [parameter, code] of [
        ['page[limit]=10001', 'REQUEST_INVALID'],
        ['page[limit]=-1', 'REQUEST_INVALID'],
        ['page[limit]=ten', 'REQUEST_INVALID'],
        ['page[offset]=9995', 'QUERY_TOO_COSTLY'],
        ['page[after]=bm9uZQ', 'CURSOR_INVALID'],
        ['page[after]=eyJhIjpbMV0sIm4iOjF9', 'CURSOR_INVALID'],
      ]) {
        const { status, body } = await api.get(`/v1/loci?${parameter}`);
        expect([status, body.errors[0].code], parameter).toEqual([400, code]);
        expect(body.errors[0].status).toBe(400);
      }
    });

    it('the newest images of each locus stand beside it', async () => {
      const query = { query: { bool: { filter: { term: { 'properties.ztf_object_id': 'ZTF18abdgukn' } } } } };
      const { body } = await api.get(`/v1/loci?${v1Query(query)}`);
      const [locus] = body.data;
      const thumbnails = locus.meta.newest_thumbnails;
      expect(
        thumbnails.map(
          ({ data }: { data: { attributes: { thumbnail_type: string } } }) => data.attributes.thumbnail_type,
        ),
      ).toEqual(['difference', 'science', 'template']);
      const [{ data }] = thumbnails;
      expect(data.attributes.src).toContain(`/v1/alerts/${locus.attributes.properties.newest_alert_id}/thumbnails/`);
      expect((await api.get(pathOf(data.attributes.src))).headers['content-type']).toBe('image/png');
    });

    it('loci that were replaced are hidden, unless the query asks for them', async () => {
      const hidden = await openSampleCopyWithReplaced(api, loci[0]!);
      try {
        expect((await api.get('/v1/loci?page[limit]=1')).body.meta.count).toBe(loci.length - 1);
        const query = { query: { exists: { field: 'properties.replaced_by' } } };
        const { body } = await api.get(`/v1/loci?${v1Query(query)}`);
        expect(body.data.map(({ id }: { id: string }) => id)).toEqual([hidden]);
        expect((await api.get(`/v1/loci/${hidden}`)).status).toBe(200);
      } finally {
        await restore(api, loci[0]!);
      }
    });
  });

  describe('queries', () => {
    const find = async (query: unknown): Promise<string[]> => (await walk(`/v1/loci?${v1Query(query)}`)).ids.sort();
    const expected = (test: (record: LocusRecord) => boolean): string[] =>
      loci.filter(test).map(({ ref }) => ref.locusId);

    it('numeric strings, objects or lists in bool, exists, terms and query_string find what the store holds', async () => {
      const counts = (record: LocusRecord): number => Number(record.properties.get('num_mag_values'));
      expect(await find({ query: { range: { 'properties.num_mag_values': { gte: '3', lt: 6 } } } })).toEqual(
        expected((record) => counts(record) >= 3 && counts(record) < 6),
      );
      expect(
        await find({
          query: {
            bool: {
              filter: [{ terms: { tags: ['high_snr', 'in_m31'] } }],
              must_not: { term: { tags: 'extragalactic' } },
              should: [],
            },
          },
        }),
      ).toEqual(
        expected(
          ({ tags }) => ['high_snr', 'in_m31'].some((tag) => tags.includes(tag)) && !tags.includes('extragalactic'),
        ),
      );
      expect(await find({ query: { exists: { field: 'properties.ztf_object_id' } } })).toEqual(
        expected(({ properties }) => properties.has('ztf_object_id')),
      );
      expect(
        await find({
          query: { query_string: { query: '*ZTF18abdg*', fields: ['properties.ztf_object_id', 'locus_id'] } },
        }),
      ).toEqual(expected(({ properties }) => String(properties.get('ztf_object_id')).includes('ZTF18abdg')));
      expect(await find({ query: { bool: { filter: [] } } })).toEqual(expected(() => true));
      expect(
        await find({ query: { bool: { must: [{ match: { 'properties.ztf_object_id': 'ZTF18abdgukn' } }] } } }),
      ).toHaveLength(1);
    });

    it('a cone is found with a decimal and with a sexagesimal centre', async () => {
      const record = loci.find(({ dec }) => dec < 0)!;
      const { ra, dec } = record;
      const hours = ra / 15;
      const sexagesimal = (value: number): [number, number, string] => {
        const minutes = (value % 1) * 60;
        return [Math.floor(value), Math.floor(minutes), ((minutes % 1) * 60).toFixed(6)];
      };
      const [h, m, s] = sexagesimal(hours);
      const [d, dm, ds] = sexagesimal(-dec);
      for (const center of [`${ra} ${dec}`, `${h}h${m}m${s}s -${d}d${dm}m${ds}s`, `${h}:${m}:${s} -${d}:${dm}:${ds}`]) {
        const query = {
          query: { bool: { filter: { sky_distance: { distance: '0.000277778 degree', htm16: { center } } } } },
        };
        expect(await find(query), center).toContain(record.ref.locusId);
      }
    });

    it('random loci come in another order each time, and a walk never repeats one', async () => {
      const query = { query: { function_score: { random_score: {} } } };
      const one = (await walk(`/v1/loci?${NEWEST_FIRST}&page[limit]=25&${v1Query(query)}`)).ids;
      const other = (await walk(`/v1/loci?${NEWEST_FIRST}&page[limit]=25&${v1Query(query)}`)).ids;
      expect(new Set(one).size).toBe(loci.length);
      expect([...one].sort()).toEqual(expected(() => true));
      expect(one).not.toEqual(other);
      expect(one).not.toEqual(newestFirst());
    });

    it('anything else than a query, and what the language does not have, is a 400 that names it', async () => {
      for (const [query, code, word] of [
        [{ query: { match_all: {} }, aggs: {} }, 'QUERY_INVALID', 'aggs'],
        [{ query: { fuzzy_wuzzy: {} } }, 'QUERY_CLAUSE_UNKNOWN', 'fuzzy_wuzzy'],
        [{ query: { term: { 'properties.num_alert': 3 } } }, 'QUERY_FIELD_UNKNOWN', 'num_alert'],
        [{ query: { term: { ['__proto__']: 3 } } }, 'QUERY_FIELD_UNKNOWN', '__proto__'],
      ] as const) {
        const { status, body } = await api.get(`/v1/loci?${v1Query(query)}`);
        expect([status, body.errors[0].code], word).toEqual([400, code]);
        expect(body.errors[0].detail).toContain(word);
      }
      const notJson = await api.get('/v1/loci?elasticsearch_query[locus_listing]={"query":');
      expect([notJson.status, notJson.body.errors[0].code]).toEqual([400, 'QUERY_INVALID']);
    });
  });

  describe('fields and include', () => {
    it('fields[locus_listing] gives those fields alone', async () => {
      const { body } = await api.get('/v1/loci?page[limit]=3&fields[locus_listing]=ra,tags,alerts');
      for (const { attributes, relationships } of body.data) {
        expect(Object.keys(attributes).sort()).toEqual(['ra', 'tags']);
        expect(Object.keys(relationships)).toEqual(['alerts']);
      }
      expect((await api.get('/v1/loci?fields[locus_listing]=locus')).status).toBe(200);
      const locus = await api.get(`/v1/loci/${loci[0]!.ref.locusId}?fields[locus]=ra`);
      expect(Object.keys(locus.body.data.attributes)).toEqual(['ra']);
    });

    it('an unknown field, type or relationship is a 400 that says what is known', async () => {
      for (const [parameter, word] of [
        ['fields[locus_listing]=colour', 'colour'],
        ['fields[locos]=ra', 'locus_listing'],
        ['fields[__proto__]=ra', '__proto__'],
        ['include=lightcurve', 'alerts, locus'],
        ['include=alerts.thumbnails', 'alerts.thumbnails'],
      ]) {
        const { status, body } = await api.get(`/v1/loci?${parameter}`);
        expect(status, parameter).toBe(400);
        expect(body.errors[0].detail).toContain(word);
      }
      expect((await api.get(`/v1/loci/${loci[0]!.ref.locusId}?include=locus`)).status).toBe(400);
    });

    it('a compound document holds each linked resource once, and nothing that is not linked', async () => {
      const { body } = await api.get('/v1/loci?page[limit]=4&include=alerts,locus&fields[locus]=ra');
      const linked = body.data.flatMap(({ relationships }: { relationships: Record<string, { data: unknown }> }) => [
        relationships['locus']!.data,
        ...(relationships['alerts']!.data as unknown[]),
      ]);
      const included = body.included.map(({ type, id }: { type: string; id: string }) => ({ type, id }));
      const name = ({ type, id }: { type: string; id: string }): string => `${type} ${id}`;
      expect(included.map(name).sort()).toEqual(linked.map(name).sort());
      expect(new Set(included.map(name)).size).toBe(included.length);
      const { body: one } = await api.get(`/v1/loci/${loci[0]!.ref.locusId}?include=alerts`);
      expect(one.included.length).toBe(Number(loci[0]!.properties.get('num_alerts')));
      const { body: plain } = await api.get('/v1/loci?page[limit]=4');
      for (const { relationships } of plain.data) expect(relationships.alerts).not.toHaveProperty('data');
      expect(plain).not.toHaveProperty('included');
    });
  });

  describe('a locus', () => {
    it('an unknown one is a 404 with the words of ANTARES', async () => {
      for (const id of ['ANT2020aaaaaaaa', 'nonsense', '__proto__', 'ANT2020so7ia%00']) {
        const { status, body } = await api.get(`/v1/loci/${id}`);
        expect(status, id).toBe(404);
        expect(body.errors[0]).toMatchObject({
          status: 404,
          title: '404 NOT FOUND',
          detail: 'The requested URL was not found.',
        });
        expect((await api.get(`/v1/loci/${id}/alerts`)).status).toBe(404);
        expect((await api.get(`/v1/loci/${id}/catalog-matches`)).status).toBe(404);
      }
    });

    it('its light curve is CSV of 14 columns, one row an alert, ascending, limits with empty magnitudes', async () => {
      for (const { ref, properties } of loci) {
        const { body } = await api.get(`/v1/loci/${ref.locusId}`);
        const [header, ...rows] = body.data.attributes.lightcurve.trimEnd().split('\n');
        expect(header).toBe(
          'time,alert_id,ant_mjd,ant_survey,ant_ra,ant_dec,ant_passband,ant_mag,ant_magerr,ant_maglim,' +
            'ant_mag_corrected,ant_magerr_corrected,ant_magulim_corrected,ant_magllim_corrected',
        );
        expect(rows).toHaveLength(Number(properties.get('num_alerts')));
        const cells = rows.map((row: string) => row.split(','));
        const times = cells.map((row: string[]) => Number(row[2]));
        expect(times).toEqual([...times].sort((a, b) => a - b));
        for (const row of cells) {
          expect(row).toHaveLength(14);
          expect(row[0]).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/);
          expect(row.join()).not.toContain('NaN');
          if (row[3] === '2') expect([row[4], row[5], row[7], row[8]]).toEqual(['', '', '', '']);
          else expect(Number(row[4])).toBeGreaterThanOrEqual(0);
        }
      }
    });

    it("times of LSST's light curves are UTC, 37 s before their mjd in TAI; ZTF's are as they came", async () => {
      const secondsOff = async (id: string): Promise<number[]> => {
        const { body } = await api.get(`/v1/loci/${id}`);
        const rows = body.data.attributes.lightcurve.trimEnd().split('\n').slice(1);
        return rows.map((row: string) => {
          const [time, , mjd] = row.split(',') as [string, string, string];
          return Math.round((Number(mjd) - 40_587) * 86_400 - Date.parse(`${time.replace(' ', 'T')}Z`) / 1000);
        });
      };
      const lsst = loci.find(({ objects }) => objects[0]?.survey === 'lsst')!;
      const ztf = loci.find(({ objects }) => objects[0]?.survey === 'ztf')!;
      expect(new Set(await secondsOff(lsst.ref.locusId))).toEqual(new Set([37]));
      expect(new Set(await secondsOff(ztf.ref.locusId))).toEqual(new Set([0]));
    });

    it('its alerts come on one page, ascending, without nulls, as many as it counts', async () => {
      for (const { ref, properties } of loci) {
        const { body } = await api.get(`/v1/loci/${ref.locusId}/alerts`);
        expect(body.meta.count).toBe(Number(properties.get('num_alerts')));
        expect(body.data).toHaveLength(body.meta.count);
        const times = body.data.map(({ attributes }: { attributes: { mjd: number } }) => attributes.mjd);
        expect(times).toEqual([...times].sort((a, b) => a - b));
        for (const { attributes } of body.data) {
          expect(attributes.grav_wave_events).toEqual([]);
          expect(Object.values(attributes)).not.toContain(null);
          expect(Object.values(attributes.properties)).not.toContain(null);
          expect(attributes.processed_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/);
        }
      }
    });

    it('64-bit integers keep every digit', async () => {
      for (const { ref } of loci.slice(0, 40)) {
        const { text } = await api.get(`/v1/loci/${ref.locusId}/alerts`);
        for (const [, id] of text.matchAll(/"id":"ztf_candidate:(\d+)"/g))
          expect(text).toContain(`"ztf_candid":${id},`);
        for (const [, id] of text.matchAll(/"id":"lsst:(\d+)"/g)) {
          expect(text).toContain(`"lsst_diaSource_diaSourceId":${id},`);
        }
      }
    });

    it('its catalogue matches have ids of catalogue and object, under the names that the locus lists', async () => {
      const matched = loci.filter(({ catalogMatches }) => catalogMatches.length > 0);
      expect(matched.length).toBeGreaterThan(2);
      for (const record of matched) {
        const { body } = await api.get(`/v1/loci/${record.ref.locusId}/catalog-matches`);
        expect(body.data.map(({ id }: { id: string }) => id)).toEqual(
          record.catalogMatches.map(({ list, objectId }) => `${list}:${objectId}`),
        );
        for (const { type, attributes } of body.data) {
          expect(type).toBe('catalog_entry');
          expect(typeof attributes.ra).toBe('number');
          expect(Object.values(attributes.properties)).not.toContain(null);
          expect(attributes.properties.ra_deg).toBeCloseTo(attributes.ra, 9);
          expect(attributes.properties.dec_deg).toBeCloseTo(attributes.dec, 9);
        }
        const names = new Set(body.data.map(({ attributes }: { attributes: { name: string } }) => attributes.name));
        const { body: locus } = await api.get(`/v1/loci/${record.ref.locusId}`);
        expect(new Set(locus.data.attributes.catalogs)).toEqual(names);
      }
    });
  });

  it('statistics count loci by tag and catalogue', async () => {
    const { status, body } = await api.get('/v1/loci/statistics');
    expect(status).toBe(200);
    const counts: Record<string, number> = {};
    for (const { tags } of loci) for (const tag of tags) counts[tag] = (counts[tag] ?? 0) + 1;
    expect(body.data.attributes.tags).toEqual(counts);
    expect(body.data.attributes.catalogs).toHaveProperty('pgc_d25');
  });

  it('no request of these was answered with a fault of ours', () => {
    expect(api.faults).toEqual([]);
  });
});

/** Tells the index that a locus was replaced, as the pipeline would by its property. @returns its id */
async function openSampleCopyWithReplaced(api: ApiUnderTest, record: LocusRecord): Promise<string> {
  const properties = new Map(record.properties).set('replaced_by', 'ANT2020so7ia');
  await putDocument(api, record, properties);
  return record.ref.locusId;
}

function restore(api: ApiUnderTest, record: LocusRecord): Promise<void> {
  return putDocument(api, record, record.properties);
}

function putDocument(api: ApiUnderTest, record: LocusRecord, properties: LocusRecord['properties']): Promise<void> {
  const { ref, ra, dec, tags, catalogMatches } = record;
  const catalogs = [...new Set(catalogMatches.map(({ list }) => list))];
  return api.context.index.put([{ ref, ra, dec, tags, catalogs, watchLists: [], properties }]);
}

describe('/v1 over an empty store', () => {
  let api: ApiUnderTest;
  beforeAll(async () => {
    api = await openEmptyApi();
  });
  afterAll(() => api.close());

  it('a search finds nothing, and statistics are there', async () => {
    const search = await api.get(
      `/v1/loci?${NEWEST_FIRST}&${v1Query({ query: { range: { 'properties.num_alerts': { gt: 1 } } } })}`,
    );
    expect(search.status).toBe(200);
    expect(search.body).toMatchObject({ data: [], meta: { count: 0 } });
    expect(search.body.links).not.toHaveProperty('next');
    const statistics = await api.get('/v1/loci/statistics');
    expect(statistics.body.data.attributes.tags).toEqual({});
    expect((await api.get('/v1/catalog_samples')).body.data).toEqual([]);
  });

  it('a 2.x client is told its base URL', async () => {
    for (const url of [
      '/v1/loci?elasticsearch_query={}&limit=10',
      '/v1/grav_wave_notice/S190425z/latest',
      '/v1/grav_wave_notice/latest?ids=S190425z',
      '/v1/grav_wave_notice/S190425z/2024-03-01T02:30:02',
    ]) {
      const { status, body } = await api.get(url);
      expect(status, url).toBe(400);
      expect(body.errors[0].detail).toContain('ANTARES_API_BASE_URL=http://antares.test/v2/');
    }
  });
});
