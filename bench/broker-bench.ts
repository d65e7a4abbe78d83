import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AlertStore } from 'antares/alert-store/alert-store.js';
import { openAlertStore } from 'antares/backends.js';
import { catalogFiles } from 'antares/catalogs/catalog.js';
import { putCatalog } from 'antares/catalogs/catalog-registry.js';
import { type Config, DEFAULT_CONFIG } from 'antares/config/config.js';
import type { SimulatedPacket } from 'antares/simulator/simulated-packet.js';
import { buildLookupTable } from 'antares/sky/lookup-table.js';
import { toPosition } from 'antares/sky/position.js';
import { pack } from 'tar-stream';
import { seededRandom, uniformPosition } from './sky-sample.ts';

/** A folder for a benchmark, and what to do with it afterwards. */
export async function benchFolder(): Promise<{ readonly path: string; readonly dispose: () => Promise<void> }> {
  const path = await mkdtemp(join(process.env['ANTARES_BENCH_DIR'] ?? tmpdir(), 'antares-bench-'));
  return { path, dispose: () => rm(path, { recursive: true, force: true }) };
}

/** The filters of the budget: the built-in ones, and copies of the paper's until there are 25. */
export const BENCH_FILTERS: readonly string[] = [
  ...['hello_world', 'high_snr', 'extragalactic', 'nuclear_transient', 'high_amplitude_variable'],
  ...['high_amplitude_transient', 'young_extragalactic_candidate', 'sso_candidates', 'sso_confirmed', 'in_m31'],
  'lc_feature_extractor',
  ...Array.from({ length: 14 }, (_, i) => `high_snr:${i + 2}`),
];

/** Configuration of a benchmark: two workers, the 25 filters, no L1 filters, so that every packet takes the whole way. */
export function benchConfig(data: string): Config {
  return {
    ...DEFAULT_CONFIG,
    data,
    filters: BENCH_FILTERS,
    l1Filters: { ...DEFAULT_CONFIG.l1Filters, enabled: false },
  };
}

/** Catalogues of the budget: 1.87 M rows like NED-LVS, and four of a million. */
export const BENCH_CATALOGS = [
  { name: 'ned', rows: 1_872_544 },
  { name: 'milliquas', rows: 1_000_000 },
  { name: 'vsx', rows: 1_000_000 },
  { name: 'gaia_dr3_variability', rows: 1_000_000 },
  { name: 'allwise', rows: 1_000_000 },
] as const;

/** Puts synthetic catalogues into a store; a share of their objects lies on the positions that alerts will have. */
export async function putBenchCatalogs(
  config: Config,
  positions: readonly { readonly ra: number; readonly dec: number }[],
): Promise<void> {
  const store = await openAlertStore(config, 'writer');
  try {
    for (const [n, { name, rows }] of BENCH_CATALOGS.entries()) await putBenchCatalog(store, name, rows, n, positions);
  } finally {
    await store.close();
  }
}

async function putBenchCatalog(
  store: AlertStore,
  name: string,
  count: number,
  seed: number,
  positions: readonly { readonly ra: number; readonly dec: number }[],
): Promise<void> {
  const random = seededRandom(100 + seed);
  const ra = new Float64Array(count);
  const dec = new Float64Array(count);
  const radius = new Float64Array(count);
  const offsets = new Float64Array(count + 1);
  const rows: Buffer[] = [];
  for (let i = 0; i < count; i += 1) {
    // One alert in five is in each catalogue: more than on the real sky, so that matching is not a matter of misses only.
    const known = positions[i * 5 + seed];
    const at = known ?? toPosition(...uniformPosition(random));
    ra[i] = at.ra;
    dec[i] = at.dec;
    radius[i] = random() < 0.9 ? 1 : 1 + 60 * random() ** 3;
    const row = Buffer.from(
      JSON.stringify([`${name}-${i}`, ra[i]!.toFixed(6), dec[i]!.toFixed(6), random().toFixed(4)]),
    );
    rows.push(row);
    offsets[i + 1] = offsets[i]! + row.length;
  }
  const files = catalogFiles('catalog', name, 1);
  await store.files.write(files.rows, chunksOf(rows));
  await store.files.write(files.offsets, [new Uint8Array(offsets.buffer)]);
  const table = buildLookupTable(ra, dec, radius, count);
  await store.files.write(files.table, [new Uint8Array(table.toImage())]);
  await putCatalog(store, {
    name,
    kind: 'catalog',
    version: 1,
    rows: count,
    skipped: 0,
    lookupEntries: table.entryCount,
    loadedAt: new Date().toISOString(),
    columns: ['ra', 'dec', 'redshift'],
  });
}

function* chunksOf(rows: readonly Buffer[]): Generator<Uint8Array> {
  for (let i = 0; i < rows.length; i += 20_000) yield Buffer.concat(rows.slice(i, i + 20_000));
}

/** Writes packets into a tar, as archives bring them. @returns how many, and their bytes */
export async function writeTar(
  file: string,
  packets: Iterable<SimulatedPacket>,
): Promise<{ count: number; bytes: number }> {
  const tar = pack();
  const out = createWriteStream(file);
  tar.pipe(out);
  let count = 0;
  let bytes = 0;
  for (const packet of packets) {
    count += 1;
    bytes += packet.bytes.length;
    await new Promise<void>((resolve, reject) => {
      tar.entry({ name: `${count}.avro` }, Buffer.from(packet.bytes), (error) => (error ? reject(error) : resolve()));
    });
  }
  tar.finalize();
  await once(out, 'close');
  return { count, bytes };
}

/** Processor time of this process and its threads so far [s]. */
export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Resident memory of this process [MB]. */
export function residentMb(): number {
  return process.memoryUsage.rss() / 1e6;
}
