import { describe, expect, it } from 'vitest';
import { AntaresClient } from '../src/antares-client.ts';
import type { FollowOptions } from '../src/streams.ts';
import { collect } from './collect.ts';
import { sendJson, startServer } from './in-process-server.ts';
import { type StreamServerOptions, startStreamServer } from './stream-server.ts';

/** Follows a stream until so many messages came. @returns their offsets */
async function follow(url: string, count: number, options: FollowOptions = {}): Promise<string[]> {
  const client = new AntaresClient({ baseUrl: url, retry: { firstDelayMs: 5 } });
  const offsets: string[] = [];
  for await (const { offset } of client.streams.follow('high_snr', { from: 'start', pollMs: 10, ...options })) {
    offsets.push(offset);
    if (offsets.length === count) break;
  }
  return offsets;
}

describe('a page of a stream', () => {
  it('has the locus as of each alert, and the alert with its 64-bit ids as text', async () => {
    const server = await startStreamServer(['high_snr']);
    server.append('high_snr', 3);
    const { streams } = new AntaresClient({ baseUrl: server.url });
    const page = await streams.read('high_snr', { from: '1', limit: 2 });
    expect([page.nextOffset, page.endOffset]).toEqual(['3', '3']);
    expect(page.messages.map(({ offset }) => offset)).toEqual(['1', '2']);
    expect(page.messages[0]).toMatchObject({
      key: 'ANT2020so7ia',
      publishedAt: '2026-07-03T13:28:33.479Z',
      locus: {
        locusId: 'ANT2020so7ia',
        surveyObjectIds: { ztf: ['ZTF20aafqubg'], lsst: [] },
        numAlerts: 2,
        catalogMatches: [{ list: 'tns_public_objects', objectId: '1', separationArcsec: 0.25, radiusArcsec: 1 }],
      },
      alert: { alertId: 'ztf_candidate:3470490460915015043', properties: { ztf_candid: '3470490460915015043' } },
    });
    expect(await streams.list()).toEqual([
      { name: 'high_snr', topic: 'client.high_snr', startOffset: '0', endOffset: '3', tags: 'high_snr' },
    ]);
  });
});

