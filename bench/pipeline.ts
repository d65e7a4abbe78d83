import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openSearchIndex } from 'antares/backends.js';
import { Broker } from 'antares/operations/broker.js';
import { Indexer } from 'antares/operations/indexer.js';
import { BenchmarkNight } from 'antares/simulator/benchmark-night.js';
import { listFileSources } from 'antares/sources/files/list-file-sources.js';
import { benchConfig, benchFolder, cpuSeconds, putBenchCatalogs, residentMb, writeTar } from './broker-bench.ts';
import { processorTime, stolenShare } from './machine-speed.ts';
import type { BenchResult } from './result.ts';

const SEED = 29_142;
/** `ANTARES_BENCH_ALERTS` for a quick look; the budget is the number of the one published benchmark of a broker. */
const ALERTS = Number(process.env['ANTARES_BENCH_ALERTS'] ?? 29_142);

/**
 * How many alerts a second does the whole broker take in, everything included? The mix of the budget: every packet kept,
 * its object known with a history, five catalogues with 5.87 M rows, 25 filters, streams, the search index, durable.
 *
 * Objects are first brought in with one packet each (not timed), then every object comes again (timed), read from a tar.
 */
export async function run(): Promise<BenchResult[]> {
  return [
    ...(await runSurvey('ztf', 40, 'ZTF, 40-point histories')),
    ...(await runSurvey('lsst', 100, 'LSST, 100 + 100 history')),
  ];
}

async function runSurvey(survey: 'ztf' | 'lsst', historyPoints: number, words: string): Promise<BenchResult[]> {
  const folder = await benchFolder();
  try {
    const night = new BenchmarkNight({ seed: SEED, survey, objects: ALERTS, visits: 2, historyPoints });
    const first = join(folder.path, 'first.tar');
    const second = join(folder.path, 'second.tar');
    let n = 0;
    const packets = night.packets();
    const take = function* (count: number) {
      while (n < count) {
        const next = packets.next();
        if (next.done === true) return;
        n += 1;
        yield next.value;
      }
    };
    await writeTar(first, take(ALERTS));
    n = 0;
    const { count, bytes } = await writeTar(second, take(ALERTS));
    const config = benchConfig(join(folder.path, 'data'));
    await putBenchCatalogs(config, night.positions);

    const broker = await Broker.open(config);
    const index = await openSearchIndex(config, 'writer');
    const indexer = Indexer.start({ store: broker.store, streams: broker.streams, index });
    try {
      for (const source of await listFileSources([first])) await broker.take(source);
      await indexer.catchUp();
      // Of LSST each of the two takes 5 GB.
      await rm(first);
      const stored = broker.totals.stored;
      const cpu = cpuSeconds();
      const clock = processorTime();
      const start = performance.now();
      for (const source of await listFileSources([second])) await broker.take(source);
      // An alert counts as done when a search finds what it changed.
      await indexer.catchUp();
      const seconds = (performance.now() - start) / 1000;
      const stolen = stolenShare(clock);
      if (broker.totals.stored - stored !== count)
        throw new Error(`expected ${count} stored, got ${JSON.stringify(broker.totals)}`);
      return [
        {
          question: 'pipeline',
          measure: words,
          value: count / seconds,
          unit: 'alerts/s',
          detail: {
            alerts: count,
            'mean packet': `${Math.round(bytes / count / 1000)} kB`,
            seconds: Number(seconds.toFixed(2)),
            'CPU per alert': `${Math.round(((cpuSeconds() - cpu) / count) * 1e6)} us`,
            'resident memory': `${Math.round(residentMb())} MB`,
            stolen: stolen === undefined ? 'not known' : `${(100 * stolen).toFixed(1)} %`,
            tags: Object.values(broker.totals.newTags).reduce((sum, tags) => sum + tags, 0),
          },
        },
      ];
    } finally {
      await indexer.close();
      await index.close();
      await broker.close();
    }
  } finally {
    await folder.dispose();
  }
}
