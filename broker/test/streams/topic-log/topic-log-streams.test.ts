import { copyFile, mkdtemp, open, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StreamReader, StreamRecord } from '../../../src/streams/streams.ts';
import { TopicLogReader } from '../../../src/streams/topic-log/topic-log-reader.ts';
import { TopicLogStreams } from '../../../src/streams/topic-log/topic-log-streams.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'antares-topic-log-'));
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

function record(text: string, topic = 'tags', sequence?: number): StreamRecord {
  const producer = sequence === undefined ? undefined : { id: 'lane-0', sequence: BigInt(sequence) };
  return { topic, key: 'k', value: Buffer.from(text), timestampMs: 1, producer };
}

async function texts(reader: StreamReader, topic = 'tags'): Promise<string[]> {
  const found: string[] = [];
  let offset = 0n;
  for (;;) {
    const page = await reader.read(topic, offset, 100);
    if (page.records.length === 0) return found;
    found.push(...page.records.map(({ value }) => Buffer.from(value).toString()));
    offset = page.nextOffset;
  }
}

async function segmentFiles(topic = 'tags'): Promise<string[]> {
  return (await readdir(join(root, topic))).filter((name) => name.endsWith('.log')).sort();
}

const numbered = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => `record ${from + i}`);

/** What a crash leaves: the files as they are, without what closing writes. */
async function crashed(streams: TopicLogStreams, topic = 'tags'): Promise<() => Promise<void>> {
  const folder = join(root, topic);
  const kept = new Map<string, Buffer>();
  for (const name of await readdir(folder)) kept.set(name, await readFile(join(folder, name)));
  return async () => {
    await streams.close();
    for (const name of await readdir(folder)) if (!kept.has(name)) await rm(join(folder, name));
    for (const [name, bytes] of kept) await writeFile(join(folder, name), bytes);
  };
}

