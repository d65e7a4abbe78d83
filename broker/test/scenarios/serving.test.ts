import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { antaresOutput, temporaryFolder } from '../command-line.ts';
import { type Json, Served, until } from '../served.ts';

const ALERTS = 400;
const MINUTE = 60_000;

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
