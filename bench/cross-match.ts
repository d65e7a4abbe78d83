import { buildLookupTable, lookupTableFromImage, MatchBuffer } from 'antares/sky/lookup-table.js';
import type { BenchResult } from './result.ts';
import { nanosecondsEach, rounded, type SkySample, sample, seededRandom, uniformPosition } from './sky-sample.ts';
import { Zones } from './zones.ts';

const ROWS = 1_900_000;
const POSITIONS = 200_000;
const POSITIONS_PER_FIELD = 400;
const SEED = 1_900_000;

/**
 * How many positions a second does one core match with a catalogue of 1.9 million circles? Seeded.
 *
 * Positions come three ways: anywhere on the sky; field by field, as exposures bring them; and on top of catalogue
 * objects, where each has something to find. Beside it in the same run: the zone algorithm, for objects of 1 arcsec only.
 */
export async function run(): Promise<BenchResult[]> {
  const random = seededRandom(SEED);
  const catalogue = sample(ROWS, () => catalogPosition(random));
  const radiusArcsec = Float64Array.from({ length: ROWS }, () => catalogRadiusArcsec(random));

  const buildStart = performance.now();
  const table = buildLookupTable(catalogue.ra, catalogue.dec, radiusArcsec, ROWS);
  const buildSeconds = (performance.now() - buildStart) / 1000;
  const image = table.toImage();
  const loadStart = performance.now();
  lookupTableFromImage(image);
  const loadSeconds = (performance.now() - loadStart) / 1000;
  const zones = new Zones(catalogue.ra, catalogue.dec, catalogue.vectors);

  const shape = { rows: ROWS, entries: table.entryCount, levels: table.levels.join(' ') };
  const results: BenchResult[] = [
    { question: 'cross-match', measure: 'build of the table', value: rounded(buildSeconds), unit: 's', detail: shape },
    { question: 'cross-match', measure: 'size of the table', value: rounded(image.byteLength / 1e6), unit: 'MB' },
    { question: 'cross-match', measure: 'taking up the table, checked', value: rounded(loadSeconds), unit: 's' },
  ];

  const samples: readonly (readonly [string, SkySample])[] = [
    ['anywhere', sample(POSITIONS, () => uniformPosition(random))],
    ['in fields', sample(POSITIONS, fieldPositions(random))],
    ['on objects', sample(POSITIONS, () => besideObject(catalogue, random))],
  ];
  const out = new MatchBuffer();
  for (const [where, { ra, dec, vectors }] of samples) {
    let matches = 0;
    const ours = nanosecondsEach(POSITIONS, () => {
      matches = 0;
      for (let i = 0; i < 3 * POSITIONS; i += 3)
        matches += table.match(vectors[i]!, vectors[i + 1]!, vectors[i + 2]!, out);
      return matches;
    });
    const zone = nanosecondsEach(
      POSITIONS,
      () => {
        let found = 0;
        for (let i = 0; i < POSITIONS; i += 1) {
          found += zones.count(ra[i]!, dec[i]!, vectors[3 * i]!, vectors[3 * i + 1]!, vectors[3 * i + 2]!, 1);
        }
        return found;
      },
      3,
    );
    results.push({
      question: 'cross-match',
      measure: `positions ${where}`,
      value: Math.round(1e9 / ours),
      unit: 'positions/s/core',
      detail: {
        positions: POSITIONS,
        matchesPerPosition: rounded(matches / POSITIONS),
        zonesOneRadiusPerSecond: Math.round(1e9 / zone),
      },
    });
  }
  return results;
}

/** Half of a catalogue is spread evenly, half crowds toward a plane, as the Galaxy's stars do [deg]. */
function catalogPosition(random: () => number): [ra: number, dec: number] {
  if (random() < 0.5) return uniformPosition(random);
  const latitude = (random() + random() + random() - 1.5) * 20;
  return [360 * random(), latitude];
}

/** Radii as catalogues have them: points of 1 arcsec, galaxies of seconds to minutes, a few of degrees [arcsec]. */
function catalogRadiusArcsec(random: () => number): number {
  const kind = random();
  if (kind < 0.9) return 1;
  if (kind < 0.995) return 2 * 50 ** random();
  if (kind < 0.99999) return 60 * 60 ** random();
  return 3600 * (1 + 4.4 * random());
}

/** Positions in fields of 3.5 degrees, some hundreds in one before the next. */
function fieldPositions(random: () => number): () => [ra: number, dec: number] {
  let left = 0;
  let centre: [number, number] = [0, 0];
  return () => {
    if (left === 0) {
      left = POSITIONS_PER_FIELD;
      centre = uniformPosition(random);
      centre[1] *= 0.9;
    }
    left -= 1;
    const width = 3.5 / Math.cos((centre[1] * Math.PI) / 180);
    return [(centre[0] + width * (random() - 0.5) + 360) % 360, centre[1] + 3.5 * (random() - 0.5)];
  };
}

/** A position within half an arcsecond of some object. */
function besideObject({ ra, dec }: SkySample, random: () => number): [ra: number, dec: number] {
  const row = Math.floor(ra.length * random());
  return [ra[row]!, Math.max(-90, Math.min(90, dec[row]! + (random() - 0.5) / 3600))];
}
