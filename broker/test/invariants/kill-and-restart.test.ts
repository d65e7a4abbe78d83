import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { antaresEntry, antaresOutput, temporaryFolder } from '../command-line.ts';
import { canonicalState } from '../exports.ts';
import { describeWithSharedData, sharedPath } from '../shared-data.ts';

const MINUTES = 60_000;
const SEED = 7;
/** How often the broker is killed; `ANTARES_TEST_KILLS=200` for a long run. */
const KILLS = Number(process.env['ANTARES_TEST_KILLS'] ?? 8);

describeWithSharedData(`kill -9 at ${KILLS} random moments (seed ${SEED})`, () => {
  const folders: Awaited<ReturnType<typeof temporaryFolder>>[] = [];
  const paths = [
    'data/alerts/ztf/by_object',
    'data/alerts/ztf/ztf_public_20231018.tar.gz',
    'data/alerts/ztf-nocutout',
  ].map(sharedPath);
  const args = (data: string): string[] => ['ingest', ...paths, '--l1', 'off', '--json', '--data', data];
  let clean = '';
  let killed = '';

  beforeAll(async () => {
    clean = (await newFolder()).path;
    killed = (await newFolder()).path;
  });
  afterAll(() => Promise.all(folders.map((folder) => folder.dispose())));

  async function newFolder(): Promise<Awaited<ReturnType<typeof temporaryFolder>>> {
    const folder = await temporaryFolder();
    folders.push(folder);
    return folder;
  }

  function exit(child: ChildProcess): Promise<number | null> {
    return new Promise((done) => child.on('close', (code) => done(code)));
  }

  it(
    'ends in the state of an undisturbed run, and the ledger counts every packet once',
    async () => {
      const started = Date.now();
      const undisturbed = JSON.parse(await antaresOutput(args(clean))) as { received: number; stored: number };
      const wholeMs = Date.now() - started;

      let state = SEED;
      let landed = 0;
      for (let kill = 0; kill < KILLS; kill += 1) {
        const child = spawn(process.execPath, [antaresEntry, ...args(killed)], { stdio: 'ignore' });
        const ended = exit(child);
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        await Promise.race([sleep((state / 2 ** 32) * Math.min(wholeMs, 4_000)), ended]);
        child.kill('SIGKILL');
        if ((await ended) === null) landed += 1;
      }
      expect(landed).toBeGreaterThan(0);
      await antaresOutput(args(killed));

      const [wanted, got] = [await canonicalState(clean), await canonicalState(killed)];
      expect(got.alerts.length).toBe(wanted.alerts.length);
      expect(got.loci.filter((line, i) => line !== wanted.loci[i]).slice(0, 3)).toEqual([]);
      expect(got.alerts.filter((line, i) => line !== wanted.alerts[i]).slice(0, 3)).toEqual([]);

      const ledger = JSON.parse(await antaresOutput(['ledger', '--json', '--by', 'visit', '--data', killed])) as Record<
        string,
        number
      >[];
      const sum = (key: string): number => ledger.reduce((total, line) => total + line[key]!, 0);
      expect(sum('stored')).toBe(undisturbed.stored);
      expect(sum('received')).toBe(sum('stored') + sum('duplicate') + sum('rejected'));
    },
    60 * MINUTES,
  );
});
