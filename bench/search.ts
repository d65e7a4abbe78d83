import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { locusIdFromCounter } from 'antares/model/ids.js';
import type { PropertyValue } from 'antares/model/property.js';
import { ThreadedSearchIndex } from 'antares/search-index/columnar/threaded-search-index.js';
import { parseSearchBody } from 'antares/search-index/query/parse-search-body.js';
import type { LocusDocument, SearchIndex } from 'antares/search-index/search-index.js';
import type { BenchResult } from './result.ts';
import { seededRandom, uniformPosition } from './sky-sample.ts';

const LOCI = 1_000_000;
const SEED = 20_261_126;
/** Documents of a put: what an indexer gives at once. */
const BATCH = 2000;
/** Batches of documents that are made before they are put. */
const BATCHES_AT_ONCE = 10;
const SEARCHES = 400;
const UPDATES = 200_000;
const WARM_UP = 20;

const TAGS = [
  ['lc_feature_extractor', 0.7],
  ['young_extragalactic_candidate', 0.25],
  ['extragalactic', 0.3],
  ['high_snr', 0.1],
  ['nuclear_transient', 0.05],
  ['sso_candidates', 0.04],
  ['high_amplitude_transient_candidate', 0.01],
  ['in_m31', 0.001],
] as const;
const CATALOGS = ['allwise', 'ned', 'sdss_gals', 'gaia_dr3_gaia_source', '2mass_psc', 'milliquas', 'vsx', 'RC3'];

/**
 * How fast are searches at a million loci, and what do they cost in memory and in updates? Seeded.
 *
 * A locus has sixteen properties (of which four are texts that no other locus has), two tags and two catalogues on
 * average, its names at the surveys, and of thirty light-curve features a few, the same ones with every update.
 */
