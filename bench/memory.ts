import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BenchmarkNight } from 'antares/simulator/benchmark-night.js';
import { pack } from 'tar-stream';
import { benchConfig, benchFolder, putBenchCatalogs } from './broker-bench.ts';
import type { BenchResult } from './result.ts';

const LOCI = Number(process.env['ANTARES_BENCH_LOCI'] ?? 1_000_000);

/**
 * How much memory does the all-in-one hold at a million loci, with five catalogues of 5.87 M rows? The broker runs in a
 * process of its own and is fed through a pipe; what counts is what the system says it has in memory of its own, shared
 * tables included, and beside it the pages of the index file that the system keeps cached for it.
 */
export async function run(): Promise<BenchResult[]> {
  const folder = await benchFolder();
  const data = join(folder.path, 'data');
  try {
    await putBenchCatalogs(benchConfig(data), []);
    const entry = fileURLToPath(new URL('../../broker/bin/antares.js', import.meta.url));
    const child = spawn(process.execPath, [entry, 'ingest', '-', '--l1', 'off', '--data', data], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const exited = once(child, 'exit');
    const tar = pack();
    tar.pipe(child.stdin);
    const night = new BenchmarkNight({ seed: 1, survey: 'ztf', objects: LOCI, historyPoints: 2, cutouts: 'none' });
    let count = 0;
    let most = { ownMb: 0, fileMb: 0 };
    for (const { bytes } of night.packets()) {
      count += 1;
      await new Promise<void>((resolve, reject) => {
        tar.entry({ name: `${count}.avro` }, Buffer.from(bytes), (error) => (error ? reject(error) : resolve()));
      });
      if (count % 10_000 !== 0) continue;
      const now = memoryOf(child.pid!);
      if (now.ownMb > most.ownMb) most = now;
    }
    const last = memoryOf(child.pid!);
    tar.finalize();
    await exited;
    return [
      {
        question: 'memory',
        measure: `all-in-one at ${count} loci, five catalogues of 5.87 M rows`,
        value: most.ownMb,
        unit: 'MB',
        detail: { 'at the end': Math.round(last.ownMb), 'index pages cached': `${Math.round(last.fileMb)} MB` },
      },
    ];
  } finally {
    await folder.dispose();
  }
}

/** Memory of a process as Linux counts it: its own and shared, and pages of mapped files. */
function memoryOf(pid: number): { ownMb: number; fileMb: number } {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kilobytes = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(text)?.[1] ?? 0);
  return { ownMb: (kilobytes('RssAnon') + kilobytes('RssShmem')) / 1000, fileMb: kilobytes('RssFile') / 1000 };
}
