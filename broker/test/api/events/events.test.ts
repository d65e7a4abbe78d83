import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { savedQuery } from '../../../src/api/events/saved-query.ts';
import type { LocusRecord } from '../../../src/model/locus.ts';
import { parseSearchBody } from '../../../src/search-index/query/parse-search-body.ts';
import { describeWithSharedData } from '../../shared-data.ts';
import { type RealPacket, realPackets } from '../../surveys/real-packets.ts';
import { type ServerUnderTest, serverUnderTest } from '../server-under-test.ts';
import { type HeardEvent, Listener } from './listen.ts';

const STREAMS = { everything: '!nothing_has_this_tag', asteroids: 'sso_candidates' };
/** A tag that real packets get and that no stream carries. */
const TAG = 'young_extragalactic_candidate';

const alertIds = (events: readonly HeardEvent[]): string[] => events.map(({ data }) => data.locus.alert.alert_id);

describeWithSharedData('events', () => {
  let packets: RealPacket[];
  let api: ServerUnderTest;
  let base: string;
  const listeners: Listener[] = [];

  beforeAll(async () => {
    packets = [
      ...(await realPackets('ztf/by_object/ZTF18aaiscil.tar.gz', 12)),
      ...(await realPackets('ztf/ztf_public_20231018.tar.gz', 40)),
      ...(await realPackets('lsst/rubin_v10_0.tar.gz', 10)),
    ];
  });
  beforeEach(async () => {
    api = await serverUnderTest({ streams: STREAMS });
    base = await api.listen();
  });
  afterEach(async () => {
    for (const listener of listeners.splice(0)) listener.close();
    await api.close();
  });

  async function listen(query: string, lastEventId?: string): Promise<Listener> {
    const listener = await Listener.open(`${base}/api/events?${query}`, lastEventId);
    listeners.push(listener);
    return listener;
  }

  /** All alerts of the store that came in packets of their own, with the tags of their locus. */
  async function stored(): Promise<{ alertId: string; locusId: string; tags: readonly string[] }[]> {
    const { items } = await api.store.scanLoci(undefined, 1_000);
    const alerts = [];
    for (const [i, record] of (await api.store.getLocusRecords(items)).entries()) {
      for (const { point } of await api.store.getAlertRows(items[i]!)) {
        if (point.kind !== 'candidate') continue;
        alerts.push({ alertId: point.alertId, locusId: record!.ref.locusId, tags: record!.tags });
      }
    }
    return alerts;
  }

  it('of a stream are its messages, each once, in order', async () => {
    const listener = await listen('stream=everything');
    expect(listener.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(listener.text).toMatch(/^retry: \d+\nid: stream\/everything@0\n\n/);
    await api.take(packets, 7);
    const end = await api.streams.endOffset('client.everything');
    const log = (await api.streams.read('client.everything', 0n, 1_000)).records;
    const events = await listener.hear(log.length);
    expect(events.map(({ event }) => event)).toEqual(log.map(() => 'alert'));
    expect(events.map(({ data }) => data.offset)).toEqual(log.map(({ offset }) => String(offset)));
    expect(events.map(({ data }) => data.locus)).toEqual(log.map(({ value }) => api.context.readStreamMessage(value)));
    expect(events.at(-1)!.id).toBe(`stream/everything@${end}`);
  });

  it('begin where the reader came: what was before is not told', async () => {
    await api.take(packets.slice(0, 10));
    const listener = await listen('stream=everything');
    await api.take(packets.slice(10, 20));
    const [first] = await listener.hear(1);
    const before = (await api.streams.read('client.everything', 0n, 1_000)).records.filter(
      ({ offset }) => offset < BigInt(first!.data.offset!),
    );
    expect(before.length).toBeGreaterThan(0);
  });

  it.each(['stream=everything', 'query={"match_all":{}}'])(
    'of %s go on after the last one, without a gap or a double, over restarts of the server too',
    async (query) => {
      let lastEventId = (await listen(query)).lastEventId;
      const heard: HeardEvent[] = [];
      for (let i = 0; i < packets.length; i += 9) {
        const listener = await listen(query, lastEventId);
        await api.take(packets.slice(i, i + 9), 4);
        await listener.hear(2);
        // It breaks off in the middle of what came; whatever came beyond is lost on the way.
        const taken = listener.events.slice(0, 1 + (i % 3));
        heard.push(...taken);
        lastEventId = taken.at(-1)!.id;
        listener.close();
        if (i % 2 === 0) base = await (await api.rebuild()).listen({ host: '127.0.0.1', port: 0 });
      }
      const expected = (await stored()).map(({ alertId }) => alertId);
      const last = await listen(query, lastEventId);
      heard.push(...(await last.hear(expected.length - heard.length)));
      expect([...alertIds(heard)].sort()).toEqual(expected.sort());
    },
  );

  it('of one message are taken up again after any of them', async () => {
    const whole = await listen('query={"match_all":{}}');
    await api.take(packets.slice(0, 12), 12);
    const count = (await stored()).length;
    const all = [...(await whole.hear(count))];
    expect(new Set(all.map(({ id }) => id.split('.')[0])).size).toBe(1);
    for (const [i, { id }] of all.entries()) {
      if (i + 1 === all.length) continue;
      const rest = await listen('query={"match_all":{}}', id);
      expect(alertIds(await rest.hear(count - i - 1))).toEqual(alertIds(all.slice(i + 1)));
      rest.close();
    }
  });

  it('of a tag that no stream carries are the alerts on loci that have it', async () => {
    const listener = await listen(`tag=${TAG}`);
    expect(listener.lastEventId).toMatch(/^changes@/);
    await api.take(packets, 200);
    const expected = (await stored()).filter(({ tags }) => tags.includes(TAG)).map(({ alertId }) => alertId);
    expect(expected.length).toBeGreaterThan(0);
    expect([...alertIds(await listener.hear(expected.length))].sort()).toEqual(expected.sort());
    expect(listener.events.every(({ data }) => data.locus.tags.includes(TAG))).toBe(true);
  });

  it('of a tag that a stream carries come from that stream', async () => {
    expect((await listen('tag=sso_candidates')).lastEventId).toBe('stream/asteroids@0');
  });

  it('of a locus are all its alerts and no others', async () => {
    await api.take(packets.slice(0, 1));
    const [first] = await stored();
    const listener = await listen(`locus=${first!.locusId}`);
    const others = await listen('query={"match_all":{}}');
    await api.take(packets.slice(1), 5);
    const all = (await stored()).filter(({ alertId }) => alertId !== first!.alertId);
    const expected = all.filter(({ locusId }) => locusId === first!.locusId).map(({ alertId }) => alertId);
    await others.hear(all.length);
    expect([...alertIds(await listener.hear(expected.length))].sort()).toEqual(expected.sort());
  });

  it('of the same alert delivered twice are one', async () => {
    const listener = await listen('query={"match_all":{}}');
    await api.take(packets.slice(0, 10));
    await api.take(packets.slice(0, 10));
    await api.take(packets.slice(10, 20));
    const count = (await stored()).length;
    const seen = alertIds(await listener.hear(count));
    expect(new Set(seen).size).toBe(count);
    expect(seen.length).toBe(count);
  });

  it.each([
    ['nothing', '', 400, 'EVENTS_SELECTION'],
    ['two things at once', 'stream=everything&tag=a', 400, 'EVENTS_SELECTION'],
    ['an unknown stream', 'stream=nobody', 404, 'STREAM_UNKNOWN'],
    ['a stream of the language', 'stream=constructor', 404, 'STREAM_UNKNOWN'],
    ['a locus that is none', 'locus=x', 400, 'LOCUS_ID_MALFORMED'],
    ['a query that is no JSON', 'query={', 400, 'QUERY_INVALID'],
    ['an unknown clause', 'query={"magic":{}}', 400, 'QUERY_CLAUSE_UNKNOWN'],
    ['an unknown field', 'query={"term":{"properties.no_such":1}}', 400, 'QUERY_FIELD_UNKNOWN'],
    ['an id that is none', 'stream=everything&last_event_id=17', 400, 'EVENT_ID_INVALID'],
    ['an id of another stream', 'stream=everything&last_event_id=stream/asteroids@0', 409, 'EVENT_ID_OF_ANOTHER_FEED'],
    ['an id of another feed', 'stream=everything&last_event_id=changes@0.0', 409, 'EVENT_ID_OF_ANOTHER_FEED'],
    ['an id of a longer log', 'stream=everything&last_event_id=stream/everything@99', 409, 'EVENT_ID_OF_ANOTHER_FEED'],
  ])('of %s there are none, and the answer says why', async (_what, query, status, code) => {
    const answer = await api.app.inject(`/api/events?${encodeURI(query)}`);
    expect(answer.statusCode).toBe(status);
    expect(answer.json().errors[0]).toMatchObject({ status, code });
  });

  it('begin with a gap where messages are not kept any more', async () => {
    await api.take(packets.slice(0, 20), 2);
    const kept = await serverUnderTest({
      streams: STREAMS,
      change: (context) => ({
        ...context,
        streams: {
          startOffset: () => Promise.resolve(3n),
          endOffset: (topic) => api.streams.endOffset(topic),
          read: (topic, from, limit) => api.streams.read(topic, from, limit),
          listTopics: () => api.streams.listTopics(),
          follow: (topic, from, signal) => api.streams.follow(topic, from, signal),
          close: () => Promise.resolve(),
        },
      }),
    });
    try {
      const address = await kept.listen();
      const listener = await Listener.open(`${address}/api/events?stream=everything`, 'stream/everything@1');
      const [gap, next] = await listener.hear(2);
      expect(gap).toMatchObject({ event: 'gap', id: 'stream/everything@3' });
      expect(next!.data.offset).toBe('3');
      listener.close();
    } finally {
      await kept.close();
    }
  });

  it('are for so many connections of one address, and a place that is left is free again', async () => {
    const open = await Promise.all(Array.from({ length: 20 }, () => listen('stream=everything')));
    const refused = await fetch(`${base}/api/events?stream=everything`);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(((await refused.json()) as { errors: object[] }).errors[0]).toMatchObject({ code: 'EVENTS_TOO_MANY' });
    const followers = async (): Promise<string> =>
      /^antares_event_followers (\d+)$/m.exec((await api.app.inject('/metrics')).body)![1]!;
    expect(await followers()).toBe('20');
    open[0]!.close();
    while ((await followers()) === '20') await new Promise((resolve) => setTimeout(resolve, 5));
    expect((await listen('stream=everything')).response.status).toBe(200);
  });

  it('are not followed by who asks for the head alone', async () => {
    const head = await fetch(`${base}/api/events?stream=everything`, { method: 'HEAD' });
    expect(head.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const followers = async (): Promise<string> =>
      /^antares_event_followers (\d+)$/m.exec((await api.app.inject('/metrics')).body)![1]!;
    while ((await followers()) !== '0') await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it('end when the server closes', async () => {
    const listener = await listen('stream=everything');
    const rest = listener.rest();
    await api.app.close();
    await rest;
    expect(listener.isOver).toBe(true);
  });
});

describeWithSharedData('a saved query', () => {
  let api: ServerUnderTest;
  let records: LocusRecord[];
  beforeAll(async () => {
    api = await serverUnderTest({
      packets: [
        ...(await realPackets('ztf/ztf_public_20231018.tar.gz')),
        ...(await realPackets('lsst/rubin_v10_0.tar.gz')),
      ],
    });
    const { items } = await api.store.scanLoci(undefined, 1_000);
    records = (await api.store.getLocusRecords(items)) as LocusRecord[];
  });
  afterAll(() => api.close());

  it.each([
    { match_all: {} },
    { term: { tags: 'young_extragalactic_candidate' } },
    { range: { 'properties.newest_alert_magnitude': { lt: 19 } } },
    { exists: { field: 'properties.survey.lsst' } },
    { exists: { field: 'properties.newest_alert_magnitude' } },
    { query_string: { query: '*ZTF18*', fields: ['properties.*'] } },
    { query_string: { query: 'ANT2023*' } },
    { bool: { must_not: [{ exists: { field: 'properties.ztf_object_id' } }] } },
    { bool: { filter: [{ range: { 'properties.num_alerts': { gte: 2 } } }, { prefix: { locus_id: 'ANT20' } }] } },
    { sky_distance: { distance: '60 degree', htm16: { center: '200 30' } } },
    { function_score: { query: { term: { tags: 'sso_candidates' } }, random_score: {} } },
  ])('says of every locus what the search says: %j', async (clause) => {
    const wants = await savedQuery(api.index, JSON.stringify(clause));
    const { hits } = await api.index.search({ ...parseSearchBody({ query: clause }), size: 10_000 });
    const wanted = records.filter((record) => wants(record)).map(({ ref }) => ref.locusId);
    expect(wanted.sort()).toEqual(hits.map(({ ref }) => ref.locusId).sort());
  });
});
