import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocusRecord } from '../../../src/model/locus.ts';
import { describeWithSharedData } from '../../shared-data.ts';
import type { ApiUnderTest } from '../drop-in-under-test.ts';
import { lociOf, openEmptyApi, openSampleApi, pathOf } from '../night-of-samples.ts';

describeWithSharedData('endpoints of /v1 beside loci, over a night of real packets', () => {
  let api: ApiUnderTest;
  let loci: readonly LocusRecord[];
  beforeAll(async () => {
    api = await openSampleApi();
    loci = await lociOf(api);
  }, 120_000);
  afterAll(() => api.close());

  it('an alert by its id is the one that its locus lists', async () => {
    for (const { ref } of loci.slice(0, 20)) {
      const { body } = await api.get(`/v1/loci/${ref.locusId}/alerts`);
      for (const alert of body.data) {
        const one = await api.get(`/v1/alerts/${alert.id}`);
        expect(one.body.data).toEqual(alert);
        expect(one.body.links.self).toBe(`http://antares.test/v1/alerts/${alert.id}`);
      }
    }
  });

  it('an alert with its images in the document, and an unknown one', async () => {
    const id = String(loci[0]!.properties.get('newest_alert_id'));
    const { body } = await api.get(`/v1/alerts/${id}?include=thumbnails`);
    expect(body.included).toHaveLength(3);
    expect(body.data.relationships.thumbnails.data).toEqual(
      body.included.map(({ type, id: name }: { type: string; id: string }) => ({ type, id: name })),
    );
    expect((await api.get(`/v1/alerts/${id}?include=locus`)).status).toBe(400);
    for (const unknown of ['ztf_candidate:1', 'nonsense', '__proto__', 'ztf_upper_limit:ZTF18abdgukn-1']) {
      const { status, body: error } = await api.get(`/v1/alerts/${unknown}`);
      expect([status, error.errors[0].status], unknown).toEqual([404, 404]);
    }
  });

  it.each(['loci_properties', 'alert_properties'])(
    '%s lists each property once, by pages, sorted as asked',
    async (path) => {
      const names: string[] = [];
      let next: string | undefined = `/v1/${path}?page[limit]=100&sort=id`;
      while (next !== undefined) {
        const { body } = await api.get(next);
        for (const { id, attributes } of body.data) {
          names.push(id);
          expect(['float', 'int', 'str', 'bool']).toContain(attributes.type);
          expect(attributes.origin).toMatch(/./);
          expect(attributes.description).toMatch(/./);
        }
        next = body.links.next === undefined ? undefined : pathOf(body.links.next);
      }
      expect(names).toEqual([...new Set(names)].sort());
      const { body: descending } = await api.get(`/v1/${path}?page[limit]=1000&sort=-id`);
      expect(descending.data.map(({ id }: { id: string }) => id)).toEqual([...names].reverse());
      expect(descending.meta.count).toBe(names.length);
      expect((await api.get(`/v1/${path}?sort=colour`)).status).toBe(400);
    },
  );

  it('every property of a stored locus and alert is listed, with its type', async () => {
    const typesOf = async (path: string): Promise<Map<string, string>> => {
      const { body } = await api.get(`/v1/${path}?page[limit]=1000`);
      return new Map(
        body.data.map(({ id, attributes }: { id: string; attributes: { type: string } }) => [id, attributes.type]),
      );
    };
    const wireType = (value: unknown): string =>
      ({ string: 'str', number: 'float', bigint: 'int', boolean: 'bool' })[typeof value as 'string'] ?? '?';
    const ofLoci = await typesOf('loci_properties');
    const ofAlerts = await typesOf('alert_properties');
    for (const { ref, properties } of loci) {
      for (const [name, value] of properties) expect([name, ofLoci.get(name)]).toEqual([name, wireType(value)]);
      for (const row of await api.context.store.getAlertRows(ref)) {
        for (const [name, value] of api.context.alertProperties(row)) {
          expect([name, ofAlerts.get(name)]).toEqual([name, wireType(value)]);
        }
      }
    }
  });

  it('samples are as many as asked of each catalogue, watch lists are none, and more than 100 are refused', async () => {
    const { body } = await api.get('/v1/catalog_samples?n=100');
    const counts: Record<string, number> = {};
    for (const { type, attributes } of body.data) {
      expect(type).toBe('catalog_sample');
      expect(Object.values(attributes.data)).not.toContain(null);
      counts[attributes.catalog_name] = (counts[attributes.catalog_name] ?? 0) + 1;
    }
    expect(counts).toEqual({ allwise_extract: 100, catalina_variables: 100, pgc_d25: 100, veron_quasars_bright: 100 });
    expect((await api.get('/v1/catalog_samples')).body.data).toHaveLength(20);
    const refused = await api.get('/v1/catalog_samples?n=101');
    expect(refused.status).toBe(400);
    expect(refused.body.errors[0]).toMatchObject({
      status: 400,
      title: 'Bad Request',
      detail: 'Sample number should be less than or equal to 100',
    });
    expect((await api.get('/v1/catalog_samples?n=0')).status).toBe(400);
  });

  it('a search of catalogues finds at a position what its locus matches', async () => {
    for (const record of loci.filter(({ catalogMatches }) => catalogMatches.length > 0)) {
      const { body } = await api.get(`/v1/catalog_search/${record.ra}/${record.dec}`);
      expect(
        body.data.map(({ id, attributes }: { id: string; attributes: { catalog_name: string } }) => [
          attributes.catalog_name,
          id,
        ]),
      ).toEqual(record.catalogMatches.map(({ list, objectId }) => [list, objectId]));
    }
    for (const position of ['10/91', 'a/b', 'NaN/0', '1/2e', '0x10/0']) {
      expect((await api.get(`/v1/catalog_search/${position}`)).status, position).toBe(400);
    }
  });

  it('no request of these was answered with a fault of ours', () => {
    expect(api.faults).toEqual([]);
  });
});

