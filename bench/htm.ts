import { coverIds, writeCoverIds } from 'antares/sky/htm/cover.js';
import { htmIdAt } from 'antares/sky/htm/locate.js';
import { toUnitVector } from 'antares/sky/position.js';
import type { BenchResult } from './result.ts';
import { nanosecondsEach, rounded, sample, seededRandom, uniformPosition } from './sky-sample.ts';
import { textbookHtmId } from './textbook-htm.ts';

const POSITIONS = 100_000;
const CIRCLES = 30_000;
const SEED = 20_011_216;

/**
 * How long does it take to find a position's trixel, and to cover a circle with trixels? One core, seeded.
 *
 * Beside it in the same run: the descent of the textbooks, three triple products a level.
 */
export async function run(): Promise<BenchResult[]> {
  const random = seededRandom(SEED);
  const { ra, dec, vectors } = sample(POSITIONS, () => uniformPosition(random));
  const overVectors = (count: number, each: (x: number, y: number, z: number) => number) => (): number => {
    let sink = 0;
    for (let i = 0; i < 3 * count; i += 3) sink += each(vectors[i]!, vectors[i + 1]!, vectors[i + 2]!) % 7;
    return sink;
  };

  const results: BenchResult[] = [];
  for (const level of [16, 20]) {
    results.push({
      question: 'htm',
      measure: `id of a unit vector at level ${level}`,
      value: rounded(
        nanosecondsEach(
          POSITIONS,
          overVectors(POSITIONS, (x, y, z) => htmIdAt(x, y, z, level)),
        ),
      ),
      unit: 'ns',
      detail: {
        positions: POSITIONS,
        textbookNs: rounded(
          nanosecondsEach(
            POSITIONS,
            overVectors(POSITIONS, (x, y, z) => textbookHtmId(x, y, z, level)),
            3,
          ),
        ),
      },
    });
  }
  const fromDegrees = nanosecondsEach(POSITIONS, () => {
    let sink = 0;
    for (let i = 0; i < POSITIONS; i += 1) {
      const { x, y, z } = toUnitVector(ra[i]!, dec[i]!);
      sink += htmIdAt(x, y, z, 16) % 7;
    }
    return sink;
  });
  results.push({ question: 'htm', measure: 'id of ra, dec at level 16', value: rounded(fromDegrees), unit: 'ns' });

  const out = new Float64Array(1000);
  for (const [radiusArcsec, level] of [
    [1, 16],
    [3, 14],
    [600, 7],
  ] as const) {
    const cost = nanosecondsEach(
      CIRCLES,
      overVectors(CIRCLES, (x, y, z) => writeCoverIds(x, y, z, radiusArcsec, level, out, 0)),
    );
    let trixels = 0;
    for (let i = 0; i < 3 * CIRCLES; i += 3) {
      trixels += coverIds(vectors[i]!, vectors[i + 1]!, vectors[i + 2]!, radiusArcsec, level).length;
    }
    results.push({
      question: 'htm',
      measure: `cover of ${radiusArcsec} arcsec at level ${level}`,
      value: rounded(cost),
      unit: 'ns',
      detail: { circles: CIRCLES, trixelsPerCircle: rounded(trixels / CIRCLES) },
    });
  }
  return results;
}
