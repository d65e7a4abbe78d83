import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { BenchmarkNight } from 'antares/simulator/benchmark-night.js';
import { benchConfig, benchFolder, putBenchCatalogs, writeTar } from './broker-bench.ts';
import type { BenchResult } from './result.ts';

const LOCI = Number(process.env['ANTARES_BENCH_LOCI'] ?? 1_000_000);

/**
 * How much memory does the all-in-one hold at a million loci, with five catalogues of 5.87 M rows? It is `antares up` in a
 * process of its own, search index and HTTP interface included, which takes an archive in; what counts is what the system
 * says it has in memory of its own, shared tables included, and beside it the pages of the index file that the system
 * keeps cached for it.
 */
export async function run(): Promise<BenchResult[]> {
  const folder = await benchFolder();
  const data = join(folder.path, 'data');
  const archive = join(folder.path, 'night.tar');
  try {
    await putBenchCatalogs(benchConfig(data), []);
    const night = new BenchmarkNight({ seed: 1, survey: 'ztf', objects: LOCI, historyPoints: 2, cutouts: 'none' });
    const { count } = await writeTar(archive, night.packets());
    const { child, address } = await startBroker(data, archive);
    const exited = once(child, 'exit');
    let most = { ownMb: 0, fileMb: 0 };
    let last = most;
    try {
      for (;;) {
        await sleep(1_000);
        last = memoryOf(child.pid!);
        if (last.ownMb > most.ownMb) most = last;
        if (await isAllSearchable(address, count)) break;
      }
    } finally {
      child.kill('SIGTERM');
      await exited;
    }
    return [
      {
        question: 'memory',
        measure: `all-in-one at ${count} loci, five catalogues of 5.87 M rows, search index included`,
        value: most.ownMb,
        unit: 'MB',
        detail: { 'at the end': Math.round(last.ownMb), 'index pages cached': `${Math.round(last.fileMb)} MB` },
      },
    ];
  } finally {
    await folder.dispose();
  }
}

async function startBroker(data: string, archive: string): Promise<{ child: ChildProcess; address: string }> {
  const entry = fileURLToPath(new URL('../../broker/bin/antares.js', import.meta.url));
  const child = spawn(process.execPath, [entry, 'up', '--replay', archive, '--port', '0', '--data', data], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ANTARES_L1_FILTERS__ENABLED: 'false' },
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const address = /^listening (\S+)$/.exec(line)?.[1];
    if (address !== undefined) return { child, address };
  }
  throw new Error('the broker ended before it listened');
}

/** Whether a search finds every locus of the night. */
async function isAllSearchable(address: string, count: number): Promise<boolean> {
  const answer = await fetch(`${address}/v1/loci?page[limit]=1`);
  if (!answer.ok) return false;
  const { meta } = (await answer.json()) as { readonly meta: { readonly count: number } };
  return meta.count >= count;
}

/** Memory of a process as Linux counts it: its own and shared, and pages of mapped files. */
function memoryOf(pid: number): { ownMb: number; fileMb: number } {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kilobytes = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(text)?.[1] ?? 0);
  return { ownMb: (kilobytes('RssAnon') + kilobytes('RssShmem')) / 1000, fileMb: kilobytes('RssFile') / 1000 };
}
