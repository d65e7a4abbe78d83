import { describe, expect, test } from 'vitest';
import { FeatureExtractor } from '../../../../src/filters/built-in/light-curve-features/extract-features.ts';
import {
  FEATURES,
  featureDeclarations,
  featureIndex,
  featurePropertyNames,
} from '../../../../src/filters/built-in/light-curve-features/feature-list.ts';
import { type Columns, featuresOf, seededNormal } from './light-curves.ts';

function noise(n: number, seed = 1): Columns {
  const normal = seededNormal(seed);
  return {
    time: Array.from({ length: n }, (_, i) => 59_000 + 3.1 * i + 0.5 * Math.sin(i)),
    mag: Array.from({ length: n }, () => 19 + 0.3 * normal()),
    magerr: Array.from({ length: n }, (_, i) => 0.05 + 0.01 * (i % 5)),
  };
}

/** Features that need so many points, by the table of definitions. */
const FROM_TWO_POINTS = [
  'beyond_1_std_magn',
  'beyond_2_std_magn',
  'chi2_magn',
  'cusum_magn',
  'eta_e_magn',
  'magnitude_percentage_ratio_40_5_magn',
  'magnitude_percentage_ratio_20_5_magn',
  'maximum_slope_magn',
  'otsu_mean_diff_magn',
  'otsu_std_lower_magn',
  'otsu_std_upper_magn',
  'otsu_lower_to_all_ratio_magn',
  'standard_deviation_magn',
  'stetson_k_magn',
  'cusum_flux',
  'eta_e_flux',
  'excess_variance_flux',
  'mean_variance_flux',
  'chi2_flux',
  'stetson_k_flux',
  'bins_window1.0_offset0.0_eta_e_magn',
  'bins_window1.0_offset0.0_maximum_slope_magn',
  ...FEATURES.map(({ key }) => key).filter((key) => key.startsWith('period')),
];
const FROM_THREE_POINTS = [
  'linear_fit_slope_magn',
  'linear_fit_slope_sigma_magn',
  'linear_fit_reduced_chi2_magn',
  'linear_trend_magn',
  'linear_trend_sigma_magn',
  'linear_trend_noise_magn',
  'skew_magn',
  'skew_flux',
  'bins_window1.0_offset0.0_linear_trend_magn',
  'bins_window1.0_offset0.0_linear_trend_sigma_magn',
  'bins_window1.0_offset0.0_linear_trend_noise_magn',
];
const FROM_FOUR_POINTS = [
  'anderson_darling_normal_magn',
  'kurtosis_magn',
  'anderson_darling_normal_flux',
  'kurtosis_flux',
];
const fitKeys = (fit: string): string[] => FEATURES.map(({ key }) => key).filter((key) => key.startsWith(fit));

describe('the number of points', () => {
  test('none gives no features', () => {
    expect(featuresOf({ time: [], mag: [], magerr: [] }).size).toBe(0);
  });

  test('one gives means, and noughts where something has no spread', () => {
    const features = featuresOf({ time: [59_000.5], mag: [18.5], magerr: [0.1] });
    expect(Object.fromEntries(features)).toEqual({
      amplitude_magn: 0,
      duration_magn: 0,
      inter_percentile_range_2_magn: 0,
      inter_percentile_range_10_magn: 0,
      inter_percentile_range_25_magn: 0,
      mean_magn: 18.5,
      median_absolute_deviation_magn: 0,
      percent_amplitude_magn: 0,
      percent_difference_magnitude_percentile_5_magn: 0,
      percent_difference_magnitude_percentile_10_magn: 0,
      median_buffer_range_percentage_10_magn: 0,
      median_buffer_range_percentage_20_magn: 0,
      weighted_mean_magn: 18.5,
    });
  });

  test.each([
    [2, FROM_TWO_POINTS],
    [3, FROM_THREE_POINTS],
    [4, FROM_FOUR_POINTS],
    [5, []],
    [6, fitKeys('bazin_fit')],
    [7, []],
    [8, fitKeys('villar_fit')],
  ])('%d adds just the features that need so many', (n, added) => {
    const fewer = new Set(featuresOf(noise(n - 1)).keys());
    const here = [...featuresOf(noise(n)).keys()];
    expect(here.filter((key) => !fewer.has(key)).sort()).toEqual([...added].sort());
    expect([...fewer].filter((key) => !here.includes(key))).toEqual([]);
  });

  test('eight give all 78', () => {
    expect([...featuresOf(noise(8)).keys()]).toEqual(FEATURES.map(({ key }) => key));
  });

  test('three thousand give all 78, in order of time or not', () => {
    const columns = noise(3000);
    const features = featuresOf(columns);
    expect(features.size).toBe(78);
    const reversed = featuresOf({
      time: columns.time.toReversed(),
      mag: columns.mag.toReversed(),
      magerr: columns.magerr.toReversed(),
    });
    expect([...reversed]).toEqual([...features]);
  });
});

