import { join } from 'node:path';
import { Broker } from 'antares/operations/broker.js';
import { BenchmarkNight } from 'antares/simulator/benchmark-night.js';
import { listFileSources } from 'antares/sources/files/list-file-sources.js';
import { benchConfig, benchFolder, putBenchCatalogs, writeTar } from './broker-bench.ts';
import type { BenchResult } from './result.ts';

const ALERTS = Number(process.env['ANTARES_BENCH_ALERTS'] ?? 40_000);

/** How long until a visit of 40,000 alerts, there all at once, is durable and published? */
export async function run(): Promise<BenchResult[]> {
  const folder = await benchFolder();
  try {
    const night = new BenchmarkNight({ seed: 40_000, survey: 'lsst', objects: ALERTS, historyPoints: 10 });
    const tar = join(folder.path, 'visit.tar');
    const { count, bytes } = await writeTar(tar, night.packets());
    const config = benchConfig(join(folder.path, 'data'));
    await putBenchCatalogs(config, night.positions);
    const broker = await Broker.open(config);
    try {
      const start = performance.now();
      for (const source of await listFileSources([tar])) await broker.take(source);
      const seconds = (performance.now() - start) / 1000;
      return [
        {
          question: 'visit',
          measure: `LSST visit of ${count} alerts drained, objects new`,
          value: seconds,
          unit: 's',
          detail: { 'alerts/s': Math.round(count / seconds), 'mean packet': `${Math.round(bytes / count / 1000)} kB` },
        },
      ];
    } finally {
      await broker.close();
    }
  } finally {
    await folder.dispose();
  }
}