describe('the topic log', () => {
  it('is one writer at a time, and says who has it', async () => {
    const first = await TopicLogStreams.open(root);
    await expect(TopicLogStreams.open(root)).rejects.toMatchObject({
      code: 'STREAM_LOCKED',
      message: expect.stringContaining(String(process.pid)),
    });
    await first.close();
    const second = await TopicLogStreams.open(root);
    await second.close();
  });

  it('takes over from a writer that is dead, or that had the same process number in another life', async () => {
    const dead = { token: 'x', pid: 2 ** 22 - 1, started: '1', machine: '', processes: '' };
    const alive = await TopicLogStreams.open(root);
    const mine = JSON.parse(await readFile(join(root, 'LOCK'), 'utf8')) as typeof dead;
    await alive.close();
    for (const holder of [
      { ...mine, token: 'x', pid: dead.pid },
      { ...mine, token: 'x', started: '1' },
    ]) {
      // Where the system does not tell when a process began, a number in use counts as alive.
      if (holder.pid === mine.pid && mine.started === '') continue;
      await writeFile(join(root, 'LOCK'), JSON.stringify(holder));
      const streams = await TopicLogStreams.open(root);
      await streams.close();
    }
  });

  it('believes a writer elsewhere to be alive as long as it touches the lock, and stops when its own was taken', async () => {
    const streams = await TopicLogStreams.open(root);
    await streams.append([record('a')]);
    const elsewhere = { token: 'x', pid: process.pid, started: '', machine: 'another', processes: 'other' };
    await writeFile(join(root, 'LOCK'), JSON.stringify(elsewhere));
    const touching = setInterval(() => void utimes(join(root, 'LOCK'), new Date(), new Date()), 50);
    await expect(TopicLogStreams.open(root)).rejects.toMatchObject({ code: 'STREAM_LOCKED' });
    clearInterval(touching);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await expect(streams.append([record('b')])).rejects.toMatchObject({ code: 'STREAM_LOCKED' });
    await streams.close();
    expect(JSON.parse(await readFile(join(root, 'LOCK'), 'utf8'))).toEqual(elsewhere);
    const next = await TopicLogStreams.open(root);
    expect(await texts(next)).toEqual(['a']);
    await next.close();
  }, 30_000);

  it('keeps every acknowledged record, whatever of an unfinished append a crash leaves behind', async () => {
    const streams = await TopicLogStreams.open(root);
    await streams.append(numbered(0, 30).map((text, i) => record(text, 'tags', i)));
    const restore = await crashed(streams);
    // The next append, cut anywhere, with garbage after the cut.
    await streams.append(numbered(30, 33).map((text, i) => record(text, 'tags', 30 + i)));
    const log = join(root, 'tags', (await segmentFiles())[0]!);
    const after = await readFile(log);
    await restore();
    const before = await readFile(log);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: before.length, max: after.length }),
        fc.uint8Array({ maxLength: 60 }),
        async (cut, garbage) => {
          await restore();
          await writeFile(log, Buffer.concat([after.subarray(0, cut), garbage]));
          const again = await TopicLogStreams.open(root);
          const whole = await texts(again);
          const extra = whole.length - 30;
          expect(extra).toBeGreaterThanOrEqual(0);
          expect(extra).toBeLessThanOrEqual(3);
          expect(whole).toEqual(numbered(0, 30 + extra));
          // Sent again by a producer that does not know: there once.
          await again.append(numbered(28, 34).map((text, i) => record(text, 'tags', 28 + i)));
          expect(await texts(again)).toEqual(numbered(0, 34));
          await again.close();
        },
      ),
      { seed: 20200101, numRuns: 40 },
    );
  });

  it('remembers what producers sent, with and without the snapshots that make opening fast', async () => {
    let streams = await TopicLogStreams.open(root, { segmentBytes: 20_000 });
    for (let i = 0; i < 60; i += 1) await streams.append([record('x'.repeat(1000), 'tags', i), record('y', 'tags')]);
    const restore = await crashed(streams);
    await restore();
    expect((await segmentFiles()).length).toBeGreaterThan(2);
    streams = await TopicLogStreams.open(root, { segmentBytes: 20_000 });
    await streams.append([record('again', 'tags', 59)]);
    expect(await streams.endOffset('tags')).toBe(120n);
    await streams.close();
    await rm(join(root, 'tags', 'producers'));
    streams = await TopicLogStreams.open(root, { segmentBytes: 20_000 });
    await streams.append([record('again', 'tags', 59), record('new', 'tags', 60)]);
    expect(await streams.endOffset('tags')).toBe(121n);
    await streams.close();
  });

  it('opens after a crash in the middle of beginning a segment', async () => {
    for (const headerBytes of [0, 5, 22]) {
      const streams = await TopicLogStreams.open(root, { segmentBytes: 200 });
      await streams.append(numbered(0, 3).map((text) => record(text, `t${headerBytes}`)));
      await streams.append([record('a'.repeat(150), `t${headerBytes}`)]);
      const end = await streams.endOffset(`t${headerBytes}`);
      await streams.close();
      const name = `${end.toString().padStart(20, '0')}.log`;
      const whole = await readFile(join(root, `t${headerBytes}`, (await segmentFiles(`t${headerBytes}`)).at(-1)!));
      await writeFile(join(root, `t${headerBytes}`, name), whole.subarray(0, headerBytes > 20 ? 0 : headerBytes));
      const again = await TopicLogStreams.open(root);
      expect(await texts(again, `t${headerBytes}`)).toHaveLength(4);
      await again.append([record('after', `t${headerBytes}`)]);
      expect((await texts(again, `t${headerBytes}`)).at(-1)).toBe('after');
      await again.close();
    }
  });

  it('drops whole segments by size and by age, and readers go on with what is left', async () => {
    const streams = await TopicLogStreams.open(root, {
      segmentBytes: 1000,
      retention: { maxBytes: 3500, maxAgeMs: 3600_000 },
    });
    for (const text of numbered(0, 200)) await streams.append([record(text)]);
    await streams.applyRetention();
    const start = await streams.startOffset('tags');
    expect(start).toBeGreaterThan(100n);
    expect(start).toBeLessThan(200n);
    expect(await texts(streams)).toEqual(numbered(Number(start), 200));
    const reader = new TopicLogReader(root);
    expect(await reader.startOffset('tags')).toBe(start);
    expect(await texts(reader)).toEqual(numbered(Number(start), 200));
    const sizes = await Promise.all(
      (await segmentFiles()).map(async (name) => (await stat(join(root, 'tags', name))).size),
    );
    expect(sizes.reduce((a, b) => a + b)).toBeLessThanOrEqual(3500);
    // Two hours later all of it is old, the segment being written too; offsets go on.
    await streams.applyRetention(Date.now() + 7200_000);
    expect(await texts(streams)).toEqual([]);
    expect(await streams.startOffset('tags')).toBe(200n);
    await streams.append([record('record 200')]);
    expect(await texts(reader)).toEqual(['record 200']);
    await streams.close();
    const again = await TopicLogStreams.open(root);
    expect(await again.endOffset('tags')).toBe(201n);
    await again.close();
  });

  it('says which record was damaged on disk, and followers pass over it', async () => {
    const streams = await TopicLogStreams.open(root);
    await streams.append(numbered(0, 50).map((text) => record(text)));
    const log = join(root, 'tags', (await segmentFiles())[0]!);
    const at = (await readFile(log)).indexOf('record 20');
    const file = await open(log, 'r+');
    await file.write(Buffer.from('R'), 0, 1, at);
    await file.close();
    const page = await streams.read('tags', 0n, 100);
    expect(page.nextOffset).toBe(20n);
    await expect(streams.read('tags', 20n, 100)).rejects.toMatchObject({ code: 'STREAM_DAMAGED' });
    expect((await streams.read('tags', 21n, 100)).records).toHaveLength(29);
    const stop = new AbortController();
    const seen: bigint[] = [];
    for await (const records of streams.follow('tags', 0n, stop.signal)) {
      seen.push(...records.map(({ offset }) => offset));
      if (seen.at(-1) === 49n) stop.abort();
    }
    expect(seen).toHaveLength(49);
    await streams.close();
  });

  it('never gives an offset out twice, though the end of the log was lost', async () => {
    const streams = await TopicLogStreams.open(root, { isDurable: false });
    await streams.append(numbered(0, 50).map((text, i) => record(text, 'tags', i)));
    await streams.close();
    const log = join(root, 'tags', (await segmentFiles())[0]!);
    await truncate(log, (await readFile(log)).indexOf('record 40'));
    const again = await TopicLogStreams.open(root, { isDurable: false });
    expect(await again.endOffset('tags')).toBe(50n);
    await again.append([record('new', 'tags', 50)]);
    expect((await again.read('tags', 50n, 9)).records.map(({ value }) => Buffer.from(value).toString())).toEqual([
      'new',
    ]);
    expect((await again.read('tags', 0n, 100)).records).toHaveLength(40);
    await expect(again.read('tags', 40n, 9)).rejects.toMatchObject({ code: 'STREAM_DAMAGED' });
    const stop = new AbortController();
    const seen: bigint[] = [];
    for await (const records of again.follow('tags', 39n, stop.signal)) {
      seen.push(...records.map(({ offset }) => offset));
      if (seen.length === 2) stop.abort();
    }
    expect(seen).toEqual([39n, 50n]);
    await again.close();
  });

  it('finds any record of a large topic through its index, without it, and with a wrong one', async () => {
    const streams = await TopicLogStreams.open(root, { isDurable: false, segmentBytes: 2_000_000 });
    for (let i = 0; i < 50; i += 1) {
      await streams.append(numbered(i * 100, (i + 1) * 100).map((text) => record(text.padEnd(1000))));
    }
    const [first] = await segmentFiles();
    const index = join(root, 'tags', first!.replace('.log', '.index'));
    expect((await stat(index)).size).toBeGreaterThan(100);
    const check = async (): Promise<void> => {
      const reader = new TopicLogReader(root);
      for (const offset of [0, 1, 777, 1999, 2345, 4999]) {
        const page = await reader.read('tags', BigInt(offset), 2);
        expect(page.records[0]!.offset).toBe(BigInt(offset));
        expect(Buffer.from(page.records[0]!.value).toString().trim()).toBe(`record ${offset}`);
      }
    };
    await check();
    await copyFile(join(root, 'tags', (await segmentFiles())[1]!), index);
    await check();
    await rm(index);
    await check();
    await streams.close();
  });

  it('refuses files of a newer version instead of reading them wrongly', async () => {
    const streams = await TopicLogStreams.open(root);
    await streams.append([record('a')]);
    await streams.close();
    const log = join(root, 'tags', (await segmentFiles())[0]!);
    const bytes = await readFile(log);
    bytes.write('ANTSTRM9');
    await writeFile(log, bytes);
    await expect(TopicLogStreams.open(root)).rejects.toMatchObject({ code: 'STREAM_VERSION_UNKNOWN' });
  });
});
