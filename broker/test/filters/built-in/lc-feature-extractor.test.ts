import { describe, expect, test } from 'vitest';
import { FEATURE_BANDS, LcFeatureExtractor } from '../../../src/filters/built-in/lc-feature-extractor.ts';
import type { HandMadeLocus, HandMadePoint } from '../../../src/filters/hand-made-locus.ts';
import { makeLocusInFlight } from '../../../src/filters/hand-made-locus.ts';
import type { LocusInFlight } from '../../../src/model/locus-in-flight.ts';
import { type Columns, featuresOf, seededNormal } from './light-curve-features/light-curves.ts';
import { prepare, resultOf } from './run-filter.ts';

const normal = seededNormal(9);

function observe(passband: string, n: number, more: Partial<HandMadePoint> = {}): HandMadePoint[] {
  return Array.from({ length: n }, (_, i) => ({
    mjd: 59_000.2 + 2.5 * i + (passband === 'g' ? 0 : 0.03),
    passband,
    mag: 18 + 0.4 * Math.sin(i) + 0.05 * normal(),
    magErr: 0.05,
    kind: i === n - 1 ? 'candidate' : 'history',
    ...more,
  }));
}

function columnsOf(points: readonly HandMadePoint[]): Columns {
  return {
    time: points.map(({ mjd }) => mjd),
    mag: points.map(({ mag }) => mag!),
    magerr: points.map(({ magErr }) => magErr!),
  };
}

/** Runs the filter and returns the features of a band that the locus then has. */
async function run(made: HandMadeLocus): Promise<LocusInFlight> {
  const locus = makeLocusInFlight(made);
  (await prepare([new LcFeatureExtractor()]))(locus);
  return locus;
}

function bandOf(locus: LocusInFlight, band: string): [string, unknown][] {
  return [...locus.properties]
    .filter(([name]) => name.startsWith('feature_') && name.endsWith(`_${band}`))
    .map(([name, value]) => [name.slice('feature_'.length, -1 - band.length), value]);
}

describe('lc_feature_extractor', () => {
  test('declares 78 properties for each of seven passbands, and its tag', () => {
    const filter = new LcFeatureExtractor();
    expect(filter.outputLocusProperties).toHaveLength(78 * 7);
    expect(new Set(filter.outputLocusProperties.map(({ name }) => name)).size).toBe(78 * 7);
    expect([...FEATURE_BANDS].sort()).toEqual(['R', 'g', 'i', 'r', 'u', 'y', 'z']);
    expect(filter.outputTags.map(({ name }) => name)).toEqual(['lc_feature_extractor']);
  });

  test('sets what the features are of the detections in each passband, history included, and its tag', async () => {
    const g = observe('g', 20);
    const red = observe('R', 12);
    const locus = await run({ points: [...g, ...red], newDetectionPassbands: ['g', 'R'] });
    expect(bandOf(locus, 'g')).toEqual([...featuresOf(columnsOf(g))]);
    expect(bandOf(locus, 'R')).toEqual([...featuresOf(columnsOf(red))]);
    expect(bandOf(locus, 'R')).toHaveLength(78);
    expect(locus.tags.has('lc_feature_extractor')).toBe(true);
  });

  test('keeps negative values', async () => {
    const brightening = observe('g', 20).map((point, i) => ({ ...point, mag: 20 - 0.05 * i + 0.01 * Math.sin(i) }));
    const locus = await run({ points: brightening });
    expect(locus.properties.get('feature_linear_trend_magn_g')).toBeLessThan(0);
  });

  test('does not mind the order of arrival', async () => {
    const points = observe('g', 15);
    const shuffled = points.map((_, i) => points[(7 * i) % 15]!);
    expect(bandOf(await run({ points: shuffled }), 'g')).toEqual(bandOf(await run({ points }), 'g'));
  });

  test('leaves upper limits, forced photometry and points without magnitudes aside', async () => {
    const points = observe('g', 10);
    const others: HandMadePoint[] = [
      { mjd: 58_999, passband: 'g', kind: 'upper_limit', surveyNumber: 2, magLimit: 20.5 },
      { mjd: 59_001, passband: 'g', kind: 'forced', mag: 19, magErr: 0.1 },
      { mjd: 59_002, passband: 'g', kind: 'history', magErr: 0.1 },
    ];
    expect(bandOf(await run({ points: [...others, ...points] }), 'g')).toEqual(bandOf(await run({ points }), 'g'));
  });

  test("does not mix two surveys' magnitudes in a passband of the same name", async () => {
    const ztf = observe('g', 10);
    const lsst = observe('g', 7, { surveyNumber: 4 }).map((point) => ({ ...point, mjd: point.mjd + 3000 }));
    const locus = await run({ points: [...ztf, ...lsst] });
    expect(bandOf(locus, 'g')).toEqual([...featuresOf(columnsOf(lsst))]);
  });

  test("covers all of LSST's passbands, g among them", async () => {
    const passbands = ['u', 'g', 'r', 'i', 'z', 'y'];
    const points = passbands.flatMap((passband) => observe(passband, 3, { surveyNumber: 4 }));
    const locus = await run({ points, newDetectionPassbands: passbands });
    for (const passband of passbands) expect(bandOf(locus, passband).length, passband).toBeGreaterThan(40);
  });

  test('computes a passband again only when it has new detections, or when it never was', async () => {
    const points = [...observe('R', 6), ...observe('g', 6)];
    const fresh = await run({ points, newDetectionPassbands: ['g'] });
    expect(bandOf(fresh, 'R').length).toBeGreaterThan(60);
    const known = await run({
      points,
      newDetectionPassbands: ['g'],
      properties: { feature_mean_magn_R: 1, feature_mean_magn_g: 1 },
    });
    expect(bandOf(known, 'R')).toEqual([['mean_magn', 1]]);
    expect(new Map(bandOf(known, 'g'))).toEqual(new Map(bandOf(fresh, 'g')));
  });

  test('comes to the same when an alert is delivered twice', async () => {
    const filter = new LcFeatureExtractor();
    const deliver = await prepare([filter]);
    const locus = makeLocusInFlight({ points: observe('g', 12) });
    deliver(locus);
    const once = [...locus.properties];
    deliver(locus);
    expect([...locus.properties]).toEqual(once);
  });

  test('is skipped for surveys and alerts without magnitudes', async () => {
    const decat = observe('g', 3, { surveyNumber: 3 });
    expect((await resultOf(new LcFeatureExtractor(), { points: decat })).skipReason).toBe('survey');
    const limit: HandMadePoint = { mjd: 59_100, passband: 'g', kind: 'upper_limit', surveyNumber: 2, magLimit: 20 };
    expect((await resultOf(new LcFeatureExtractor(), { points: [...observe('g', 3), limit] })).skipReason).toBe(
      'survey',
    );
    const noError = [...observe('g', 3), { mjd: 59_100, passband: 'g', mag: 18 }];
    expect((await resultOf(new LcFeatureExtractor(), { points: noError })).missing).toBe('ant_magerr');
  });
});
