import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FEATURES } from '../../../../src/filters/built-in/light-curve-features/feature-list.ts';
import { type Columns, featuresOf } from './light-curves.ts';

interface Fixture {
  readonly made: string;
  readonly curves: readonly (Columns & {
    readonly name: string;
    readonly features: Readonly<Record<string, number | null>>;
  })[];
}

const fixture = JSON.parse(
  readFileSync(join(import.meta.dirname, 'fixtures/package-features.json'), 'utf8'),
) as Fixture;

const isFit = (key: string): boolean => key.startsWith('bazin_fit') || key.startsWith('villar_fit');
const isOfPercentiles = (key: string): boolean =>
  /^(inter_percentile_range|magnitude_percentage_ratio|percent_difference_magnitude)/.test(key);

/** What of the package's answer is not compared, by curve, with the reason. */
function isIncomparable(curve: string, key: string): boolean {
  // The power of two points is the same at all frequencies: the package's peaks are its roundings, of 1e-8.
  if (curve === 'noise of 2 points') return key.startsWith('period');
  // The package has no Otsu split of equal values; the published vectors have one, all zeros.
  if (curve === 'constant') return key.startsWith('otsu_');
  return false;
}

function tolerance(curve: string, key: string): number {
  // The package's quantile positions are single precision.
  if (isOfPercentiles(key)) return 1e-5;
  // The package fits lines in absolute MJD: with all points in one night, eight digits are left.
  if (curve === 'one night' && /_(slope|trend)_magn$/.test(key)) return 1e-7;
  // Its recurrence of sines and cosines in absolute MJD drifts a little.
  if (key.startsWith('period')) return 1e-8;
  return 1e-9;
}

describe('the package light-curve', () => {
  test.each(fixture.curves)('agrees on $name', (curve) => {
    const features = featuresOf(curve);
    for (const { key } of FEATURES) {
      if (isFit(key) || isIncomparable(curve.name, key)) continue;
      const expected = curve.features[key];
      expect(expected, `${key} in the fixture`).not.toBeUndefined();
      const actual = features.get(key);
      if (expected === null) expect(actual, key).toBeUndefined();
      else {
        const allowed = tolerance(curve.name, key) * Math.abs(expected!) + 1e-10;
        expect(Math.abs(actual! - expected!), `${key}: ${actual} for ${expected}`).toBeLessThanOrEqual(allowed);
      }
    }
  });

  test.each(fixture.curves)('fits no better than we do, and fits where we do: $name', (curve) => {
    const features = featuresOf(curve);
    for (const fit of ['bazin_fit', 'villar_fit']) {
      const expected = curve.features[`${fit}_reduced_chi2`];
      const actual = features.get(`${fit}_reduced_chi2`);
      if (expected === null) expect(actual, fit).toBeUndefined();
      // An allowance for the bounds: nine points of one night are fitted by nothing.
      else expect(actual, `${fit} for ${expected}`).toBeLessThanOrEqual(1.02 * expected!);
    }
  });
});
