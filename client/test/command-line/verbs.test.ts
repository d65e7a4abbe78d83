import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type InProcessServer, sendError, sendJson, startServer } from '../in-process-server.ts';
import { runClient, startClient, temporaryFolder } from './run-client.ts';

const VERBS = ['search', 'locus', 'cone', 'lightcurve', 'tags', 'catalogs', 'stream', 'thumbnails', 'config'];

const LOCUS = {
  locus_id: 'ANT2020so7ia',
  ra: 10.123456789012344,
  dec: -3.25,
  htm16: 67983272436,
  tags: ['high_snr', 'nuclear_transient'],
  catalogs: ['ned'],
  watch_lists: [],
  properties: { num_alerts: 3, newest_alert_magnitude: 15.428149223327637, ztf_object_id: 'ZTF20aafqubg' },
};

const CSV = `alert_id,ant_mjd,ant_passband,ant_mag,ant_maglim
ztf_upper_limit:ZTF20aafqubg-1,61224.48,R,,18.7
ztf_candidate:3470490460915015042,61224.49046299979,R,15.428149223327637,18
`;

/** A made-up broker with one locus. */
function startBroker(): Promise<InProcessServer> {
  return startServer(({ url, body }, response) => {
    const resource = (type: string, id: string, attributes: object): object => ({ type, id, attributes });
    switch (url.pathname) {
      case '/api/search': {
        const { query, size } = JSON.parse(body);
        if (JSON.stringify(query).includes('wrong'))
          return sendError(response, 400, 'QUERY_FIELD_UNKNOWN', 'no field wrong');
        return sendJson(response, { total: 1, loci: size === 0 ? [] : [LOCUS], aggregations: {} });
      }
      case '/v1/loci':
        return sendJson(response, { data: [resource('locus_listing', LOCUS.locus_id, LOCUS)], meta: { count: 1 } });
      case '/v1/loci/ANT2020so7ia':
        return sendJson(response, {
          data: resource('locus', LOCUS.locus_id, { ...LOCUS, lightcurve: CSV, grav_wave_events: [] }),
        });
      case '/v1/loci/ANT2020so7ia/alerts':
        return sendJson(
          response,
          '{"data":[{"type":"alert","id":"ztf_candidate:3470490460915015042","attributes":{"mjd":61224.5,"properties":{"ztf_candid":3470490460915015042,"ant_mag":15.4}}}]}',
        );
      case '/v1/loci/ANT2020so7ia/catalog-matches':
        return sendJson(response, {
          data: [resource('catalog_entry', 'ned:1', { object_id: '1', ra: 10, dec: -3, properties: { z: 0.1 } })],
        });
      case '/api/loci/ANT2020so7ia/lightcurve.csv':
        return response.writeHead(200, { 'content-type': 'text/csv' }).end(CSV);
      case '/api/loci/ANT2020so7ia/lightcurve.parquet':
        return response.end(Buffer.from([0x50, 0x41, 0x52, 0x31, 0xff, 0x00]));
      case '/v1/loci/statistics':
        return sendJson(response, { data: resource('statistics', '1', { tags: { rare: 1, high_snr: 20 } }) });
      case '/api/catalogs':
        return sendJson(response, {
          catalogs: [{ name: 'ned', version: 2, objects: 100, loaded_at: '2026-07-03T00:00:00Z', columns: ['z'] }],
        });
      case '/v1/catalog_search/10.5/-3.25':
        return sendJson(response, {
          data: [resource('catalog_sample', '7', { catalog_name: 'ned', data: { z: 0.1 } })],
        });
      case '/v1/alerts/ztf_candidate:1/thumbnails': {
        const image = (kind: string, filename: string): object =>
          resource('alert_thumbnail', filename, {
            filename,
            filemime: 'image/png',
            thumbnail_type: kind,
            src: `http://${'HOST'}/${kind}.png`,
          });
        const text = JSON.stringify({
          data: [image('science', '../../evil.png'), image('template', 'ref.png'), image('difference', 'gone.png')],
        });
        return sendJson(response, text.replaceAll('HOST', new URL(server.url).host));
      }
      case '/v1/alerts/ztf_candidate:2/thumbnails':
        return sendJson(response, { data: [] });
      case '/science.png':
      case '/template.png':
        return response.end(`image of ${url.pathname}`);
      default:
        return sendError(response, 404, 'LOCUS_UNKNOWN', 'The requested URL was not found.');
    }
  });
}

let server: InProcessServer;

/** Runs the program against the made-up broker. */
async function run(
  args: readonly string[],
  input?: string,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return runClient([...args, '--base-url', server.url], { input: input ?? '' });
}

