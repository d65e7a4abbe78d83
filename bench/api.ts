import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openAlertStore } from 'antares/backends.js';
import { Broker } from 'antares/operations/broker.js';
import { BenchmarkNight } from 'antares/simulator/benchmark-night.js';
import { listFileSources } from 'antares/sources/files/list-file-sources.js';
import { benchConfig, benchFolder, writeTar } from './broker-bench.ts';
import { type KnownLocus, putLoci, putLongLightCurve } from './million-loci.ts';
import type { BenchResult } from './result.ts';

const LOCI = Number(process.env['ANTARES_BENCH_LOCI'] ?? 1_000_000);
const CALLS = 2_000;
const CLIENTS = 200;
const CROWD_SECONDS = Number(process.env['ANTARES_BENCH_SECONDS'] ?? 60);
const LONG_LIGHT_CURVE = 1_575;

/**
 * How fast does the HTTP interface answer at a million loci: one call after the other, and to 200 clients at once?
 *
 * The server is a process of its own (`antares api`); this one asks, on the same two cores.
 */
export async function run(): Promise<BenchResult[]> {
  const folder = await benchFolder();
  const data = join(folder.path, 'data');
  try {
    const real = await takeRealPackets(data, join(folder.path, 'packets.tar'));
    const store = await openAlertStore(benchConfig(data), 'writer');
    const known = await putLoci(store, LOCI, 20_260_801);
    const long = await putLongLightCurve(store, LONG_LIGHT_CURVE);
    await store.close();
    const server = await Server.start(data);
    try {
      return [...(await askOneByOne(server, known, long, real)), ...(await askTogether(server, known, real))];
    } finally {
      await server.stop();
    }
  } finally {
    await folder.dispose();
  }
}

/** Alerts that really came in packets, for answers that decode them. @returns ids of their loci */
async function takeRealPackets(data: string, tar: string): Promise<string[]> {
  const night = new BenchmarkNight({ seed: 7, survey: 'ztf', objects: 200, historyPoints: 40 });
  await writeTar(tar, night.packets());
  const broker = await Broker.open(benchConfig(data));
  try {
    for (const source of await listFileSources([tar])) await broker.take(source);
    return (await broker.store.scanLoci(undefined, 200)).items.map(({ locusId }) => locusId);
  } finally {
    await broker.close();
  }
}

async function askOneByOne(
  server: Server,
  known: readonly KnownLocus[],
  long: KnownLocus,
  real: readonly string[],
): Promise<BenchResult[]> {
  const at = (i: number): KnownLocus => known[(i * 7919) % known.length]!;
  const questions: readonly (readonly [string, (i: number) => string, number])[] = [
    ['a locus (v1)', (i) => `/v1/loci/${at(i).locusId}`, CALLS],
    ['a locus (v2)', (i) => `/v2/loci/${at(i).locusId}`, CALLS],
    [`a light curve of ${LONG_LIGHT_CURVE} alerts`, () => `/v1/loci/${long.locusId}`, 200],
    ['the alerts of a locus, 41 with all properties', (i) => `/v1/loci/${real[i % real.length]}/alerts`, 500],
    ['a cone of 5 arcsec', (i) => `/v2/loci?limit=10&elasticsearch_query=${cone(at(i), 5)}`, CALLS],
    ['by ZTF object', (i) => `/v1/loci?${query({ term: { 'properties.ztf_object_id': at(i).ztfObjectId } })}`, CALLS],
    [
      'a tag and two ranges, newest first',
      (i) => `/v1/loci?sort=-properties.newest_alert_observation_time&${query(clauses(i))}`,
      500,
    ],
  ];
  const results: BenchResult[] = [];
  for (const [measure, path, calls] of questions) {
    for (let i = 0; i < calls / 10; i += 1) await server.get(path(i + 1_000_000));
    const times: number[] = [];
    for (let i = 0; i < calls; i += 1) {
      const start = performance.now();
      const { status } = await server.get(path(i));
      times.push(performance.now() - start);
      if (status !== 200) throw new Error(`${path(i)} answered ${status}`);
    }
    times.sort((a, b) => a - b);
    results.push({
      question: 'api',
      measure: `${measure}, 99th percentile at ${known.length * 1000} loci`,
      value: times[Math.floor(times.length * 0.99)]!,
      unit: 'ms',
      detail: { median: `${times[times.length >> 1]!.toFixed(2)} ms`, calls },
    });
  }
  return results;
}

