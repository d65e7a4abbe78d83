import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Broker } from 'antares/operations/broker.js';
import { BenchmarkNight } from 'antares/simulator/benchmark-night.js';
import type { PacketSource, SourcePacket } from 'antares/sources/source.js';
import { benchConfig, benchFolder, putBenchCatalogs } from './broker-bench.ts';
import type { BenchResult } from './result.ts';

const PER_SECOND = 280;
const SECONDS = Number(process.env['ANTARES_BENCH_SECONDS'] ?? 30);

/** How long does an alert take from arrival to durable and published, at the mean rate of LSST? */
export async function run(): Promise<BenchResult[]> {
  const folder = await benchFolder();
  try {
    const night = new BenchmarkNight({ seed: 280, survey: 'lsst', objects: PER_SECOND * SECONDS, historyPoints: 20 });
    const config = benchConfig(join(folder.path, 'data'));
    await putBenchCatalogs(config, night.positions);
    const broker = await Broker.open(config);
    try {
      // The first seconds compile code: a broker that has just started is not what the figure is about.
      await broker.take(
        paced(new BenchmarkNight({ seed: 281, survey: 'lsst', objects: 1_000, historyPoints: 20 }), 1_000),
      );
      broker.latency.reset();
      await broker.take(paced(night, PER_SECOND));
      const { latency } = broker;
      const result = (measure: string, value: number): BenchResult => ({
        question: 'latency',
        measure: `${measure}, arrival to durable and published, ${PER_SECOND} alerts/s`,
        value,
        unit: 'ms',
        detail: { alerts: latency.count },
      });
      return [
        result('median', latency.percentile(0.5)),
        result('99th percentile', latency.percentile(0.99)),
        result('maximum', latency.max),
      ];
    } finally {
      await broker.close();
    }
  } finally {
    await folder.dispose();
  }
}

function paced(night: BenchmarkNight, perSecond: number): PacketSource {
  return {
    id: 'paced',
    name: 'paced',
    isResumable: false,
    totalBytes: undefined,
    bytesRead: 0,
    passedOver: 0,
    async *packets(): AsyncGenerator<readonly SourcePacket[]> {
      const packets = [...night.packets()];
      const start = performance.now();
      for (const [ordinal, { bytes, alertId }] of packets.entries()) {
        const wait = start + (1000 * ordinal) / perSecond - performance.now();
        if (wait > 0) await sleep(wait);
        yield [{ bytes, ordinal, name: alertId, receivedAtMs: Date.now(), fault: undefined }];
      }
    },
    close: () => Promise.resolve(),
  };
}