describe('a light curve without variation', () => {
  const features = featuresOf({ ...noise(20), mag: new Array<number>(20).fill(18.25) });

  test('has no shape', () => {
    for (const key of ['skew', 'kurtosis', 'cusum', 'eta_e', 'anderson_darling_normal', 'stetson_k']) {
      expect(features.has(`${key}_magn`), key).toBe(false);
      expect(features.has(`${key}_flux`), key).toBe(false);
    }
    expect(features.has('magnitude_percentage_ratio_40_5_magn')).toBe(false);
    expect(features.has('bins_window1.0_offset0.0_eta_e_magn')).toBe(false);
    expect(
      fitKeys('bazin')
        .concat(fitKeys('villar'))
        .filter((key) => features.has(key)),
    ).toEqual([]);
  });

  test('has exactly no spread, no trend and no periods', () => {
    for (const key of [
      'standard_deviation',
      'amplitude',
      'chi2',
      'linear_trend',
      'linear_fit_slope',
      'maximum_slope',
    ]) {
      expect(features.get(`${key}_magn`), key).toBe(0);
    }
    expect(features.get('period_0_magn')).toBe(0);
    expect(features.get('periodogram_amplitude_magn')).toBe(0);
    expect(features.get('mean_magn')).toBe(18.25);
    expect(features.get('weighted_mean_magn')).toBe(18.25);
  });
});

describe('times', () => {
  test('of points at the same moment, the last one counts', () => {
    const { time, mag, magerr } = noise(12);
    const twice = featuresOf({
      time: [...time.slice(0, 5), time[4]!, time[4]!, ...time.slice(5)],
      mag: [...mag.slice(0, 4), 12, 25, mag[4]!, ...mag.slice(5)],
      magerr: [...magerr.slice(0, 4), 0.4, 0.3, magerr[4]!, ...magerr.slice(5)],
    });
    expect([...twice]).toEqual([...featuresOf({ time, mag, magerr })]);
  });

  test('all the same make one point of all', () => {
    const { mag, magerr } = noise(6);
    const features = featuresOf({ time: new Array<number>(6).fill(59_000), mag, magerr });
    expect(features.get('mean_magn')).toBe(mag[5]);
    expect(features.get('duration_magn')).toBe(0);
    expect(features.has('standard_deviation_magn')).toBe(false);
  });

  test('within one night leave the nightly bins without features, and nothing else', () => {
    const { mag, magerr } = noise(10);
    const features = featuresOf({ time: mag.map((_, i) => 59_000.1 + 0.01 * i), mag, magerr });
    const missing = FEATURES.map(({ key }) => key).filter((key) => !features.has(key));
    expect(missing.sort()).toEqual(
      FEATURES.map(({ key }) => key)
        .filter((key) => key.startsWith('bins_'))
        .sort(),
    );
  });

  test('nights begin at whole days, the first moment included', () => {
    const features = featuresOf({
      time: [59_000, 59_000.999_999, 59_001, 59_003.5],
      mag: [18, 20, 21, 22],
      magerr: [0.1, 0.1, 0.1, 0.1],
    });
    // means 19, 21, 22 at 59000.5, 59001.5, 59003.5
    expect(features.get('bins_window1.0_offset0.0_maximum_slope_magn')).toBeCloseTo(2, 12);
    expect(features.get('bins_window1.0_offset0.0_linear_trend_magn')).toBeCloseTo(13 / 14, 12);
  });
});