/** Many clients at once for a minute: no call may fail, and memory stays level. */
async function askTogether(
  server: Server,
  known: readonly KnownLocus[],
  real: readonly string[],
): Promise<BenchResult[]> {
  let calls = 0;
  let failures = 0;
  const times: number[] = [];
  const memory: number[] = [];
  const end = performance.now() + 1000 * CROWD_SECONDS;
  const client = async (n: number): Promise<void> => {
    for (let i = n; performance.now() < end; i += CLIENTS) {
      const locus = known[(i * 7919) % known.length]!;
      const path =
        i % 10 === 0
          ? `/v1/loci?sort=-properties.newest_alert_observation_time&${query(clauses(i))}`
          : i % 10 < 4
            ? `/v2/loci?limit=10&elasticsearch_query=${cone(locus, 5)}`
            : i % 10 < 5
              ? `/v1/loci/${real[i % real.length]}/alerts`
              : `/v1/loci/${locus.locusId}`;
      const start = performance.now();
      const status = await server.get(path).then(
        (answer) => answer.status,
        () => 0,
      );
      times.push(performance.now() - start);
      calls += 1;
      if (status !== 200) failures += 1;
    }
  };
  const watching = (async () => {
    while (performance.now() < end) {
      memory.push(server.residentMb());
      await sleep(1000);
    }
  })();
  await Promise.all([watching, ...Array.from({ length: CLIENTS }, (_, n) => client(n))]);
  times.sort((a, b) => a - b);
  const third = Math.max(1, Math.floor(memory.length / 3));
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return [
    {
      question: 'api',
      measure: `${CLIENTS} clients at once for ${CROWD_SECONDS} s`,
      value: calls / CROWD_SECONDS,
      unit: 'calls/s',
      detail: {
        failures,
        median: `${times[times.length >> 1]!.toFixed(0)} ms`,
        p99: `${times[Math.floor(times.length * 0.99)]!.toFixed(0)} ms`,
        'resident, first third': `${mean(memory.slice(0, third)).toFixed(0)} MB`,
        'resident, last third': `${mean(memory.slice(-third)).toFixed(0)} MB`,
      },
    },
  ];
}

function query(clause: unknown): string {
  return `elasticsearch_query[locus_listing]=${encodeURIComponent(JSON.stringify({ query: clause }))}`;
}

function cone({ ra, dec }: KnownLocus, radiusArcsec: number): string {
  const clause = { distance: `${radiusArcsec / 3600} degree`, htm16: { center: `${ra} ${dec}` } };
  return encodeURIComponent(JSON.stringify({ query: { bool: { filter: { sky_distance: clause } } } }));
}

function clauses(i: number): unknown {
  return {
    bool: {
      filter: [
        { term: { tags: i % 2 === 0 ? 'extragalactic' : 'high_snr' } },
        { range: { 'properties.newest_alert_magnitude': { gte: 17 + (i % 20) / 10, lt: 18.5 + (i % 20) / 20 } } },
        { range: { 'properties.feature_amplitude_magn_g': { gte: -1 + (i % 30) / 10 } } },
      ],
    },
  };
}

/** `antares api` in a process of its own. */
class Server {
  readonly #child: ChildProcess;
  readonly #address: URL;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });

  private constructor(child: ChildProcess, address: URL) {
    this.#child = child;
    this.#address = address;
  }

  static async start(data: string): Promise<Server> {
    const entry = fileURLToPath(new URL('../../broker/bin/antares.js', import.meta.url));
    const child = spawn(process.execPath, [entry, 'api', '--port', '0', '--data', data], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ANTARES_HTTP__RATE_LIMIT_FACTOR: '1000000' },
    });
    for await (const line of createInterface({ input: child.stdout })) {
      const address = /^listening (\S+)$/.exec(line)?.[1];
      if (address === undefined) continue;
      const server = new Server(child, new URL(address));
      // Until the index is filled, searches say that it is not.
      while ((await server.get('/v1/loci')).status !== 200) await sleep(200);
      return server;
    }
    throw new Error('the server ended before it listened');
  }

  get(path: string): Promise<{ readonly status: number; readonly bytes: number }> {
    return new Promise((resolve, reject) => {
      const { hostname, port } = this.#address;
      const call = request({ hostname, port, path, agent: this.#agent }, (answer) => {
        let bytes = 0;
        answer.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, bytes }));
        answer.on('error', reject);
      });
      call.on('error', reject);
      call.end();
    });
  }

  residentMb(): number {
    const text = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8');
    const kilobytes = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(text)?.[1] ?? 0);
    return (kilobytes('RssAnon') + kilobytes('RssShmem')) / 1000;
  }

  async stop(): Promise<void> {
    this.#agent.destroy();
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exited;
  }
}
