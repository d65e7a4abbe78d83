import { createReadStream, readFileSync } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import {
  type BandDetections,
  FeatureExtractor,
} from '../../../../src/filters/built-in/light-curve-features/extract-features.ts';
import { FEATURES } from '../../../../src/filters/built-in/light-curve-features/feature-list.ts';

/** A band of a light curve as test data spell it. */
export interface Columns {
  readonly time: readonly number[];
  readonly mag: readonly number[];
  readonly magerr: readonly number[];
}

/** Columns as the extractor takes them. */
export function toDetections({ time, mag, magerr }: Columns): BandDetections {
  return { n: time.length, time, mag, magErr: magerr };
}

const shared = new FeatureExtractor();

/** The defined features of a band by key. */
export function featuresOf(columns: Columns): Map<string, number> {
  const values = shared.extract(toDetections(columns));
  return new Map(FEATURES.map(({ key }, i) => [key, values[i]!] as const).filter(([, value]) => !Number.isNaN(value)));
}

/** Lines of an ndjson file. */
export function readJsonLines<T>(path: string): T[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

/** Bands of the CSV light curves (`time,mag,magerr,band`) in a .tar.gz, by object, each sorted by time. */
export async function readLightCurveArchive(path: string): Promise<Map<string, Map<string, Columns>>> {
  const objects = new Map<string, Map<string, Columns>>();
  const entries = extract();
  createReadStream(path).pipe(createGunzip()).pipe(entries);
  for await (const entry of entries) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    if (!entry.header.name.endsWith('.csv')) continue;
    const name = entry.header.name.replace(/^.*\//, '').replace(/\.csv$/, '');
    const rows = Buffer.concat(chunks).toString('utf8').trimEnd().split(/\r?\n/).slice(1);
    const bands = new Map<string, [number, number, number][]>();
    for (const row of rows) {
      const [time, mag, magerr, band] = row.split(',');
      const points = bands.get(band!) ?? [];
      points.push([Number(time), Number(mag), Number(magerr)]);
      bands.set(band!, points);
    }
    const columns = [...bands].map(([band, points]): [string, Columns] => {
      points.sort((a, b) => a[0] - b[0]);
      return [band, { time: points.map((p) => p[0]), mag: points.map((p) => p[1]), magerr: points.map((p) => p[2]) }];
    });
    objects.set(name, new Map(columns));
  }
  return objects;
}

/** Numbers in [0, 1), the same for the same seed. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Numbers of a standard normal distribution. */
export function seededNormal(seed: number): () => number {
  const random = seededRandom(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