describe('what cannot be used', () => {
  const { time, mag, magerr } = noise(20);
  const isOdd = (_: number, i: number): boolean => i !== 7 && i !== 8;

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'a point with time or magnitude %d is no point',
    (bad) => {
      const damaged = featuresOf({ time: time.with(7, bad), mag: mag.with(8, bad), magerr });
      const without = featuresOf({ time: time.filter(isOdd), mag: mag.filter(isOdd), magerr: magerr.filter(isOdd) });
      expect([...damaged]).toEqual([...without]);
    },
  );

  test.each([Number.NaN, 0, -0.1, Number.POSITIVE_INFINITY])(
    'a point with error %d counts where errors do not',
    (bad) => {
      const damaged = featuresOf({ time, mag, magerr: magerr.with(7, bad).with(8, bad) });
      const all = featuresOf({ time, mag, magerr });
      const without = featuresOf({ time: time.filter(isOdd), mag: mag.filter(isOdd), magerr: magerr.filter(isOdd) });
      const needsErrors = /^(bins_|linear_fit|chi2|stetson_k|weighted_mean|excess_variance|bazin_fit|villar_fit)/;
      for (const { key } of FEATURES) {
        expect(damaged.get(key), key).toBe((needsErrors.test(key) ? without : all).get(key));
      }
    },
  );

  test('no errors at all leave what needs none', () => {
    const features = featuresOf({ time, mag, magerr: new Array<number>(20).fill(Number.NaN) });
    expect(features.get('mean_magn')).toBeCloseTo(19, 0);
    expect(features.has('skew_flux')).toBe(true);
    expect(features.has('weighted_mean_magn')).toBe(false);
    expect(features.has('bins_window1.0_offset0.0_maximum_slope_magn')).toBe(false);
    expect(features.has('bazin_fit_amplitude')).toBe(false);
  });

  test('absurd magnitudes and errors give finite values or none', () => {
    for (const absurd of [1e300, -1e300, 1e5, -1e5, -99.99, 99.99, 5e-324]) {
      for (const value of featuresOf({ time, mag: mag.with(3, absurd), magerr }).values())
        expect(Number.isFinite(value)).toBe(true);
    }
    for (const absurd of [1e300, 1e-300, 5e-324, 1e-160]) {
      for (const value of featuresOf({ time, mag, magerr: magerr.with(3, absurd) }).values()) {
        expect(Number.isFinite(value)).toBe(true);
      }
    }
  });
});

describe('names', () => {
  test('carry the passband as it is spelt', () => {
    expect(featurePropertyNames('R')[0]).toBe('feature_amplitude_magn_R');
    expect(featurePropertyNames('g')).toContain('feature_bins_window1.0_offset0.0_eta_e_magn_g');
    expect(featurePropertyNames('y')).toContain('feature_villar_fit_plateau_rel_amplitude_y');
    expect(featurePropertyNames('R')).toBe(featurePropertyNames('R'));
  });

  test('are declared as floats with a description each', () => {
    const declarations = featureDeclarations('z');
    expect(declarations.map(({ name }) => name)).toEqual(featurePropertyNames('z'));
    for (const { type, description } of declarations) {
      expect(type).toBe('float');
      expect(description).toMatch(/^z band: \w/);
    }
  });

  test('that do not exist are refused', () => {
    expect(() => featureIndex('amplitude')).toThrow(TypeError);
  });
});

test('an extractor forgets the band before', () => {
  const extractor = new FeatureExtractor();
  const { time, mag, magerr } = noise(20);
  extractor.extract({ n: 20, time, mag, magErr: magerr });
  const values = extractor.extract({ n: 3, time, mag, magErr: magerr });
  expect(values[featureIndex('bazin_fit_amplitude')]).toBeNaN();
  expect(values[featureIndex('kurtosis_magn')]).toBeNaN();
  expect(values[featureIndex('mean_magn')]).toBeCloseTo((mag[0]! + mag[1]! + mag[2]!) / 3, 12);
});