export async function run(): Promise<BenchResult[]> {
  const random = seededRandom(SEED);
  const folder = mkdtempSync(join(tmpdir(), 'antares-bench-search-'));
  const results: BenchResult[] = [];
  const note = (measure: string, value: number, unit: string, detail: Record<string, number | string> = {}): void => {
    results.push({ question: 'search', measure, value, unit, detail: { loci: LOCI, ...detail } });
  };
  try {
    const index = await ThreadedSearchIndex.open({ directory: folder });
    const put = await secondsToPut(index, LOCI / BATCH, (i) => documentOf(i, random));
    note('put, new loci', Math.round(LOCI / put), 'loci/s', { 'a batch': BATCH });
    const update = await secondsToPut(index, UPDATES / BATCH, () => documentOf(Math.floor(LOCI * random()), random));
    note('put, known loci at random', Math.round(UPDATES / update), 'loci/s');
    const parts = Object.entries(await index.memory());
    const bytes = parts.reduce((sum, [, size]) => sum + size, 0);
    const largest = parts.sort(([, a], [, b]) => b - a).slice(0, 3);
    note('memory', Math.round(bytes / 1e6), 'MB', {
      'bytes a locus': Math.round(bytes / LOCI),
      largest: largest.map(([name, size]) => `${name} ${Math.round(size / 1e6)}`).join(' '),
    });
    const checkpointStart = performance.now();
    await index.checkpoint('bench');
    note('checkpoint', Math.round(performance.now() - checkpointStart), 'ms');
    await index.close();
    const openStart = performance.now();
    const threaded = await ThreadedSearchIndex.open({ directory: folder, readOnly: true });
    note('taking up the snapshot', Math.round(performance.now() - openStart), 'ms');

    for (const [measure, search] of Object.entries(searches(random))) {
      const times: number[] = [];
      let total = 0;
      const count = measure.startsWith('3 clauses') ? SEARCHES : SEARCHES / 10;
      // The first ones of a kind find nothing compiled: that is once in the life of a server.
      for (let i = 0; i < WARM_UP; i += 1) await threaded.search(parseSearchBody(search(), { form: 'own' }));
      for (let i = 0; i < count; i += 1) {
        const request = parseSearchBody(search(), { form: 'own' });
        const start = performance.now();
        total += (await threaded.search(request)).total;
        times.push(performance.now() - start);
      }
      times.sort((a, b) => a - b);
      const at = (share: number): number => Number(times[Math.floor(share * (times.length - 1))]!.toPrecision(3));
      note(measure, at(0.99), 'ms, p99', { p50: at(0.5), searches: count, 'hits each': Math.round(total / count) });
    }
    await threaded.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return results;
}

/**
 * The time that puts take, the next one packed while the index takes the one before, as the indexer does it. Making the
 * documents is not counted.
 */
async function secondsToPut(index: SearchIndex, batches: number, make: (i: number) => LocusDocument): Promise<number> {
  let milliseconds = 0;
  for (let first = 0; first < batches; first += BATCHES_AT_ONCE) {
    const documents = Array.from({ length: Math.min(BATCHES_AT_ONCE, batches - first) }, (_, batch) =>
      Array.from({ length: BATCH }, (__, i) => make((first + batch) * BATCH + i)),
    );
    const start = performance.now();
    let landing = Promise.resolve();
    for (const batch of documents) {
      const next = index.put(batch);
      await landing;
      landing = next;
    }
    await landing;
    milliseconds += performance.now() - start;
  }
  return milliseconds / 1000;
}

/** Searches by what they show, each another one with every call. */
function searches(random: () => number): Record<string, () => unknown> {
  const tag = (): string => TAGS[Math.floor(TAGS.length * random())]![0];
  const magnitude = (): object => {
    const from = 14 + 7 * random();
    return { range: { 'properties.newest_alert_magnitude': { gte: from, lte: from + 1 } } };
  };
  const since = (): object => {
    return { range: { 'properties.newest_alert_observation_time': { gte: 60_000 + 900 * random() } } };
  };
  const alerts = (): object => ({ range: { 'properties.num_alerts': { gte: Math.floor(2 + 50 * random()) } } });
  const sort = '-properties.newest_alert_observation_time';
  const all = (...filter: object[]): object => ({ bool: { filter } });
  return {
    '3 clauses (tag, two ranges), newest first': () => ({
      query: all({ term: { tags: tag() } }, magnitude(), random() < 0.5 ? since() : alerts()),
      sort,
    }),
    '3 ranges, newest first': () => ({ query: all(magnitude(), since(), alerts()), sort }),
    'all loci, newest first': () => ({ sort }),
    'all loci, by id': () => ({}),
    'count of 2 ranges': () => ({ query: all(magnitude(), since()), size: 0 }),
    'terms of tags over all loci': () => ({ size: 0, aggs: { tags: { terms: { field: 'tags' } } } }),
    'stats over a tag': () => ({
      query: { term: { tags: tag() } },
      size: 0,
      aggs: { m: { stats: { field: 'newest_alert_magnitude' } } },
    }),
    'cone of 5 arcsec': () => ({ query: { sky_distance: { distance: '5 arcsec', htm16: { center: place(random) } } } }),
    'cone of 1 degree, tag, newest first': () => ({
      query: all(
        { sky_distance: { distance: '1 degree', htm16: { center: place(random) } } },
        { term: { tags: tag() } },
      ),
      sort,
    }),
    'a survey object by its id': () => ({
      query: { term: { 'properties.ztf_object_id': ztfName(Math.floor(LOCI * random())) } },
    }),
    'a text with stars on both sides': () => ({
      query: { wildcard: { 'properties.ztf_object_id': `*${ztfName(Math.floor(LOCI * random())).slice(6)}*` } },
    }),
    'a sparse feature, sorted by it': () => ({
      query: { range: { feature_sparse_7: { gt: random() } } },
      sort: 'feature_sparse_7',
    }),
    'random loci': () => ({ query: { function_score: { random_score: { seed: random() } } } }),
  };
}

function place(random: () => number): string {
  return uniformPosition(random).join(' ');
}

function ztfName(locus: number): string {
  let body = '';
  for (let rest = locus, i = 0; i < 7; i += 1, rest = Math.floor(rest / 26))
    body = 'abcdefghijklmnopqrstuvwxyz'[rest % 26] + body;
  return `ZTF${18 + (locus % 8)}${body}`;
}

function documentOf(locus: number, random: () => number): LocusDocument {
  const own = seededRandom(locus);
  const [ra, dec] = uniformPosition(own);
  const newest = 60_000 + 1000 * random();
  const alerts = 1 + Math.floor(100 * random() ** 3);
  const name = ztfName(locus);
  const properties = new Map<string, PropertyValue>([
    ['num_alerts', BigInt(alerts)],
    ['num_mag_values', BigInt(Math.ceil(alerts / 2))],
    ['newest_alert_id', `ztf_candidate:${2_000_000_000_000_000 + Math.floor(1e15 * random())}`],
    ['newest_alert_magnitude', 14 + 8 * random()],
    ['newest_alert_observation_time', newest],
    ['oldest_alert_id', `ztf_candidate:${1_000_000_000_000_000 + locus}`],
    ['oldest_alert_magnitude', 14 + 8 * random()],
    ['oldest_alert_observation_time', newest - 800 * random()],
    ['brightest_alert_id', `ztf_candidate:${3_000_000_000_000_000 + locus}`],
    ['brightest_alert_magnitude', Math.fround(14 + 8 * random())],
    ['brightest_alert_observation_time', newest - 400 * random()],
    ['ztf_object_id', name],
    ['ztf_ssnamenr', 'null'],
    ['is_corrected', random() < 0.3 ? 'true' : 'false'],
    ['anomaly_score', random()],
    ['feature_amplitude_magn_g', random()],
    ['survey', `{"ztf":{"id":["${name}"]}}`],
  ]);
  for (let k = 0; k < 30; k += 1) if (own() < 0.05) properties.set(`feature_sparse_${k}`, random());
  return {
    ref: { locusId: locusIdFromCounter(2018 + (locus % 8), BigInt(locus + 1)), birthTrixel: 8 * 4 ** 20 + locus },
    ra,
    dec,
    tags: TAGS.filter(([, share]) => random() < share).map(([tag]) => tag),
    catalogs: CATALOGS.filter(() => random() < 0.25),
    watchLists: [],
    properties,
  };
}
