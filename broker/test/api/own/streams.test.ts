import { afterAll, beforeAll, expect, it } from 'vitest';
import { streamMessageToJson } from '../../../src/pipeline/stream-message.ts';
import { topicOfStream } from '../../../src/streams/topic-name.ts';
import { describeWithSharedData } from '../../shared-data.ts';
import { realPackets } from '../../surveys/real-packets.ts';
import { type ServerUnderTest, serverUnderTest } from '../server-under-test.ts';

interface Page {
  readonly messages: {
    offset: string;
    key: string;
    published_at: string;
    locus: { locus_id: string; alert: object };
  }[];
  readonly next_offset: string;
  readonly end_offset: string;
}

describeWithSharedData('streams over HTTP', () => {
  let api: ServerUnderTest;

  beforeAll(async () => {
    api = await serverUnderTest({
      packets: await realPackets('ztf/ztf_public_20231018.tar.gz'),
      streams: { 'solar-system': 'sso_candidates | sso_confirmed', everything: '!nothing', empty: 'no_such_tag' },
    });
  });
  afterAll(() => api.close());

  async function page(url: string): Promise<Page> {
    const answer = await api.app.inject(url);
    expect(answer.statusCode, answer.body).toBe(200);
    return answer.json();
  }

  it('each stream says its topic, its tags, and from where to where it goes', async () => {
    const { streams } = (await api.app.inject('/api/streams')).json() as { streams: Record<string, string>[] };
    expect(streams.map(({ name }) => name)).toEqual(['empty', 'everything', 'solar-system']);
    for (const { name, topic, end_offset, tags } of streams) {
      expect(topic).toBe(topicOfStream(name!));
      expect(BigInt(end_offset!)).toBe(await api.streams.endOffset(topic!));
      expect(tags).toBe(api.context.config.streams[name!]);
    }
  });

  it('pages from any point give every message of the log once, in order', async () => {
    const topic = topicOfStream('everything');
    const log = (await api.streams.read(topic, 0n, 1_000)).records;
    expect(log.length).toBeGreaterThan(20);
    const read: Page['messages'] = [];
    let from = '0';
    for (;;) {
      const { messages, next_offset, end_offset } = await page(`/api/streams/everything?from=${from}&limit=7`);
      expect(messages.length).toBeLessThanOrEqual(7);
      read.push(...messages);
      if (messages.length === 0) {
        expect(next_offset).toBe(end_offset);
        break;
      }
      from = next_offset;
    }
    expect(read).toEqual(
      log.map(({ offset, key, value, timestampMs }) => ({
        ...{ offset: String(offset), key, published_at: new Date(timestampMs).toISOString() },
        locus: streamMessageToJson(value),
      })),
    );
    expect(read.every(({ key, locus }) => key === locus.locus_id && 'alert_id' in locus.alert)).toBe(true);
  });

  it('a stream that had no message yet is an empty one', async () => {
    expect(await page('/api/streams/empty')).toEqual({ messages: [], next_offset: '0', end_offset: '0' });
  });

  it.each([
    ['an unknown stream', 'nobody', 404, 'STREAM_UNKNOWN'],
    ["the broker's own stream", 'changed-loci', 404, 'STREAM_UNKNOWN'],
    ['a name of the language', 'constructor', 404, 'STREAM_UNKNOWN'],
    ['a way out of the folder', '..%2f..%2fstore', 404, 'STREAM_UNKNOWN'],
    ['an offset that is no number', 'everything?from=x', 400, 'STREAM_OFFSET_INVALID'],
    ['a negative offset', 'everything?from=-1', 400, 'STREAM_OFFSET_INVALID'],
    ['an offset beyond the end', 'everything?from=999999', 416, 'STREAM_OFFSET_AHEAD'],
    ['a page too large', 'everything?limit=1001', 400, 'REQUEST_INVALID'],
    ['a page of none', 'everything?limit=0', 400, 'REQUEST_INVALID'],
  ])('%s is refused', async (_what, path, status, code) => {
    const answer = await api.app.inject(`/api/streams/${path}`);
    expect(answer.statusCode).toBe(status);
    expect(answer.json().errors[0]).toMatchObject({ status, code });
  });
});
