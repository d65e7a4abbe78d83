import assert from 'node:assert/strict';
import { errorCode } from '../model/errors.ts';
import type { StoredRecord, StreamReader, StreamRecord, Streams } from './streams.ts';

/** The few words of a test runner that the suite needs; passed in, so that nothing of it is part of the broker. */
export interface StreamsTestRunner {
  describe(title: string, define: () => void): void;
  it(title: string, test: () => Promise<void>): void;
}

/** An adapter under test: one durable place, opened as often as a test wants. */
export interface StreamsUnderTest {
  /** Opens the place for writing. The suite closes it before it opens it again. */
  open(): Promise<Streams>;
  /** Opens the place for reading beside a writer, as another process would. */
  openReader(): Promise<StreamReader>;
  /** Removes the place. Everything is closed by then. */
  remove(): Promise<void>;
}

/** What every adapter of the streams does. */
export function streamsConformance(
  runner: StreamsTestRunner,
  name: string,
  create: () => Promise<StreamsUnderTest>,
): void {
  const { describe, it } = runner;
  const test = (title: string, run: (place: StreamsUnderTest) => Promise<void>): void => {
    it(title, async () => {
      const place = await create();
      try {
        await run(place);
      } finally {
        await place.remove();
      }
    });
  };
  const withStreams = (title: string, run: (streams: Streams, place: StreamsUnderTest) => Promise<void>): void => {
    test(title, async (place) => {
      const streams = await place.open();
      try {
        await run(streams, place);
      } finally {
        await streams.close();
      }
    });
  };

  describe(`${name} as streams`, () => {
    withStreams('what was appended is read, in order, as it was', async (streams) => {
      const records = [
        record('a', 'first'),
        record('b', 'other'),
        record('a', ''),
        { ...record('a', 'key'), key: 'ANT2020ß🜨' },
      ];
      await streams.append(records);
      const page = await streams.read('a', 0n, 100);
      assert.deepEqual(page.records.map(textOf), ['first', '', 'key']);
      assert.deepEqual(
        page.records.map(({ key, timestampMs, topic }) => ({ key, timestampMs, topic })),
        [records[0]!, records[2]!, records[3]!].map(({ key, timestampMs, topic }) => ({ key, timestampMs, topic })),
      );
      assertAscending(page.records);
      assert.equal(page.nextOffset, page.endOffset);
      assert.deepEqual((await streams.read('b', 0n, 100)).records.map(textOf), ['other']);
    });

    withStreams('bytes of every kind come back', async (streams) => {
      const value = Uint8Array.from({ length: 70_000 }, (_, i) => (i * 7 + (i >> 8)) & 255);
      await streams.append([{ ...record('bytes', ''), value }]);
      const [found] = (await streams.read('bytes', 0n, 1)).records;
      assert.equal(Buffer.compare(found!.value, value), 0);
    });

    withStreams('a topic that nobody wrote to is empty, and becomes no topic by being read', async (streams) => {
      assert.deepEqual((await streams.read('nothing', 0n, 10)).records, []);
      assert.equal(await streams.endOffset('nothing'), 0n);
      assert.equal(await streams.startOffset('nothing'), 0n);
      assert.deepEqual(await streams.listTopics(), []);
      await streams.append([]);
      assert.deepEqual(await streams.listTopics(), []);
    });

    withStreams('topics are listed by name, upper and lower case apart', async (streams) => {
      await streams.append(
        ['client.b', 'client.a', 'Client.A', 'client.A', 'x'.repeat(249)].map((topic) => record(topic, topic)),
      );
      assert.deepEqual(await streams.listTopics(), ['Client.A', 'client.A', 'client.a', 'client.b', 'x'.repeat(249)]);
      assert.deepEqual((await streams.read('client.A', 0n, 9)).records.map(textOf), ['client.A']);
    });

    withStreams('paging through a topic gives each record once', async (streams) => {
      const texts = Array.from({ length: 257 }, (_, i) => `record ${i}`);
      for (let i = 0; i < texts.length; i += 50)
        await streams.append(texts.slice(i, i + 50).map((text) => record('paged', text)));
      for (const limit of [1, 7, 50, 1000]) {
        const found: string[] = [];
        let offset = 0n;
        for (;;) {
          const page = await streams.read('paged', offset, limit);
          if (page.records.length === 0) break;
          assert.ok(page.records.length <= limit);
          found.push(...page.records.map(textOf));
          offset = page.nextOffset;
        }
        assert.deepEqual(found, texts);
      }
      const middle = (await streams.read('paged', 0n, 1000)).records[100]!;
      assert.deepEqual((await streams.read('paged', middle.offset, 3)).records.map(textOf), texts.slice(100, 103));
    });

    withStreams('a bookmark beyond the end is refused, not waited for', async (streams) => {
      await streams.append([record('short', 'only')]);
      const end = await streams.endOffset('short');
      assert.deepEqual((await streams.read('short', end, 10)).records, []);
      await rejectsWith('STREAM_OFFSET_AHEAD', () => streams.read('short', end + 1n, 10));
    });

    withStreams('a record that its producer has sent before is left out, by topic', async (streams) => {
      const from = (producer: string, sequence: bigint, topic = 'once'): StreamRecord => ({
        ...record(topic, `${producer}${sequence}`),
        producer: { id: producer, sequence },
      });
      await streams.append([from('a', 0n), from('a', 5n), from('b', 1n)]);
      await streams.append([from('a', 5n), from('a', 3n), from('b', 2n), from('a', 6n), from('a', 6n)]);
      await streams.append([from('a', 6n, 'elsewhere'), record('once', 'plain'), record('once', 'plain')]);
      assert.deepEqual((await streams.read('once', 0n, 99)).records.map(textOf), [
        'a0',
        'a5',
        'b1',
        'b2',
        'a6',
        'plain',
        'plain',
      ]);
      assert.deepEqual((await streams.read('elsewhere', 0n, 99)).records.map(textOf), ['a6']);
    });

    test('records, offsets and what producers sent survive a restart', async (place) => {
      let streams = await place.open();
      const sequence = 2n ** 60n;
      await streams.append([{ ...record('kept', 'one'), producer: { id: 'p', sequence } }]);
      const end = await streams.endOffset('kept');
      await streams.close();
      streams = await place.open();
      try {
        assert.equal(await streams.endOffset('kept'), end);
        await streams.append([
          { ...record('kept', 'again'), producer: { id: 'p', sequence } },
          { ...record('kept', 'two'), producer: { id: 'p', sequence: sequence + 1n } },
        ]);
        const { records } = await streams.read('kept', 0n, 9);
        assert.deepEqual(records.map(textOf), ['one', 'two']);
        assert.equal(records[1]!.offset, end);
      } finally {
        await streams.close();
      }
    });

    withStreams('names and sizes that do not fit are refused before anything is written', async (streams) => {
      for (const topic of ['', '.', '..', 'a b', 'a/b', 'ü', 'x'.repeat(250)]) {
        await rejectsWith('STREAM_TOPIC_INVALID', () => streams.append([record('fine', 'x'), record(topic, 'x')]));
      }
      await rejectsWith('STREAM_RECORD_TOO_LARGE', () =>
        streams.append([record('fine', 'x'), { ...record('fine', ''), value: new Uint8Array(64 * 1024 * 1024) }]),
      );
      assert.deepEqual((await streams.read('fine', 0n, 9)).records, []);
    });

    withStreams('appends at the same time all arrive, each in its own order', async (streams) => {
      await Promise.all(
        Array.from({ length: 20 }, async (_, lane) => {
          for (let i = 0; i < 10; i += 1)
            await streams.append([record('busy', `${lane}:${i}:a`), record('busy', `${lane}:${i}:b`)]);
        }),
      );
      const texts = (await readAll(streams, 'busy')).map(textOf);
      assert.equal(texts.length, 400);
      for (let lane = 0; lane < 20; lane += 1) {
        const own = texts.filter((text) => text.startsWith(`${lane}:`));
        assert.deepEqual(
          own,
          Array.from({ length: 20 }, (_, i) => `${lane}:${i >> 1}:${i % 2 === 0 ? 'a' : 'b'}`),
        );
      }
    });

    withStreams('a follower gets what is there, then what comes, and ends when told', async (streams, place) => {
      const reader = await place.openReader();
      try {
        for (const source of [streams, reader]) {
          const topic = source === streams ? 'own' : 'other';
          await streams.append([record(topic, '0'), record(topic, '1')]);
          const stop = new AbortController();
          const seen: string[] = [];
          const following = (async () => {
            for await (const records of source.follow(topic, 1n, stop.signal)) {
              seen.push(...records.map(textOf));
              if (seen.length === 21) stop.abort();
            }
          })();
          for (let i = 2; i < 22; i += 1) await streams.append([record(topic, String(i))]);
          await following;
          assert.deepEqual(
            seen,
            Array.from({ length: 21 }, (_, i) => String(i + 1)),
          );
        }
      } finally {
        await reader.close();
      }
    });

    withStreams('a topic can be followed before it exists', async (streams, place) => {
      const reader = await place.openReader();
      try {
        const stop = new AbortController();
        const first = reader.follow('later', 0n, stop.signal)[Symbol.asyncIterator]().next();
        await streams.append([record('later', 'here')]);
        assert.deepEqual(((await first).value as StoredRecord[]).map(textOf), ['here']);
        stop.abort();
      } finally {
        await reader.close();
      }
    });

    withStreams('closing a reader ends its followers', async (_streams, place) => {
      const reader = await place.openReader();
      const next = reader.follow('idle', 0n, new AbortController().signal)[Symbol.asyncIterator]().next();
      await new Promise((resolve) => setTimeout(resolve, 30));
      await reader.close();
      assert.equal((await next).done, true);
    });

    test('nothing can be appended after close', async (place) => {
      const streams = await place.open();
      const last = streams.append([record('a', 'x')]);
      await streams.close();
      await last;
      await rejectsWith('STREAM_CLOSED', () => streams.append([record('a', 'y')]));
      await streams.close();
    });
  });
}

function record(topic: string, text: string): StreamRecord {
  return { topic, key: 'ANT2020ae', value: Buffer.from(text), timestampMs: 1_600_000_000_123 };
}

function textOf({ value }: StoredRecord): string {
  return Buffer.from(value).toString();
}

function assertAscending(records: readonly StoredRecord[]): void {
  for (let i = 1; i < records.length; i += 1) assert.ok(records[i]!.offset > records[i - 1]!.offset);
}

async function readAll(reader: StreamReader, topic: string): Promise<StoredRecord[]> {
  const found: StoredRecord[] = [];
  let offset = 0n;
  for (;;) {
    const page = await reader.read(topic, offset, 1000);
    if (page.records.length === 0) return found;
    found.push(...page.records);
    offset = page.nextOffset;
  }
}

async function rejectsWith(code: string, run: () => Promise<unknown>): Promise<void> {
  await assert.rejects(run, (error) => errorCode(error) === code);
}
