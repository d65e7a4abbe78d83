import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { antares, antaresHere, antaresOutput, temporaryFolder } from '../command-line.ts';
import { describeWithSharedData, sharedPath } from '../shared-data.ts';

interface FoundLocus {
  readonly locus_id: string;
  readonly ra: number;
  readonly dec: number;
  readonly num_alerts: number;
  readonly tags: readonly string[];
}

describeWithSharedData('antares search on real packets', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let lines: readonly string[];
  let loci: readonly FoundLocus[];

  beforeAll(async () => {
    folder = await temporaryFolder();
    await antaresOutput(['ingest', sharedPath('data/alerts/ztf-samples'), '--l1', 'off', '--data', folder.path]);
    lines = (await antaresOutput(['export', 'loci', '--data', folder.path])).trim().split('\n');
    loci = lines.map((line) => JSON.parse(line) as FoundLocus);
  });
  afterAll(() => folder.dispose());

  const search = async (document: unknown, ...options: string[]): Promise<string> => {
    const { code, stdout, stderr } = await antaresHere(
      ['search', ...options, '--data', folder.path],
      JSON.stringify(document),
    );
    expect(code, stderr).toBe(0);
    return stdout;
  };

  it('there is something to find', () => {
    expect(loci.length).toBeGreaterThan(10);
  });

  it('everything, in the order of ids, is the export, from the index and from a scan', async () => {
    const output = await antaresOutput(['search', '--data', folder.path], '{}');
    expect(output.trim().split('\n')).toEqual(lines);
    expect(await search({})).toBe(output);
    expect(await search({}, '--from-scan')).toBe(output);
  });

  it('an order and a limit give the first ones', async () => {
    const found = (await search({}, '--sort=-num_alerts,ra', '--limit', '5')).trim().split('\n');
    const expected = [...loci].sort((a, b) => b.num_alerts - a.num_alerts || a.ra - b.ra).slice(0, 5);
    expect(found.map((line) => (JSON.parse(line) as FoundLocus).locus_id)).toEqual(
      expected.map(({ locus_id }) => locus_id),
    );
  });

  it('index and scan give the same loci, byte for byte', async () => {
    const { ra, dec } = loci[0]!;
    const often = loci.filter(({ num_alerts }) => num_alerts >= 5);
    // Which locus comes first depends on the ids given; a tag that some often observed locus lacks is asked for by name.
    const tag = loci.flatMap(({ tags }) => tags).find((name) => often.some(({ tags }) => !tags.includes(name)))!;
    const documents = [
      { query: { term: { tags: tag } } },
      {
        query: {
          bool: { filter: [{ range: { 'properties.num_alerts': { gte: '5' } } }], must_not: { term: { tags: tag } } },
        },
      },
      { query: { sky_distance: { distance: '1 arcsec', htm16: { center: `${ra} ${dec}` } } } },
      {
        query: { query_string: { query: '*ZTF1*', fields: ['properties.ztf_object_id'] } },
        sort: ['-newest_alert_magnitude'],
      },
      { query: { function_score: { random_score: { seed: 7 } } }, size: 9 },
    ];
    for (const document of documents) {
      const found = await search(document);
      expect(found.length, JSON.stringify(document)).toBeGreaterThan(0);
      expect(await search(document, '--from-scan'), JSON.stringify(document)).toBe(found);
      expect(Number(await search(document, '--count'))).toBeGreaterThan(0);
    }
  });

  it('a document may come from a file, and aggregations come as one object', async () => {
    const file = join(folder.path, 'query.json');
    await writeFile(file, JSON.stringify({ aggs: { alerts: { sum: { field: 'num_alerts' } } } }));
    const { stdout } = await antaresHere(['search', file, '--aggs', '--data', folder.path]);
    const sum = loci.reduce((total, { num_alerts }) => total + num_alerts, 0);
    expect(JSON.parse(stdout)).toEqual({ alerts: { value: sum } });
  });

  it('a query that cannot be asked is wrong usage, with the reason', async () => {
    const { code, stderr } = await antares(['search', '--data', folder.path], '{"query":{"term":{"tagz":"a"}}}');
    expect([code, stderr.trim().split('\n').at(-1)]).toEqual([2, expect.stringMatching(/QUERY_FIELD_UNKNOWN.*tags/)]);
    expect((await antaresHere(['search', '--data', folder.path], '{"query"')).code).toBe(2);
    expect((await antaresHere(['search', '/no/such/file', '--data', folder.path])).code).toBe(2);
  });

  it('a folder without a store is the world’s fault', async () => {
    const { code } = await antares(['search', '--data', join(folder.path, 'nothing')], '{}');
    expect(code).toBe(3);
  });
});
