import { describe, expect, test } from 'vitest';
import { computeMoments, createMoments } from '../../../../src/filters/built-in/light-curve-features/moments.ts';
import { frequencyGrid, Periodogram } from '../../../../src/filters/built-in/light-curve-features/periodogram.ts';
import { seededNormal, seededRandom } from './light-curves.ts';

function periodogramOf(time: Float64Array, x: Float64Array): Periodogram {
  const moments = createMoments();
  computeMoments(x, x.length, moments);
  const periodogram = new Periodogram();
  periodogram.compute(time, x, x.length, moments);
  return periodogram;
}

/** Lomb's formula as it is printed, with its phase τ. */
function printedPower(time: Float64Array, x: Float64Array, omega: number): number {
  const n = x.length;
  const mean = x.reduce((sum, value) => sum + value, 0) / n;
  const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  const t0 = time[0]!;
  let sin2 = 0;
  let cos2 = 0;
  for (const t of time) {
    sin2 += Math.sin(2 * omega * (t - t0));
    cos2 += Math.cos(2 * omega * (t - t0));
  }
  const tau = Math.atan2(sin2, cos2) / (2 * omega);
  let yc = 0;
  let ys = 0;
  let cc = 0;
  let ss = 0;
  for (const [i, t] of time.entries()) {
    const phase = omega * (t - t0 - tau);
    yc += (x[i]! - mean) * Math.cos(phase);
    ys += (x[i]! - mean) * Math.sin(phase);
    cc += Math.cos(phase) ** 2;
    ss += Math.sin(phase) ** 2;
  }
  return (0.5 * ((ys * ys) / ss + (yc * yc) / cc)) / variance;
}

function sample(n: number, seed: number): { time: Float64Array; x: Float64Array } {
  const random = seededRandom(seed);
  const normal = seededNormal(seed + 1);
  const time = Float64Array.from({ length: n }, () => 59_000 + 300 * random()).sort();
  const x = Float64Array.from(time, (t) => 18 + 0.3 * Math.sin(t / 1.7) + 0.1 * normal());
  return { time, x };
}

describe('the periodogram', () => {
  // below, at and above the number of points from where a transform is used
  test.each([3, 5, 12, 13, 14, 15, 36, 37, 38, 150, 700])('of %d points is the sum as it is printed', (n) => {
    const { time, x } = sample(n, n);
    const { power, grid } = periodogramOf(time, x);
    expect(power[0]).toBe(0);
    const stride = Math.max(1, grid.size >> 9);
    for (let k = 1; k <= grid.size; k += stride) {
      const printed = printedPower(time, x, k * grid.step);
      expect(Math.abs(power[k]! - printed)).toBeLessThanOrEqual(1e-9 * Math.max(printed, 0.1));
    }
  });

  test.each([
    [2, 16],
    [5, 64],
    [9, 64],
    [11, 128],
    [28, 256],
    [40, 512],
    [1000, 8192],
  ])('of %d points has %d frequencies above 0', (n, size) => {
    expect(frequencyGrid(n, 100).size).toBe(size);
  });

  test('finds the period of a sine, whatever the origin of time', () => {
    for (const origin of [0, 59_000, 2_459_000.5]) {
      const random = seededRandom(5);
      const time = Float64Array.from({ length: 60 }, () => origin + 200 * random()).sort();
      const x = Float64Array.from(time, (t) => 18 + 0.2 * Math.sin((2 * Math.PI * (t - origin)) / 9.7));
      const { period, signalToNoise } = periodogramOf(time, x);
      expect(Math.abs(period[0]! - 9.7)).toBeLessThan(0.5 * (9.7 ** 2 / 2000));
      expect(signalToNoise[0]).toBeGreaterThan(5);
    }
  });

  test('lists peaks from the highest down, and noughts where there are no more', () => {
    const { time, x } = sample(40, 3);
    const { period, signalToNoise } = periodogramOf(time, x);
    expect([...signalToNoise]).toEqual([...signalToNoise].sort((a, b) => b - a));
    expect(new Set(period).size).toBe(5);
    const two = periodogramOf(Float64Array.of(59_000, 59_003), Float64Array.of(19, 18));
    expect([...two.period]).toEqual([60, 0, 0, 0, 0].map((value) => expect.closeTo(value, 9)));
    expect([...two.signalToNoise.slice(1)]).toEqual([0, 0, 0, 0]);
  });

  test('of evenly spaced points prefers the longer of two mirrored periods', () => {
    const time = Float64Array.from({ length: 32 }, (_, i) => 59_000 + i);
    const x = Float64Array.from(time, (t) => 18 + 0.2 * Math.sin((2 * Math.PI * t) / 4));
    const { period, signalToNoise } = periodogramOf(time, x);
    expect(period[0]).toBeCloseTo(4, 1);
    expect(period[1]).toBeCloseTo(4 / 3, 1);
    expect(signalToNoise[0]! / signalToNoise[1]!).toBeCloseTo(1, 9);
  });

  test('of evenly spaced points is finite at the Nyquist frequency, where sine and cosine are one', () => {
    for (const n of [4, 16, 64]) {
      const time = Float64Array.from({ length: n }, (_, i) => 59_000 + 2 * i);
      const normal = seededNormal(n);
      const x = Float64Array.from(time, () => 18 + normal());
      const { power, grid } = periodogramOf(time, x);
      for (let k = 0; k <= grid.size; k += 1) {
        expect(power[k]).toBeGreaterThanOrEqual(-1e-12);
        expect(power[k]).toBeLessThanOrEqual((n - 1) / 2 + 1e-9);
      }
      const alternating = x.reduce((sum, value, i) => sum + (i % 2 === 0 ? value : -value), 0);
      const moments = createMoments();
      computeMoments(x, n, moments);
      const nyquist = Math.round(Math.PI / 2 / grid.step);
      expect(nyquist * grid.step).toBeCloseTo(Math.PI / 2, 12);
      expect(power[nyquist]).toBeCloseTo((0.5 * (n - 1) * alternating ** 2) / (n * moments.sum2), 9);
    }
  });
});