describe('endpoints of /v1 that need no data', () => {
  let api: ApiUnderTest;
  beforeAll(async () => {
    api = await openEmptyApi();
  });
  afterAll(() => api.close());

  it('notices: none of several, unknown ones 404, and a 400 in the words of ANTARES where no event is named', async () => {
    expect((await api.get('/v1/grav_wave_notices/latest?ids=S230529ay,S231027bk')).body).toMatchObject({
      data: [],
      meta: { count: 0 },
    });
    expect((await api.get('/v1//grav_wave_notices/latest?ids=S230529ay')).status).toBe(200);
    for (const path of ['S230529ay/latest', 'S230529ay/2023-07-06T14:09:33', 'S230529ay/2023-07-06T14:09:33.123456']) {
      expect((await api.get(`/v1/grav_wave_notices/${path}`)).status, path).toBe(404);
    }
    expect((await api.get('/v1/grav_wave_notices/S230529ay/yesterday')).status).toBe(400);
    for (const url of [
      '/v1/grav_wave_notices/latest',
      '/v1/grav_wave_notices/latest?ids=',
      '/v1/grav_wave_notices/latest?ids=,',
    ]) {
      const { status, body } = await api.get(url);
      expect([status, body.errors[0].status, body.errors[0].title], url).toEqual([400, 400, 'Bad Request']);
      expect(body.errors[0].detail).toBe(
        'This endpoint receives comma separated ids in the query. Example: http://antares.test/v1/grav_wave_notices/latest?ids=id1,id2,id3',
      );
    }
  });

  it('where no Kafka is configured the 1.x client is told so, and not with a 404, which it would take for an empty answer', async () => {
    const { status, body } = await api.get('/v1/client/config/streaming/default');
    expect([status, body.errors[0].code]).toEqual([501, 'STREAMS_NOT_OFFERED']);
  });

  it('where Kafka is configured its options are those of librdkafka', async () => {
    const other = await openEmptyApi({
      clientStreaming: {
        bootstrapServers: 'a:9092,b:9092',
        securityProtocol: 'SASL_PLAINTEXT',
        caLocation: '/etc/ca.pem',
      },
    });
    try {
      const { body } = await other.get('/v1/client/config/streaming/default');
      expect(body.data).toEqual({
        type: 'client_config_streaming',
        id: 'default',
        attributes: {
          type: 'kafka',
          options: {
            'bootstrap.servers': 'a:9092,b:9092',
            'security.protocol': 'SASL_PLAINTEXT',
            'sasl.mechanisms': 'PLAIN',
            'ssl.ca.location': '/etc/ca.pem',
          },
        },
      });
    } finally {
      await other.close();
    }
  });
});