describe('following a stream', () => {
  it('gives what is there, page by page, and then each new message once', async () => {
    const server = await startStreamServer(['high_snr']);
    server.append('high_snr', 1200);
    const timer = setInterval(() => server.append('high_snr', 7), 5);
    const offsets = await follow(server.url, 1400);
    clearInterval(timer);
    expect(offsets).toEqual(server.offsets('high_snr').slice(0, 1400));
  });

  const ways: [string, StreamServerOptions, FollowOptions][] = [
    ['when the server has no events', { hasNoEvents: true }, {}],
    ['when it is asked to page', {}, { through: 'paging' }],
    ['when offsets have gaps', { step: 1000 }, {}],
    ['when events carry their offset', { hasOffsets: true, step: 3 }, {}],
    ['when events get lost', { losesEvery: 3 }, {}],
    ['when the connection breaks after every second event', { breaksAfter: 2 }, {}],
    ['when the connection breaks and offsets have gaps', { breaksAfter: 3, step: 7, hasOffsets: true }, {}],
  ];
  for (const [title, serverOptions, followOptions] of ways) {
    it(`leaves nothing out and gives nothing twice ${title}`, async () => {
      const server = await startStreamServer(['high_snr'], serverOptions);
      server.append('high_snr', 5);
      const timer = setInterval(() => server.append('high_snr', 2), 10);
      const offsets = await follow(server.url, 17, followOptions);
      clearInterval(timer);
      expect(offsets).toEqual(server.offsets('high_snr').slice(0, 17));
    });
  }

  it('goes on where it was when the server was away', async () => {
    const server = await startStreamServer(['high_snr']);
    server.append('high_snr', 3);
    const interruptions: string[] = [];
    const client = new AntaresClient({ baseUrl: server.url, retry: { retries: 0 } });
    const offsets: string[] = [];
    const onInterruption = ({ code }: { code: string }): void => void interruptions.push(code);
    for await (const { offset } of client.streams.follow('high_snr', { from: 'start', onInterruption })) {
      offsets.push(offset);
      if (offsets.length === 3) {
        await server.shut();
        server.append('high_snr', 3);
        setTimeout(() => void server.open(), 900);
      }
      if (offsets.length === 6) break;
    }
    expect(offsets).toEqual(['0', '1', '2', '3', '4', '5']);
    expect(interruptions.length).toBeGreaterThanOrEqual(2);
    expect(new Set(interruptions)).toEqual(new Set(['SERVER_UNREACHABLE']));
  });

  it('goes on when the server stumbles, and says so', async () => {
    const server = await startStreamServer(['high_snr'], { failsOnPage: 2 });
    server.append('high_snr', 600);
    const said: (number | undefined)[] = [];
    const onInterruption = ({ status }: { status: number | undefined }): void => void said.push(status);
    expect(await follow(server.url, 600, { onInterruption })).toEqual(server.offsets('high_snr'));
    expect(said).toEqual([500]);
  });

  it('waits for pages that are behind the events instead of leaving messages out', async () => {
    const server = await startStreamServer(['high_snr'], { losesEvery: 2, pagesLag: 40 });
    server.append('high_snr', 1);
    const timer = setInterval(() => server.append('high_snr', 1), 15);
    const offsets = await follow(server.url, 12);
    clearInterval(timer);
    expect(offsets).toEqual(server.offsets('high_snr').slice(0, 12));
  });

  it('takes a connection over which nothing comes for dead', async () => {
    const server = await startStreamServer(['high_snr'], { losesEvery: 1 });
    server.append('high_snr', 1);
    setTimeout(() => server.append('high_snr', 1), 150);
    expect(await follow(server.url, 2, { idleTimeoutMs: 300 })).toEqual(['0', '1']);
    expect(server.requests.filter(({ url }) => url.pathname === '/api/events').length).toBeGreaterThanOrEqual(1);
  });

  it('begins at the end where nothing else is said, and at an offset where that is', async () => {
    const server = await startStreamServer(['high_snr']);
    server.append('high_snr', 4);
    setTimeout(() => server.append('high_snr', 1), 100);
    expect(await follow(server.url, 1, { from: 'end' })).toEqual(['4']);
    expect(await follow(server.url, 2, { from: 3n })).toEqual(['3', '4']);
  });

  it('ends at the end where that is asked for', async () => {
    const server = await startStreamServer(['high_snr']);
    server.append('high_snr', 4);
    expect(await follow(server.url, 99, { untilEnd: true })).toEqual(['0', '1', '2', '3']);
  });

  it('says when its place is beyond the end, when messages are gone, and when there is no such stream', async () => {
    const server = await startStreamServer(['high_snr']);
    server.append('high_snr', 9);
    server.forgetBefore('high_snr', 5);
    await expect(follow(server.url, 1, { from: '10' })).rejects.toMatchObject({ code: 'STREAM_POSITION_AHEAD' });
    await expect(follow(server.url, 1, { from: '2' })).rejects.toMatchObject({ code: 'STREAM_MESSAGES_GONE' });
    expect(await follow(server.url, 2, { from: '2', skipGone: true })).toEqual(['5', '6']);
    const { streams } = new AntaresClient({ baseUrl: server.url });
    await expect(collect(streams.follow('high_snr', { from: 'yesterday' }))).rejects.toThrow(TypeError);
    await expect(collect(streams.follow('none'))).rejects.toMatchObject({ code: 'STREAM_UNKNOWN' });
    await expect(streams.read('none')).rejects.toMatchObject({ status: 404 });
  });

  it('ends when the server has lost the stream meanwhile: to go on would be to mix two streams', async () => {
    const server = await startStreamServer(['high_snr']);
    server.append('high_snr', 3);
    setTimeout(() => {
      server.lose('high_snr');
      server.breakEvents();
    }, 200);
    await expect(follow(server.url, 4)).rejects.toMatchObject({ code: 'STREAM_POSITION_AHEAD', status: undefined });
  });

  it('ends with the reason of the signal, and does not take that for an interruption', async () => {
    const server = await startStreamServer(['high_snr']);
    server.append('high_snr', 1);
    const controller = new AbortController();
    const said: string[] = [];
    const onInterruption = ({ message }: { message: string }): void => void said.push(message);
    const options = { signal: controller.signal, onInterruption };
    const followers = [1, 2, 3, 4, 5, 6].map(() =>
      follow(server.url, 9, options).catch((error: Error) => error.message),
    );
    setTimeout(() => controller.abort(new Error('enough')), 200);
    expect(await Promise.all(followers)).toEqual(Array(6).fill('enough'));
    expect(said).toEqual([]);
  });
});