describe('antares-client', () => {
  it('has help with an example for every verb, by exit code 0', async () => {
    const outcomes = await Promise.all(
      [[], ...VERBS.map((verb) => [verb])].map((verb) => runClient([...verb, '--help'])),
    );
    for (const { code, stdout, stderr } of outcomes) {
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/Examples?:\n {2}antares-client \w+/);
    }
    expect(VERBS.filter((verb) => !outcomes[0]!.stdout.includes(`\n  ${verb} `))).toEqual([]);
  });

  it('says what is wrong with a command line, by exit code 2', async () => {
    for (const [args, word] of [
      [[], 'Usage'],
      [['serch'], 'serch'],
      [['search', '--limit', 'many'], 'many'],
      [['search', '--where', 'num_alerts'], 'num_alerts'],
      [['search', '--through', 'v9'], 'v9'],
      [['cone', '10,95,1'], '95'],
      [['cone', '10,1'], '10,1'],
      [['lightcurve', 'ANT1', '--format', 'fits'], 'fits'],
      [['locus'], 'id'],
      [['tags', '--base-url', 'nowhere'], 'address'],
      [['tags', '--base-url', 'http://me:hunter2@x/'], 'password'],
      [['config', 'set', 'colour', 'red'], 'colour'],
    ] as const) {
      const { code, stdout, stderr } = await runClient(args);
      expect([args, code, stdout]).toEqual([args, 2, '']);
      expect(stderr).toContain(word);
      expect(stderr).not.toContain('hunter2');
      expect(stderr).not.toContain('    at ');
    }
  }, 120_000);
});

describe('antares-client search', () => {
  it('prints a table, or one JSON object a line, of loci that all conditions hold for', async () => {
    server = await startBroker();
    const args = [
      'search',
      '--tag',
      'a',
      'b',
      '--where',
      'num_alerts>=10',
      'ztf_object_id=ZTF20aafqubg',
      '--cone',
      '10,-3.25,5',
      '--sort',
      'ra',
      '--limit',
      '3',
    ];
    const table = await run(args);
    expect(table).toMatchObject({ code: 0, stderr: '' });
    expect(table.stdout.split('\n').map((line) => line.split('\t'))).toEqual([
      ['locus_id', 'ra', 'dec', 'num_alerts', 'newest_magnitude', 'tags', 'catalogs'],
      ['ANT2020so7ia', '10.123456789012344', '-3.25', '3', '15.428149223327637', 'high_snr;nuclear_transient', 'ned'],
      [''],
    ]);
    expect(JSON.parse(server.requests[0]!.body)).toEqual({
      query: {
        bool: {
          filter: [
            { terms: { tags: ['a', 'b'] } },
            { sky_distance: { distance: '0.001388888888888889 degree', htm16: { center: '10 -3.25' } } },
            { range: { 'properties.num_alerts': { gte: '10' } } },
            { term: { 'properties.ztf_object_id': 'ZTF20aafqubg' } },
          ],
        },
      },
      sort: ['ra'],
      size: 3,
    });
    expect(JSON.parse((await run([...args, '--json'])).stdout)).toEqual(LOCUS);
    expect(JSON.parse((await run(['search', '--through', 'v1', '--json'])).stdout)).toEqual(LOCUS);
  });

  it('takes a document from a file or standard input, 64-bit integers as they are', async () => {
    server = await startBroker();
    const document = '{"query":{"term":{"properties.survey.lsst.dia_object_id":170595943059554358}}}';
    expect(await run(['search', '-', '--count'], document)).toEqual({ code: 0, stdout: '1\n', stderr: '' });
    expect(server.requests[0]?.body).toContain(
      '"query":{"term":{"properties.survey.lsst.dia_object_id":170595943059554358}}',
    );
    for (const wrong of ['', '{', '[]', '{"query":1}', '{"query":{},"size":3}']) {
      expect(await run(['search', '-'], wrong)).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('USAGE_QUERY'),
      });
    }
  });

  it('passes on what the server says of a query, by exit code 2', async () => {
    server = await startBroker();
    expect(await run(['search', '--where', 'wrong=1'])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'QUERY_FIELD_UNKNOWN: /api/search: no field wrong\n',
    });
    expect(await run(['search', 'no-such-file.json'])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('ENOENT'),
    });
  });
});

