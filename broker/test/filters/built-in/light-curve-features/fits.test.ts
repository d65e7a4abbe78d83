import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BazinFit } from '../../../../src/filters/built-in/light-curve-features/bazin-fit.ts';
import { NormalisedFluxes } from '../../../../src/filters/built-in/light-curve-features/normalised-fluxes.ts';
import { VillarFit } from '../../../../src/filters/built-in/light-curve-features/villar-fit.ts';
import { describeWithSharedData, sharedPath } from '../../../shared-data.ts';
import { featuresOf, readLightCurveArchive, seededNormal } from './light-curves.ts';

function bazin(t: number, [a, b, t0, rise, fall]: readonly number[]): number {
  const dt = t - t0!;
  return b! + (a! * Math.exp(-dt / fall!)) / (1 + Math.exp(-dt / rise!));
}

function villar(t: number, [a, c, t0, rise, fall, nu, gamma]: readonly number[]): number {
  const dt = t - t0!;
  const shape = dt < gamma! ? 1 - (nu! * dt) / gamma! : (1 - nu!) * Math.exp(-(dt - gamma!) / fall!);
  return c! + (a! / (1 + Math.exp(-dt / rise!))) * shape;
}

/** A light curve that follows a model, with noise of so many times its errors. */
function observe(
  model: (t: number) => number,
  { n, step, error, noise }: { n: number; step: number; error: number; noise: number },
): NormalisedFluxes {
  const normal = seededNormal(7);
  const time = Float64Array.from({ length: n }, (_, i) => 59_000.25 + step * (i + 0.3 * Math.sin(i)));
  const flux = Float64Array.from(time, (t) => model(t) + noise * error * normal());
  const data = new NormalisedFluxes();
  data.set(time, flux, new Float64Array(n).fill(error), n);
  return data;
}

describe('a Bazin fit', () => {
  const truth = [50_000, 2_000, 59_030, 4, 25];

  test('finds the parameters of a curve without noise', () => {
    const fit = new BazinFit();
    fit.fit(observe((t) => bazin(t, truth), { n: 40, step: 3, error: 100, noise: 0 }));
    for (const [i, value] of truth.entries()) expect(fit.parameters[i]! / value).toBeCloseTo(1, 3);
    expect(fit.reducedChi2).toBeLessThan(1e-3);
    expect(fit.isAtBound).toBe(false);
  });

  test('has a reduced chi-square of about 1 where errors are what they say', () => {
    const fit = new BazinFit();
    fit.fit(observe((t) => bazin(t, truth), { n: 300, step: 0.4, error: 800, noise: 1 }));
    expect(fit.reducedChi2).toBeGreaterThan(0.8);
    expect(fit.reducedChi2).toBeLessThan(1.2);
    for (const [i, value] of truth.entries()) expect(Math.abs(fit.parameters[i]! / value - 1)).toBeLessThan(0.15);
  });

  test('of a straight line stays within bounds and says so', () => {
    const fit = new BazinFit();
    const data = observe((t) => 1_000 + 40 * (t - 59_000), { n: 20, step: 5, error: 1, noise: 0 });
    fit.fit(data);
    const [a, b, t0, rise, fall] = fit.parameters;
    expect(fit.isAtBound).toBe(true);
    expect(a).toBeLessThanOrEqual(20 * data.range * (1 + 1e-12));
    expect(b).toBeGreaterThanOrEqual(data.faintest - 10 * data.range * (1 + 1e-12));
    expect(t0).toBeLessThanOrEqual(data.firstTime + data.duration * (1 + 1e-12));
    expect(rise).toBeLessThanOrEqual(data.duration * (1 + 1e-12));
    expect(fall).toBeLessThanOrEqual(10 * data.duration * (1 + 1e-12));
  });
});

describe('a Villar fit', () => {
  const truth = [30_000, 1_000, 59_020, 3, 20, 0.4, 35];

  test('finds the parameters of a curve without noise', () => {
    const fit = new VillarFit();
    fit.fit(observe((t) => villar(t, truth), { n: 60, step: 2, error: 100, noise: 0 }));
    for (const [i, value] of truth.entries()) expect(fit.parameters[i]! / value).toBeCloseTo(1, 2);
    expect(fit.reducedChi2).toBeLessThan(1e-2);
  });

  test('has a reduced chi-square of about 1 where errors are what they say', () => {
    const fit = new VillarFit();
    fit.fit(observe((t) => villar(t, truth), { n: 300, step: 0.4, error: 800, noise: 1 }));
    expect(fit.reducedChi2).toBeGreaterThan(0.8);
    expect(fit.reducedChi2).toBeLessThan(1.2);
  });
});

