import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { computeMoments, createMoments } from '../../../../src/filters/built-in/light-curve-features/moments.ts';
import { logNormalTails } from '../../../../src/filters/built-in/light-curve-features/normal-distribution.ts';
import { computeOtsuSplit, createOtsuSplit } from '../../../../src/filters/built-in/light-curve-features/otsu-split.ts';
import {
  interPercentileRange,
  medianAbsoluteDeviation,
  medianOfSorted,
  quantile,
  sortInto,
} from '../../../../src/filters/built-in/light-curve-features/percentiles.ts';
import {
  computeWeightedStatistics,
  createWeightedStatistics,
} from '../../../../src/filters/built-in/light-curve-features/weighted-statistics.ts';

const samples = fc
  .array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 80 })
  .map((values) => Float64Array.from(values, (value) => value / 8));
const PARAMETERS = { seed: 20_260_801, numRuns: 300 } as const;

describe('order statistics', () => {
  test('sort short samples and long ones alike', () => {
    fc.assert(
      fc.property(samples, (x) => {
        const sorted = new Float64Array(x.length);
        sortInto(x, x.length, sorted);
        expect([...sorted]).toEqual([...x].sort((a, b) => a - b));
      }),
      PARAMETERS,
    );
  });

  test('quantiles follow Hazen: values sit in the middle of their share', () => {
    const sorted = Float64Array.from({ length: 11 }, (_, i) => i / 10);
    for (const [q, value] of [
      [0, 0],
      [0.1, 0.06],
      [0.2, 0.17],
      [0.5, 0.5],
      [0.9, 0.94],
      [1, 1],
    ] as const) {
      expect(quantile(sorted, 11, q)).toBeCloseTo(value, 12);
    }
    expect(quantile(Float64Array.of(3), 1, 0.02)).toBe(3);
    expect(interPercentileRange(sorted, 11, 0.1)).toBeCloseTo(0.88, 12);
  });

  test('the median absolute deviation is the median of absolute deviations', () => {
    fc.assert(
      fc.property(samples, (x) => {
        const n = x.length;
        const sorted = x.toSorted();
        const median = medianOfSorted(sorted, n);
        const deviations = x.map((value) => Math.abs(value - median)).sort();
        expect(median).toBe(quantile(sorted, n, 0.5));
        expect(medianAbsoluteDeviation(sorted, n, median)).toBe(medianOfSorted(deviations, n));
      }),
      PARAMETERS,
    );
  });
});

describe("Otsu's split", () => {
  const splitOf = (...values: number[]) => {
    const split = createOtsuSplit();
    computeOtsuSplit(Float64Array.from(values).sort(), values.length, split);
    return split;
  };

  test('parts two groups', () => {
    const { meanDifference, lowerDeviation, upperDeviation, lowerFraction } = splitOf(0.51, 0.52, 0.53, 0.54, 1.2, 1.3);
    expect(meanDifference).toBeCloseTo(0.725, 12);
    expect(lowerDeviation).toBeCloseTo(Math.sqrt(0.0005 / 3), 12);
    expect(upperDeviation).toBeCloseTo(Math.SQRT1_2 / 10, 12);
    expect(lowerFraction).toBeCloseTo(2 / 3, 12);
  });

  test('of two splits that are as good takes the lower one', () => {
    expect(splitOf(16, 20, 24).lowerFraction).toBe(1 / 3);
  });

  test('has the largest variance between groups of all splits', () => {
    fc.assert(
      fc.property(samples, (x) => {
        const n = x.length;
        if (n < 2) return;
        const sorted = x.toSorted();
        const split = createOtsuSplit();
        computeOtsuSplit(sorted, n, split);
        const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
        const between = (size: number): number =>
          size * (n - size) * (mean(sorted.subarray(size)) - mean(sorted.subarray(0, size))) ** 2;
        const chosen = Math.round(split.lowerFraction * n);
        for (let size = 1; size < n; size += 1) {
          expect(between(size)).toBeLessThanOrEqual(between(chosen) * (1 + 1e-9) + 1e-9);
        }
      }),
      PARAMETERS,
    );
  });
});

describe('moments', () => {
  test('of equal values are exactly nought', () => {
    for (const value of [18.25, 19.1, 1e5 / 3]) {
      const moments = createMoments();
      computeMoments(new Float64Array(37).fill(value), 37, moments);
      expect(moments).toMatchObject({ mean: value, sum2: 0, sum3: 0, sum4: 0, standardDeviation: 0 });
    }
  });

  test('lose nothing to a large mean', () => {
    const moments = createMoments();
    computeMoments(Float64Array.of(1e9 + 1, 1e9 + 2, 1e9 + 4), 3, moments);
    expect(moments.sum2).toBeCloseTo(14 / 3, 12);
  });
});

describe('weighted statistics', () => {
  test('keep every digit where some values outweigh the rest by decades, whatever comes first', () => {
    const out = createWeightedStatistics();
    for (const order of [
      [0, 1, 2],
      [1, 0, 2],
      [1, 2, 0],
    ]) {
      const x = Float64Array.from(order, (i) => [1.23456789e4, 1.1e-28, 1.1e-28][i]!);
      const error = Float64Array.from(order, (i) => [123.456789, 1e-29, 1e-29][i]!);
      computeWeightedStatistics(x, error, 3, out);
      expect(out.mean).toBe(1.1e-28);
      expect(out.reducedChi2).toBeCloseTo(5_000, 9);
    }
  });
});

describe('the tails of the normal distribution', () => {
  // from tables of ln Φ to more digits than are compared
  test.each([
    [0, -Math.LN2],
    [1, -0.1727537790234499],
    [-1, -1.8410216450092634],
    [-3, -6.60772622151035],
    [-10, -53.23128515051248],
    [-38, -726.5572160188201],
    [6, -9.86587645524372e-10],
  ])('ln Φ(%d) is %d', (z, expected) => {
    const tails = { lower: 0, upper: 0 };
    logNormalTails(z, tails);
    expect(tails.lower / expected).toBeCloseTo(1, 12);
    logNormalTails(-z, tails);
    expect(tails.upper / expected).toBeCloseTo(1, 12);
  });

  test('add up to one', () => {
    fc.assert(
      fc.property(fc.double({ min: -8, max: 8, noNaN: true }), (z) => {
        const tails = { lower: 0, upper: 0 };
        logNormalTails(z, tails);
        expect(Math.exp(tails.lower) + Math.exp(tails.upper)).toBeCloseTo(1, 14);
      }),
      PARAMETERS,
    );
  });
});
