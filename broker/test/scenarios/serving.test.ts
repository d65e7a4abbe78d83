import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { antaresEntry, antaresOutput, temporaryFolder } from '../command-line.ts';

const ALERTS = 400;
const MINUTE = 60_000;

/** A verb that stays up, in a process of its own. */
class Served {
  readonly child: ChildProcess;
  readonly address: string;
  readonly #ended: Promise<number | null>;

  private constructor(child: ChildProcess, address: string, ended: Promise<number | null>) {
    this.child = child;
    this.address = address;
    this.#ended = ended;
  }

  /** Starts `antares ARGS` and waits until it says where it listens. */
  static async start(args: readonly string[]): Promise<Served> {
    const child = spawn(process.execPath, [antaresEntry, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString();
    });
    for await (const line of createInterface({ input: child.stdout })) {
      const address = /^listening (http:\/\/\S+)$/.exec(line)?.[1];
      if (address !== undefined) return new Served(child, address, ended);
    }
    throw new Error(`antares ${args.join(' ')} ended before it listened: ${errors}`);
  }

  async json(path: string): Promise<{ readonly status: number; readonly body: Json }> {
    const answer = await fetch(`${this.address}${path}`);
    return { status: answer.status, body: (await answer.json()) as Json };
  }

  /** Number of loci that a search finds. */
  async count(): Promise<number> {
    const { status, body } = await this.json('/v1/loci?page[limit]=1');
    return status === 200 ? Number((body['meta'] as Json)['count']) : -1;
  }

  /** Asks to stop, and waits until it has. @returns the exit code; null where a signal ended it */
  stop(): Promise<number | null> {
    this.child.kill('SIGTERM');
    return this.#ended;
  }
}

type Json = { readonly [key: string]: unknown };

/** Asks again until it is so; the test's own time limit ends it. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(100);
}

describe('a broker that is served, as a user runs it', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let packets: string;
  let data: string;
  let exported: { readonly locus_id: string; readonly tags: readonly string[] }[];

  beforeAll(async () => {
    folder = await temporaryFolder();
    packets = join(folder.path, 'packets');
    data = join(folder.path, 'data');
    await antaresOutput(['simulate', '--survey', 'ztf', '--alerts', String(ALERTS), '--out', packets, '--seed', '4']);
    const broker = await Served.start(['up', '--replay', packets, '--port', '0', '--data', data]);
    await until(async () => {
      const { body } = await broker.json('/api/ledger');
      return (body['total'] as Json)['received'] === ALERTS;
    });
    const loci = await antaresOutput(['export', 'loci', '--data', data]);
    exported = loci
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    await until(async () => (await broker.count()) === exported.length);
    expect(await broker.stop()).toBe(0);
  }, 5 * MINUTE);
  afterAll(() => folder.dispose());

  it('what the broker took in is served from its store by a process of its own, from the index that it left', async () => {
    const api = await Served.start(['api', '--port', '0', '--data', data]);
    try {
      expect(await api.count()).toBe(exported.length);
      const tagged = exported.find(({ tags }) => tags.includes('high_snr'))!;
      const { body } = await api.json(`/v2/loci/${tagged.locus_id}`);
      expect((body['data'] as Json)['tags']).toEqual(tagged.tags);
      expect((await api.json('/health')).status).toBe(200);
      expect((await api.json('/v1/loci/ANT2020nothere')).status).toBe(404);
    } finally {
      expect(await api.stop()).toBe(0);
    }
  });

  it('a damaged or missing index is filled from the store again, and finds the same', async () => {
    const index = join(data, 'search-index');
    for (const damage of [
      () => rmSync(index, { recursive: true }),
      () => writeFileSync(join(index, 'manifest.json'), '{"version": 999, "nonsense"'),
    ]) {
      damage();
      const broker = await Served.start(['up', '--no-simulate', '--port', '0', '--data', data]);
      await until(async () => (await broker.count()) === exported.length);
      expect(await broker.stop()).toBe(0);
    }
  });

  it('a reader beside a broker sees what the broker takes in meanwhile', async () => {
    const more = join(folder.path, 'more');
    await antaresOutput(['simulate', '--survey', 'ztf', '--alerts', '50', '--out', more, '--seed', '5']);
    const api = await Served.start(['api', '--port', '0', '--data', data]);
    try {
      const before = await api.count();
      await antaresOutput(['ingest', more, '--l1', 'off', '--data', data]);
      const after = (await antaresOutput(['export', 'loci', '--data', data])).trim().split('\n').length;
      expect(after).toBeGreaterThan(before);
      await until(async () => (await api.count()) === after);
    } finally {
      await api.stop();
    }
  });
});
