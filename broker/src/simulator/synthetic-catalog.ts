import type { SkyPosition } from '../sky/position.ts';
import { Random, wordOf } from './random.ts';
import { fromPole } from './sky/sky-context.ts';

/** What a large made-up catalogue is to be like. */
export interface SyntheticCatalogOptions {
  readonly seed: string | number;
  readonly name: string;
  readonly rows: number;
  /** `points`: 1 arcsec each. `galaxies`: radii of the RC3 kind, most of 2 to 20 arcsec, a few of arcminutes. */
  readonly radii: 'points' | 'galaxies';
  /** Positions that the catalogue is to know: the first rows lie on them, within half an arcsecond. */
  readonly known?: readonly SkyPosition[];
  /** Share of `known` that is taken. Default 0.5. */
  readonly knownShare?: number;
}

/** A catalogue as typed columns. */
export interface SyntheticCatalog {
  readonly name: string;
  readonly rows: number;
  /** ICRS [deg]. */
  readonly ra: Float64Array;
  readonly dec: Float64Array;
  readonly radiusArcsec: Float64Array;
  /** Identifier of a row. */
  objectId(row: number): string;
}

/** Sizes of the five catalogues of the pipeline benchmark: one of 1.87 million galaxies, four of a million points. */
export const BENCHMARK_CATALOGS: readonly Pick<SyntheticCatalogOptions, 'name' | 'rows' | 'radii'>[] = [
  { name: 'synthetic_galaxies', rows: 1_872_544, radii: 'galaxies' },
  { name: 'synthetic_stars_1', rows: 1_000_000, radii: 'points' },
  { name: 'synthetic_stars_2', rows: 1_000_000, radii: 'points' },
  { name: 'synthetic_stars_3', rows: 1_000_000, radii: 'points' },
  { name: 'synthetic_stars_4', rows: 1_000_000, radii: 'points' },
];

const STREAM = wordOf('synthetic catalog');
const DEG = 180 / Math.PI;

/**
 * A large catalogue, spread evenly over the whole sky, with counterparts where alerts will be.
 *
 * A million rows take about a tenth of a second and 24 MB.
 */
export function makeSyntheticCatalog(options: SyntheticCatalogOptions): SyntheticCatalog {
  const { name, rows, radii, known = [], knownShare = 0.5 } = options;
  if (!Number.isInteger(rows) || rows < 1) throw new TypeError(`rows count from 1, got ${rows}`);
  const random = new Random(wordOf(options.seed), STREAM, wordOf(name));
  const ra = new Float64Array(rows);
  const dec = new Float64Array(rows);
  const radiusArcsec = new Float64Array(rows).fill(1);
  let row = 0;
  for (const place of known) {
    if (row === rows) break;
    if (!random.chance(knownShare)) continue;
    const near = fromPole(place, (0.5 * random.unit()) / 3600 / DEG, random.uniform(0, 2 * Math.PI));
    ra[row] = near.ra;
    dec[row] = near.dec;
    row += 1;
  }
  for (; row < rows; row += 1) {
    ra[row] = random.uniform(0, 360);
    dec[row] = Math.asin(random.uniform(-1, 1)) * DEG;
  }
  if (radii === 'galaxies') {
    // Counts fall as the 2.5th power of the radius: the Euclidean law; at most that of Andromeda.
    for (let i = 0; i < rows; i += 1) radiusArcsec[i] = Math.min(5700, 2 * random.unit() ** -0.4);
  }
  return { name, rows, ra, dec, radiusArcsec, objectId: (index) => `${name}-${index}` };
}