it('readers of Kafka are told where to go', async () => {
  const options = { 'bootstrap.servers': 'localhost:9092', 'security.protocol': 'SASL_PLAINTEXT' };
  const data = { type: 'client_config_streaming', id: 'default', attributes: { type: 'kafka', options } };
  const server = await startServer((_, response) => sendJson(response, { data }));
  const { streams } = new AntaresClient({ baseUrl: server.url });
  expect(await streams.kafkaConfiguration()).toEqual({ type: 'kafka', options });
  expect(server.requests[0]?.url.pathname).toBe('/v1/client/config/streaming/default');
});

describe('listening to events', () => {
  const notice = (n: number): string =>
    JSON.stringify({ published_at: 'now', locus: { locus_id: `ANT2020${n}`, ra: n, dec: 0, tags: ['x'] } });

  it('goes on after the last event when the connection breaks, and tells of gaps', async () => {
    let connections = 0;
    const server = await startServer((_, response) => {
      connections++;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      if (connections === 1)
        response.end(`retry: 1\nid: changes@1.0\n\nevent: alert\nid: changes@2.1\ndata: ${notice(1)}\n\n`);
      else if (connections === 2)
        response.end(
          'event: gap\nid: changes@5.0\ndata: {}\n\nevent: end\ndata: {"code":"SERVER_CLOSING","detail":"it stops"}\n\n',
        );
      else response.write(`event: alert\nid: changes@6.0\ndata: ${notice(2)}\n\n`);
    });
    const client = new AntaresClient({ baseUrl: server.url, token: 'secret' });
    const seen: string[] = [];
    let gaps = 0;
    const ends: string[] = [];
    const onInterruption = ({ code, message }: { code: string; message: string }): void =>
      void ends.push(`${code} ${message}`);
    const options = { onGap: () => void gaps++, onInterruption };
    for await (const { id, notice } of client.events.listen({ query: { term: { tags: 'x' } } }, options)) {
      seen.push(`${id} ${notice.locus.locusId}`);
      if (seen.length === 2) break;
    }
    expect(seen).toEqual(['changes@2.1 ANT20201', 'changes@6.0 ANT20202']);
    expect(gaps).toBe(1);
    expect(ends).toEqual([
      'SERVER_UNREACHABLE the server ended the stream of events: without a reason',
      'SERVER_CLOSING the server ended the stream of events: it stops',
    ]);
    expect(server.requests.map(({ headers }) => headers['last-event-id'])).toEqual([
      undefined,
      'changes@2.1',
      'changes@5.0',
    ]);
    expect(server.requests[0]?.url.searchParams.get('query')).toBe('{"term":{"tags":"x"}}');
    expect(server.requests[0]?.headers.authorization).toBe('Bearer secret');
  });

  it('says at once when the server does not want to', async () => {
    const server = await startServer((_, response) =>
      sendJson(response, { errors: [{ status: 400, code: 'EVENTS_SELECTION', detail: 'expected one' }] }, 400),
    );
    const client = new AntaresClient({ baseUrl: server.url });
    await expect(collect(client.events.listen({ tag: 'x' }))).rejects.toMatchObject({
      code: 'EVENTS_SELECTION',
      status: 400,
    });
  });
});
