import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { FEATURES } from '../../../../src/filters/built-in/light-curve-features/feature-list.ts';
import { computeMoments, createMoments } from '../../../../src/filters/built-in/light-curve-features/moments.ts';
import { Periodogram } from '../../../../src/filters/built-in/light-curve-features/periodogram.ts';
import { describeWithSharedData, sharedPath } from '../../../shared-data.ts';
import { type Columns, featuresOf, readJsonLines } from './light-curves.ts';

interface VectorBand extends Columns {
  readonly features_magn: Readonly<Record<string, number | null>>;
  readonly features_flux: Readonly<Record<string, number | null>>;
  readonly lomb_scargle: {
    readonly lc_grid: {
      readonly n: number;
      readonly omega_step: number;
      readonly argmax: number;
      readonly period: number;
      readonly power_max: number;
      readonly mean: number;
      readonly std_ddof1: number;
    };
  } | null;
}

interface VectorCurve {
  readonly name: string;
  readonly bands: Readonly<Record<string, VectorBand>>;
}

const KEYS = new Set(FEATURES.map(({ key }) => key));

/**
 * Relative tolerances where the vectors are not good to 1e-9: their slope errors come from a covariance in absolute MJD
 * (off by up to 2.1e-8 of exact arithmetic), and their fluxes of magnitude 99.99, twenty-eight decades below the others,
 * are rounded differently.
 */
function tolerance(key: string, mags: readonly number[]): number {
  if (key === 'linear_fit_slope_sigma_magn') return 3e-8;
  if (key === 'stetson_k_flux' && mags.some((mag) => mag > 90)) return 1e-7;
  return 1e-9;
}

describeWithSharedData('lightcurves.jsonl', () => {
  const curves = readJsonLines<VectorCurve>(sharedPath('vectors/lightcurves.jsonl'));
  const bands = curves.flatMap(({ name, bands }) =>
    Object.entries(bands).map(([band, columns]) => ({ name: `${name} ${band}`, columns })),
  );

  test.each(bands)('$name has the features of the reference, and no others', ({ name, columns }) => {
    const features = featuresOf(columns);
    let compared = 0;
    for (const [set, suffix] of [
      [columns.features_magn, 'magn'],
      [columns.features_flux, 'flux'],
    ] as const) {
      for (const [short, expected] of Object.entries(set)) {
        const key = `${short}_${suffix}`;
        if (!KEYS.has(key)) continue; // the reference computes a few that ANTARES does not publish
        // Equal fluxes: the reference divides one rounding by another. It is 0/0, and undefined for the magnitudes too.
        if (name.startsWith('synthetic_constant') && key === 'stetson_k_flux') continue;
        compared += 1;
        const actual = features.get(key);
        if (expected === null) expect(actual, key).toBeUndefined();
        else {
          const allowed = tolerance(key, columns.mag) * Math.abs(expected) + 1e-12;
          expect(Math.abs(actual! - expected), `${key}: ${actual} for ${expected}`).toBeLessThanOrEqual(allowed);
        }
      }
    }
    expect(compared).toBeGreaterThan(columns.time.length < 3 ? 30 : 40);
  });

  test.each(bands.filter(({ columns }) => columns.lomb_scargle !== null))(
    '$name has the periodogram of the reference',
    ({ columns }) => {
      const { time, mag, lomb_scargle } = columns;
      const expected = lomb_scargle!.lc_grid;
      const magnitudes = Float64Array.from(mag);
      const moments = createMoments();
      computeMoments(magnitudes, mag.length, moments);
      const periodogram = new Periodogram();
      periodogram.compute(Float64Array.from(time), magnitudes, mag.length, moments);
      const power = periodogram.power.subarray(0, periodogram.grid.size + 1);
      expect(power.length).toBe(expected.n);
      expect(periodogram.grid.step / expected.omega_step).toBeCloseTo(1, 12);
      const highest = power.reduce((best, value, k) => (value > power[best]! ? k : best), 0);
      expect(highest).toBe(expected.argmax);
      expect(power[highest]! / expected.power_max).toBeCloseTo(1, 9);
      expect(periodogram.moments.mean / expected.mean).toBeCloseTo(1, 9);
      expect(periodogram.moments.standardDeviation / expected.std_ddof1).toBeCloseTo(1, 9);
      // The last frequency may have the highest power, but an end is no peak: the period is then of the best peak inside.
      if (highest < periodogram.grid.size) {
        expect(periodogram.period[0]! / expected.period).toBeCloseTo(1, 12);
        const signalToNoise = (expected.power_max - expected.mean) / expected.std_ddof1;
        expect(periodogram.signalToNoise[0]! / signalToNoise).toBeCloseTo(1, 9);
      }
    },
  );
});

describeWithSharedData('the light curve of a Rubin locus that ANTARES published', () => {
  interface Published {
    readonly light_curve: readonly { mjd: number; band: string; ant_mag: number; ant_magerr: number }[];
    readonly features_by_band: Readonly<Record<string, Readonly<Record<string, number>>>>;
  }
  const published = JSON.parse(readFileSync(sharedPath('vectors/antares_production_lsst.json'), 'utf8')) as Published;
  const rows = published.light_curve.filter(({ band }) => band === 'i');
  const features = featuresOf({
    time: rows.map(({ mjd }) => mjd),
    mag: rows.map(({ ant_mag }) => ant_mag),
    magerr: rows.map(({ ant_magerr }) => ant_magerr),
  });
  const expected = Object.entries(published.features_by_band['i']!).map(
    ([key, value]) => [key.replace('bins_window1_', 'bins_window1.0_offset0.0_'), value] as const,
  );

  test.each(expected.filter(([key]) => !key.endsWith('_fft')))('has %s = %d', (key, value) => {
    // Two points minutes apart make eta_e sensitive to the microseconds that the published times lack. Slopes over
    // absolute MJD lose five digits there and none here: exact arithmetic gives 0.00797762085424576 for the trend.
    const allowed = key.includes('eta_e') ? 2e-8 : /_(slope|trend)_magn$/.test(key) ? 1e-9 : 1e-10;
    expect(Math.abs(features.get(key)! - value)).toBeLessThanOrEqual(allowed * Math.abs(value));
  });

  test('its published period is a frequency of the same grid, though not of the highest power in the exact sum', () => {
    const duration = features.get('duration_magn')!;
    const step = (2 * Math.PI * 4) / (5 * 10 * duration);
    const period = published.features_by_band['i']!['period_0_magn_fft']!;
    const k = (2 * Math.PI) / (period * step);
    expect(k).toBeCloseTo(Math.round(k), 9);
    const ours = (2 * Math.PI) / (features.get('period_0_magn')! * step);
    expect(ours).toBeCloseTo(Math.round(ours), 9);
  });

  test('every published feature is one of ours', () => {
    expect(expected.map(([key]) => key.replace('_fft', '')).filter((key) => !KEYS.has(key))).toEqual([]);
  });
});

describe('the list of features', () => {
  test('has 78 names, each once', () => {
    expect(FEATURES).toHaveLength(78);
    expect(KEYS.size).toBe(78);
  });
});