describe('both fits', () => {
  const curves = fc
    .integer({ min: 8, max: 30 })
    .chain((n) =>
      fc.record({
        gaps: fc.array(fc.double({ min: 0.001, max: 40, noNaN: true }), { minLength: n, maxLength: n }),
        mag: fc.array(fc.double({ min: 14, max: 24, noNaN: true }), { minLength: n, maxLength: n }),
        magerr: fc.array(fc.double({ min: 0.005, max: 0.5, noNaN: true }), { minLength: n, maxLength: n }),
      }),
    )
    .map(({ gaps, mag, magerr }) => {
      let t = 59_000;
      const time = gaps.map((gap) => {
        t += gap;
        return t;
      });
      return { time, mag, magerr };
    });

  test('stay within their bounds on any light curve, and explain it no worse than a constant does', () => {
    fc.assert(
      fc.property(curves, (curve) => {
        const features = featuresOf(curve);
        if (!features.has('bazin_fit_amplitude')) return; // equal magnitudes
        const duration = features.get('duration_magn')!;
        const first = curve.time[0]!;
        const flux = curve.mag.map((mag) => 10 ** (-0.4 * (mag - 31.4)));
        const lowest = Math.min(...flux);
        const range = Math.max(...flux) - lowest;
        const isWithin = (x: number, low: number, high: number): boolean => {
          const slack = 1e-9 * Math.max(Math.abs(low), Math.abs(high));
          return x >= low - slack && x <= high + slack;
        };
        const n = curve.time.length;
        const constant = features.get('chi2_flux')! * (n - 1);
        for (const [fit, parameters] of [
          ['bazin_fit', 5],
          ['villar_fit', 7],
        ] as const) {
          const value = (name: string): number => features.get(`${fit}_${name}`)!;
          expect(isWithin(value('amplitude'), 0, 20 * range)).toBe(true);
          expect(isWithin(value('baseline'), lowest - 10 * range, lowest + 2 * range)).toBe(true);
          expect(isWithin(value('reference_time'), first - duration / 2, first + duration)).toBe(true);
          expect(isWithin(value('rise_time'), 1e-3 * duration, duration)).toBe(true);
          expect(isWithin(value('fall_time'), 1e-2 * duration, 10 * duration)).toBe(true);
          expect(value('reduced_chi2') * (n - parameters)).toBeLessThanOrEqual(constant * (1 + 1e-6));
        }
        expect(isWithin(features.get('villar_fit_plateau_rel_amplitude')!, 0, 1)).toBe(true);
        expect(isWithin(features.get('villar_fit_plateau_duration')!, 1e-3 * duration, 2 * duration)).toBe(true);
      }),
      { seed: 20_260_801, numRuns: 300 },
    );
  });

  test('give the same answer whatever was fitted before', () => {
    const time = Array.from({ length: 60 }, (_, i) => 59_000 + 2 * i);
    const normal = seededNormal(3);
    const of = (n: number) => ({
      time: time.slice(0, n),
      mag: time.slice(0, n).map((t) => 31.4 - 2.5 * Math.log10(bazin(t, [1e5, 3e3, 59_020, 5, 30])) + 0.05 * normal()),
      magerr: new Array<number>(n).fill(0.05),
    });
    const short = of(12);
    const long = of(60);
    const before = featuresOf(short);
    featuresOf(long);
    expect([...featuresOf(short)]).toEqual([...before]);
  });

  test('of many points, for which starts are sought in means of neighbours, are as good as of few', () => {
    const features = (n: number): Map<string, number> => {
      const normal = seededNormal(11);
      const time = Array.from({ length: n }, (_, i) => 59_000 + (120 * i) / n);
      const mag = time.map((t) => 31.4 - 2.5 * Math.log10(bazin(t, [1e5, 3e4, 59_020, 3, 30])) + 0.02 * normal());
      return featuresOf({ time, mag, magerr: new Array<number>(n).fill(0.02) });
    };
    for (const n of [40, 200, 1000]) {
      expect(features(n).get('bazin_fit_reduced_chi2')).toBeLessThan(1.3);
      expect(features(n).get('bazin_fit_fall_time')! / 30).toBeCloseTo(1, 0);
    }
  });
});

describeWithSharedData("fits to the Bright Transient Survey's type Ia supernovae", async () => {
  const objects = await readLightCurveArchive(sharedPath('data/lightcurves/ztf_bts_snIa_antares.tar.gz'));
  const rows = readFileSync(join(import.meta.dirname, 'fixtures/package-fit-quality.csv'), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(2)
    .map((line) => line.split(','));
  const ratios = { bazin: [] as number[], villar: [] as number[] };
  for (const [name, band, points, bazinChi2, villarChi2] of rows) {
    const columns = objects.get(name!)!.get(band!)!;
    const features = featuresOf(columns);
    expect(new Set(columns.time).size, `${name} ${band}`).toBe(Number(points));
    ratios.bazin.push(features.get('bazin_fit_reduced_chi2')! / Number(bazinChi2));
    if (villarChi2 !== '') ratios.villar.push(features.get('villar_fit_reduced_chi2')! / Number(villarChi2));
  }
  const share = (values: readonly number[]): number => values.filter((ratio) => ratio <= 1.01).length / values.length;
  const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

  test("are, by Bazin's function, within 1 % of the package's chi-square or below it for 98 % of the bands", () => {
    expect(ratios.bazin.length).toBeGreaterThan(500);
    expect(share(ratios.bazin)).toBeGreaterThan(0.98);
    expect(median(ratios.bazin)).toBeLessThanOrEqual(1.0001);
  });

  test("are, by Villar's function, within 1 % of it or below it for 95 %, and half of it in the median", () => {
    expect(ratios.villar.length).toBeGreaterThan(350);
    expect(share(ratios.villar)).toBeGreaterThan(0.95);
    expect(median(ratios.villar)).toBeLessThan(0.6);
  });
});