describe('antares-client cone, locus, lightcurve, tags, catalogs', () => {
  it('cone finds loci, also south of the equator', async () => {
    server = await startBroker();
    expect((await run(['cone', '10,-3.25,3600'])).stdout).toContain('ANT2020so7ia');
    expect(JSON.parse(server.requests[0]!.body).query).toEqual({
      sky_distance: { distance: '1 degree', htm16: { center: '10 -3.25' } },
    });
  });

  it('locus shows a locus by its id or its name at ZTF, with alerts and matches', async () => {
    server = await startBroker();
    const { code, stdout } = await run(['locus', 'ZTF20aafqubg', '--alerts', '--matches', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      ...LOCUS,
      grav_wave_events: [],
      alerts: [
        {
          alert_id: 'ztf_candidate:3470490460915015042',
          mjd: 61224.5,
          properties: { ztf_candid: '3470490460915015042', ant_mag: 15.4 },
        },
      ],
      catalog_matches: [{ catalog: 'ned', object_id: '1', ra: 10, dec: -3, properties: { z: 0.1 } }],
    });
    const text = (await run(['locus', 'ANT2020so7ia', '--alerts', '--matches'])).stdout;
    expect(text).toMatch(/^locus_id\tANT2020so7ia\n/);
    expect(text).toContain('ztf_candidate:3470490460915015042\t61224.5\t\t15.4');
    expect(await run(['locus', 'ANT2020none'])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('LOCUS_UNKNOWN'),
    });
  });

  it('lightcurve writes each format, byte for byte, to standard output or into a file', async () => {
    server = await startBroker();
    expect((await run(['lightcurve', 'ANT2020so7ia'])).stdout).toBe(CSV);
    const lines = (await run(['lightcurve', 'ANT2020so7ia', '--json'])).stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toEqual([
      { alert_id: 'ztf_upper_limit:ZTF20aafqubg-1', mjd: 61224.48, passband: 'R', maglim: 18.7 },
      {
        alert_id: 'ztf_candidate:3470490460915015042',
        mjd: 61224.49046299979,
        passband: 'R',
        mag: 15.428149223327637,
        maglim: 18,
      },
    ]);
    const file = join(await temporaryFolder(), 'curve.parquet');
    expect(await run(['lightcurve', 'ANT2020so7ia', '--format', 'parquet', '--output', file])).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
    expect([...(await readFile(file))]).toEqual([0x50, 0x41, 0x52, 0x31, 0xff, 0x00]);
  });

  it('tags and catalogs list what there is', async () => {
    server = await startBroker();
    expect((await run(['tags'])).stdout).toBe('tag\tloci\nhigh_snr\t20\nrare\t1\n');
    expect(JSON.parse((await run(['tags', '--json'])).stdout)).toEqual([
      { name: 'high_snr', loci: 20 },
      { name: 'rare', loci: 1 },
    ]);
    expect((await run(['catalogs'])).stdout).toBe(
      'name\tversion\tobjects\tloaded_at\nned\t2\t100\t2026-07-03T00:00:00Z\n',
    );
    expect(JSON.parse((await run(['catalogs', '--at', '10.5,-3.25', '--json'])).stdout)).toEqual([
      { catalog: 'ned', object_id: '7', properties: { z: 0.1 } },
    ]);
  });
});

describe('antares-client thumbnails', () => {
  it('fetches the images that are there, under names that stay in the folder', async () => {
    server = await startBroker();
    const root = await temporaryFolder();
    const folder = join(root, 'a', 'images');
    const { code, stdout, stderr } = await run(['thumbnails', 'ztf_candidate:1', '--output', folder]);
    expect([code, stderr]).toEqual([0, '']);
    expect((await readdir(folder)).sort()).toEqual(['__.._evil.png', 'ref.png']);
    expect(stdout.trim().split('\n')).toEqual([join(folder, '__.._evil.png'), join(folder, 'ref.png')]);
    expect(await readFile(join(folder, 'ref.png'), 'utf8')).toBe('image of /template.png');
    expect(await run(['thumbnails', 'ztf_candidate:2', '--output', folder])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no images'),
    });
  });
});

describe('a pipe', () => {
  it('that is closed ends the program quietly', async () => {
    const big = await startServer((_, response) => {
      const loci = Array.from({ length: 200 }, (_, i) => ({
        ...LOCUS,
        locus_id: `ANT2020${i}`,
        properties: { filler: 'x'.repeat(2000) },
      }));
      sendJson(response, { total: 1e6, loci, aggregations: {}, next_search_after: [1] });
    });
    const child = startClient(['search', '--json', '--base-url', big.url]);
    let stderr = '';
    child.stderr?.on('data', (text) => {
      stderr += text;
    });
    child.stdout?.once('data', () => child.stdout?.destroy());
    const code = await new Promise((resolve) => child.on('exit', resolve));
    expect([code, stderr]).toEqual([0, '']);
  });
});
