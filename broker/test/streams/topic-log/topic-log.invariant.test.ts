import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StoredRecord } from '../../../src/streams/streams.ts';
import { TopicLogReader } from '../../../src/streams/topic-log/topic-log-reader.ts';
import { TopicLogStreams } from '../../../src/streams/topic-log/topic-log-streams.ts';
import '../../built.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'antares-topic-log-'));
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

async function readAll(topic: string): Promise<StoredRecord[]> {
  const reader = new TopicLogReader(root);
  const found: StoredRecord[] = [];
  let offset = 0n;
  for (;;) {
    const page = await reader.read(topic, offset, 1000);
    if (page.records.length === 0) return found;
    found.push(...page.records);
    offset = page.nextOffset;
  }
}

/** Runs the appender from a number on, kills it after a while, and returns the last number that it was told is durable. */
async function appendAndKill(first: number, afterMs: number): Promise<number> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'append-until-killed.mjs'), root, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let acknowledged = first - 1;
  let timer: NodeJS.Timeout | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged = Number(line);
    timer ??= setTimeout(() => child.kill('SIGKILL'), afterMs);
  }
  clearTimeout(timer);
  return acknowledged;
}

describe('the topic log of a process that dies', () => {
  it('holds every acknowledged record once, in order, after any number of kills and repetitions', async () => {
    let acknowledged = -1;
    let state = 20200101;
    for (let round = 0; round < 12; round += 1) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      // What was acknowledged last is sent again, as after a crash between the append and noting it.
      const first = Math.max(0, acknowledged - (state % 90));
      acknowledged = Math.max(acknowledged, await appendAndKill(first, state % 120));
      for (const topic of ['client.a', 'client.b', 'client.c']) {
        // Seen by a reader beside the dead writer, before anybody repairs anything.
        const numbers = (await readAll(topic)).map(({ value }) => Buffer.from(value).readUInt32LE());
        const expected = Array.from({ length: acknowledged + 1 }, (_, i) => i).filter(
          (i) => topic !== 'client.c' || i % 3 === 0,
        );
        expect(numbers.slice(0, expected.length), `round ${round}, ${topic}`).toEqual(expected);
        expect(new Set(numbers).size).toBe(numbers.length);
      }
    }
    expect(acknowledged).toBeGreaterThan(500);
    const streams = await TopicLogStreams.open(root);
    expect(await streams.listTopics()).toEqual(['client.a', 'client.b', 'client.c']);
    const records = await readAll('client.a');
    expect(records.map(({ offset }) => offset)).toEqual(records.map((_, i) => BigInt(i)));
    await streams.close();
  });

  it('refuses what has no room, keeps what it has, and goes on with what fits', async () => {
    if (process.platform === 'win32') return;
    const fixture = join(import.meta.dirname, 'fill-until-full.mjs');
    // Blocks of 512 or 1024 bytes, as the shell likes.
    const { stdout } = await promisify(execFile)('sh', [
      '-c',
      `ulimit -f 700; exec "$0" "$1" "$2"`,
      process.execPath,
      fixture,
      root,
    ]);
    const report = JSON.parse(stdout) as { full: string; appended: number; small: boolean };
    expect(report).toMatchObject({ full: 'STREAM_FULL: EFBIG', small: true });
    expect(report.appended).toBeGreaterThan(10);
    const full = await readAll('full');
    expect(full.map(({ key }) => key)).toEqual([
      ...Array.from({ length: report.appended }, (_, i) => [String(i), 'more']).flat(),
      'small',
    ]);
    // The append that found no room for one topic left the other alone as well.
    expect(await readAll('quiet')).toHaveLength(1 + report.appended);
  });
});
