import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServerUnderTest, serverUnderTest } from '../../broker/test/api/server-under-test.ts';
import { describeWithSharedData } from '../../broker/test/shared-data.ts';
import { realPackets } from '../../broker/test/surveys/real-packets.ts';
import { AntaresClient } from '../src/antares-client.ts';
import { query } from '../src/query/query.ts';
import { collect } from './collect.ts';
import { runClient, temporaryFolder } from './command-line/run-client.ts';

describeWithSharedData('against a broker that has taken in real packets', () => {
  let broker: ServerUnderTest;
  let url: string;
  let client: AntaresClient;
  let packets: Awaited<ReturnType<typeof realPackets>>;

  beforeAll(async () => {
    packets = await realPackets('ztf/ztf_public_20231018.tar.gz', 80);
    broker = await serverUnderTest({
      packets: [...packets.slice(0, 60), ...(await realPackets('lsst/rubin_v10_0.tar.gz'))],
      streams: { everything: '!nothing', empty: 'no_such_tag' },
    });
    url = await broker.listen();
    client = new AntaresClient({ baseUrl: url });
  });
  afterAll(() => broker.close());

  async function storedIds(): Promise<string[]> {
    const { items } = await broker.store.scanLoci(undefined, 10_000);
    return items.map(({ locusId }) => locusId).sort();
  }

  it('a search gives every locus once, through our own interface and through /v1, whatever the page', async () => {
    const ids = await storedIds();
    expect(ids.length).toBeGreaterThan(20);
    for (const pageSize of [7, 200, 5000]) {
      const own = await collect(client.loci.search(query.all(), { pageSize }));
      expect(own.map(({ locusId }) => locusId).sort()).toEqual(ids);
      const v1 = await collect(client.loci.searchV1(query.all(), { pageSize }));
      expect(v1.map(({ locusId }) => locusId)).toEqual(own.map(({ locusId }) => locusId));
      expect(v1[0]?.properties).toEqual(own[0]?.properties);
    }
    expect(await client.loci.count(query.all())).toBe(ids.length);
  });

  it('every clause of the query builder is understood', async () => {
    const some = (await collect(client.loci.search(query.exists('ztf_object_id'), { limit: 1 })))[0]!;
    const clauses = [
      query.cone({ ra: some.ra, dec: some.dec, radiusArcsec: 1 }),
      query.ids(some.locusId),
      query.ztfObject(String(some.properties['ztf_object_id'])),
      query.range('num_alerts', { gte: 1, lte: 1e9 }),
      query.prefix('ztf_object_id', 'ZTF'),
      query.wildcard('ztf_object_id', 'Z?F*'),
      query.match('ztf_object_id', String(some.properties['ztf_object_id'])),
      query.terms('locus_id', [some.locusId]),
      query.text(`locus_id:${some.locusId}`),
      query.text(some.locusId, ['locus_id']),
      query.not(query.tag('no_such_tag')),
      query.or(query.tag('no_such_tag'), query.exists('ztf_object_id')),
      query.and(query.not(query.catalog('no_such_catalog')), query.not(query.watchList('no_such_list'))),
      query.random(query.all(), 7),
    ];
    for (const clause of clauses) {
      const ids = (await collect(client.loci.search(clause, { sort: [] }))).map(({ locusId }) => locusId);
      expect(ids, JSON.stringify(clause)).toContain(some.locusId);
    }
    expect(await client.loci.count(query.or())).toBe(0);
  });

  it('sorts, and aggregates', async () => {
    const loci = await collect(
      client.loci.search(query.exists('num_alerts'), { sort: ['-num_alerts', 'locus_id'], pageSize: 9 }),
    );
    const counts = loci.map(({ properties }) => Number(properties['num_alerts']));
    expect(counts).toEqual([...counts].sort((a, b) => b - a));
    const { aggregations } = await client.loci.searchPage(query.all(), {
      size: 0,
      aggregations: { n: { max: { field: 'properties.num_alerts' } } },
    });
    expect(aggregations['n']).toMatchObject({ value: counts[0] });
  });

  it('random loci are in another order with another seed, and in the same with the same', async () => {
    const order = async (seed: number): Promise<string[]> =>
      (await collect(client.loci.search(query.random(query.all(), seed), { pageSize: 6 }))).map(
        ({ locusId }) => locusId,
      );
    const [first, again, other] = [await order(1), await order(1), await order(2)];
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    expect([...other].sort()).toEqual([...first].sort());
    expect(new Set(first).size).toBe(first.length);
  });

  it('notices of events that it does not know are none, and Kafka neither where it has none', async () => {
    expect(await client.gravWaveNotices.latest('S230529ay')).toBeUndefined();
    expect(await client.gravWaveNotices.at('S230529ay', '2023-07-06T14:09:33')).toBeUndefined();
    expect(await client.gravWaveNotices.latestOf(['S230529ay'])).toEqual([]);
    await expect(client.streams.kafkaConfiguration()).rejects.toMatchObject({ code: 'STREAMS_NOT_OFFERED' });
  });

  it('a query that it does not understand is an error with a code', async () => {
    await expect(collect(client.loci.search({ no_such_clause: {} }))).rejects.toMatchObject({
      status: 400,
      code: expect.stringMatching(/^[A-Z_]+$/),
    });
  });

  it('a locus has its light curve, its alerts and its images', async () => {
    const ids = await storedIds();
    let images = 0;
    for (const locusId of ids.slice(0, 12)) {
      const locus = await client.loci.get(locusId);
      const alerts = await client.loci.alerts(locusId);
      expect(locus.lightCurve.length).toBe(alerts.length);
      expect([...locus.lightCurve.alertId]).toEqual(alerts.map(({ alertId }) => alertId));
      expect([...locus.lightCurve.mjd]).toEqual(alerts.map(({ mjd }) => mjd));
      expect(locus.properties['num_alerts']).toBe(alerts.length);
      for (const alert of alerts.slice(-1)) {
        expect(await client.alerts.find(alert.alertId)).toMatchObject({
          alertId: alert.alertId,
          mjd: alert.mjd,
          properties: alert.properties,
        });
        for (const thumbnail of await client.alerts.thumbnails(alert.alertId)) {
          const image = await client.alerts.thumbnailImage(thumbnail);
          expect([...(image?.bytes.subarray(1, 4) ?? [])]).toEqual([...Buffer.from('PNG')]);
          images++;
        }
      }
      await client.loci.catalogMatches(locusId);
    }
    expect(images).toBeGreaterThan(0);
    expect(await client.loci.find('ANT2020none')).toBeUndefined();
  });

  it('64-bit ids are text, and the very digits that the survey sent', async () => {
    const ztf = (await collect(client.loci.search(query.exists('ztf_object_id'), { limit: 1 })))[0]!;
    for (const { alertId, properties } of await client.loci.alerts(ztf.locusId)) {
      if (alertId.startsWith('ztf_candidate:') && properties['ztf_candid'] !== undefined) {
        expect(`ztf_candidate:${properties['ztf_candid']}`).toBe(alertId);
        expect(typeof properties['ztf_candid']).toBe('string');
      }
    }
    const lsst = (await collect(client.loci.search(query.exists('survey.lsst.dia_object_id')))).map(
      ({ locusId }) => locusId,
    );
    expect(lsst.length).toBeGreaterThan(0);
    for (const locusId of lsst) {
      for (const { alertId, properties } of await client.loci.alerts(locusId)) {
        const id = properties['lsst_diaSource_diaSourceId'];
        if (id !== undefined) expect(`lsst:${id}`).toBe(alertId);
      }
    }
  });

  it('many loci are looked up in one call', async () => {
    const [first, second] = await collect(client.loci.search(query.exists('ztf_object_id'), { limit: 2 }));
    const results = await client.loci.lookUp({
      ids: [first!.locusId, 'ANT2020none'],
      ztfObjectIds: [String(second!.properties['ztf_object_id'])],
      cones: [{ ra: first!.ra, dec: first!.dec, radiusArcsec: 5, name: 'here' }],
    });
    expect(results.map(({ loci }) => loci[0]?.locusId)).toEqual([
      first!.locusId,
      undefined,
      second!.locusId,
      first!.locusId,
    ]);
    expect(results[3]?.loci[0]?.separationArcsec).toBeLessThan(1e-3);
  });

  it('light curves come as files', async () => {
    const [locusId] = await storedIds();
    const head = async (format: 'csv' | 'vot' | 'parquet'): Promise<string> =>
      new TextDecoder('latin1').decode((await client.loci.lightCurveFile(locusId!, format)).bytes.subarray(0, 200));
    expect(await head('csv')).toContain('alert_id');
    expect(await head('vot')).toContain('<?xml');
    expect(await head('parquet')).toMatch(/^PAR1/);
    expect(new TextDecoder().decode((await client.loci.voTable(locusId!)).bytes)).toContain('VOTABLE');
  });

  it('tags, properties, ledger, provenance and health are as the broker has them', async () => {
    const tags = await client.tags();
    for (const { name, loci } of tags) expect(await client.loci.count(query.tag(name))).toBe(loci);
    expect(tags.length).toBeGreaterThan(0);
    const properties = await client.locusProperties();
    expect(properties.map(({ name }) => name)).toContain('num_alerts');
    expect((await client.alertProperties()).length).toBeGreaterThan(100);
    const ledger = await client.operations.ledger('night');
    expect(ledger.length).toBeGreaterThan(0);
    for (const { received, stored, duplicate, rejected, night } of ledger) {
      expect(stored + duplicate + rejected).toBe(received);
      expect(night).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    }
    const [night] = await client.operations.statisticsByNight();
    expect(night?.received).toBe(
      ledger
        .filter((line) => line.night === night?.night && line.survey === night?.survey)
        .reduce((sum, { received }) => sum + received, 0),
    );
    const byNight = await client.operations.statisticsByTag({ byNight: true });
    expect(byNight.map(({ tag, loci }) => ({ name: tag, loci }))).toEqual(expect.arrayContaining([...tags]));
    expect(byNight[0]?.nights[0]?.night).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    expect(await collect(client.operations.rejections())).toEqual([]);
    expect((await client.loci.fields()).map(({ name }) => name)).toContain('properties.num_alerts');
    expect(await client.operations.health()).toMatchObject({ isHealthy: true });
    expect(await client.operations.metrics()).toContain('# TYPE');
    expect(await client.catalogs.list()).toEqual([]);
    await expect(client.operations.me()).rejects.toMatchObject({ status: 401 });
    await expect(client.operations.provenance('none')).rejects.toMatchObject({ status: 404 });
  });

  describe('streams', () => {
    it('are followed from the first message to those that come meanwhile, each once', async () => {
      const topic = 'client.everything';
      const before = await broker.streams.endOffset(topic);
      expect(before).toBeGreaterThan(0n);
      const seen: string[] = [];
      const tagged: string[] = [];
      const stop = new AbortController();
      const listening = (async () => {
        for await (const { notice } of client.events.listen(
          { query: query.exists('ztf_object_id') },
          { signal: stop.signal },
        )) {
          tagged.push(notice.alert?.alertId ?? '');
        }
      })().catch(() => undefined);
      const following = (async () => {
        for await (const { offset, locus, alert, publishedAt } of client.streams.follow('everything', {
          from: 'start',
          signal: stop.signal,
        })) {
          seen.push(offset);
          expect(locus.locusId).toMatch(/^ANT/);
          expect(alert?.alertId).toMatch(/^(ztf_candidate|lsst):/);
          expect(publishedAt).toMatch(/^\d{4}-\d\d-\d\dT/);
        }
      })().catch((error: unknown) => {
        if (!stop.signal.aborted) throw error;
      });
      // Both listen before more comes.
      while (seen.length < Number(before)) await new Promise((resolve) => setTimeout(resolve, 10));
      await new Promise((resolve) => setTimeout(resolve, 300));
      await broker.take(packets.slice(60), 5);
      const offsets: string[] = [];
      for (let from = 0n; ; ) {
        const page = await broker.streams.read(topic, from, 1000);
        if (page.records.length === 0) break;
        offsets.push(...page.records.map(({ offset }) => String(offset)));
        from = page.nextOffset;
      }
      expect(offsets.length).toBeGreaterThan(Number(before));
      while (seen.length < offsets.length || tagged.length === 0)
        await new Promise((resolve) => setTimeout(resolve, 10));
      stop.abort();
      await Promise.all([following, listening]);
      expect(seen).toEqual(offsets);
      expect(new Set(tagged).size).toBe(tagged.length);
      expect(broker.faults).toEqual([]);
    });

    it('are kept in a folder by the command line, which also searches', async () => {
      const root = await temporaryFolder();
      const kept = await runClient([
        'stream',
        'everything',
        'empty',
        '--output',
        root,
        '--until-end',
        '--base-url',
        url,
      ]);
      expect([kept.code, kept.stderr]).toEqual([0, '']);
      const names = (await readdir(join(root, 'everything'))).filter((name) => !name.startsWith('.')).sort();
      expect(names.length).toBe(Number(await broker.streams.endOffset('client.everything')));
      const { locus } = JSON.parse(await readFile(join(root, 'everything', names[0]!), 'utf8'));
      const cone = await runClient(['cone', `${locus.ra},${locus.dec},2`, '--json', '--base-url', url]);
      expect(cone).toMatchObject({ code: 0, stderr: '' });
      expect(cone.stdout).toContain(locus.locus_id);
      expect((await runClient(['search', '--where', 'num_alerts>=1', '--count', '--base-url', url])).stdout).toMatch(
        /^\d+\n$/,
      );
      expect(await runClient(['search', '--where', 'no_such_property=1', '--base-url', url])).toMatchObject({
        code: 2,
        stdout: '',
      });
    });
  });
});
