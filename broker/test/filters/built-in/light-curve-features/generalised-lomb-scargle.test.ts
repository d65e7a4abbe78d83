import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  falseAlarmProbability,
  generalisedLombScargle,
} from '../../../../src/filters/built-in/light-curve-features/generalised-lomb-scargle.ts';
import { describeWithSharedData, sharedPath } from '../../../shared-data.ts';
import { type Columns, readJsonLines, readLightCurveArchive } from './light-curves.ts';

interface VectorCurve {
  readonly name: string;
  readonly bands: Readonly<
    Record<
      string,
      Columns & {
        readonly lomb_scargle: {
          readonly frequency_per_day: readonly number[];
          readonly power_standard_with_errors_fit_mean: readonly number[];
          readonly power_standard_no_errors_fit_mean: readonly number[];
          readonly power_psd_with_errors_fit_mean: readonly number[];
          readonly search: {
            readonly f_min: number;
            readonly f_max: number;
            readonly n: number;
            readonly best_frequency: number;
            readonly best_power_standard: number;
            readonly fap_baluev: number;
          };
        } | null;
      }
    >
  >;
}

function indexOfHighest(power: Float64Array): number {
  return power.reduce((best, value, k) => (value > power[best]! ? k : best), 0);
}

describeWithSharedData('the generalised periodogram', () => {
  const curves = readJsonLines<VectorCurve>(sharedPath('vectors/lightcurves.jsonl'));
  const bands = curves.flatMap(({ name, bands }) =>
    Object.entries(bands).flatMap(([band, { time, mag, magerr, lomb_scargle }]) =>
      lomb_scargle === null ? [] : [{ name: `${name} ${band}`, time, mag, magerr, expected: lomb_scargle }],
    ),
  );

  test.each(bands)('has the powers of the reference: $name', ({ time, mag, magerr, expected }) => {
    const n = time.length;
    const mean =
      mag.reduce((sum, m, i) => sum + m / magerr[i]! ** 2, 0) / magerr.reduce((sum, e) => sum + 1 / e ** 2, 0);
    const chi2 = mag.reduce((sum, m, i) => sum + ((m - mean) / magerr[i]!) ** 2, 0);
    for (const [k, frequency] of expected.frequency_per_day.entries()) {
      const at = { first: frequency, step: 0, count: 1 };
      const weighted = generalisedLombScargle(time, mag, magerr, n, at)[0]!;
      const plain = generalisedLombScargle(time, mag, new Float64Array(n).fill(1), n, at)[0]!;
      expect(weighted).toBeCloseTo(expected.power_standard_with_errors_fit_mean[k]!, 9);
      expect(plain).toBeCloseTo(expected.power_standard_no_errors_fit_mean[k]!, 9);
      expect((0.5 * chi2 * weighted) / expected.power_psd_with_errors_fit_mean[k]!).toBeCloseTo(1, 7);
    }
  });

  test.each(bands)(
    'has its peak where the reference has it, as improbable: $name',
    ({ time, mag, magerr, expected }) => {
      const { f_min, f_max, n: count, best_frequency, best_power_standard, fap_baluev } = expected.search;
      const step = (f_max - f_min) / (count - 1);
      const power = generalisedLombScargle(time, mag, magerr, time.length, { first: f_min, step, count });
      const best = indexOfHighest(power);
      expect(best).toBe(Math.round((best_frequency - f_min) / step));
      // The reference's search interpolates its sums: half a per cent, where its powers above are exact.
      expect(power[best]! / best_power_standard).toBeCloseTo(1, 1.9);
      const probability = falseAlarmProbability(best_power_standard, f_max, time, magerr, time.length);
      // Its probability belongs to a band narrower or wider than its grid by one part in 100 n.
      expect(Math.abs(probability / fap_baluev - 1)).toBeLessThanOrEqual(0.0101 / time.length + 1e-6);
    },
  );
});

describeWithSharedData('RR Lyrae stars of Stripe 82', async () => {
  const stars = await readLightCurveArchive(sharedPath('data/lightcurves/s82_rrlyrae.tar.gz'));
  const periods = readFileSync(sharedPath('data/lightcurves/s82_rrlyrae_periods.csv'), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','))
    .map(([id, , period]) => ({ id: id!, period: Number(period) }));

  test('give their published periods to 1e-4 from one band in three of four cases, an alias of it in most others', () => {
    let exact = 0;
    let aliased = 0;
    const sample = periods.filter((_, i) => i % 6 === 0);
    for (const { id, period } of sample) {
      const { time, mag, magerr } = stars.get(id)!.get('g')!;
      const isSeen = (_: number, i: number): boolean => mag[i]! < 90 && magerr[i]! < 1;
      const times = time.filter(isSeen);
      const step = 1 / (8 * (times.at(-1)! - times[0]!));
      const range = { first: 1, step, count: Math.ceil(4 / step) };
      const power = generalisedLombScargle(times, mag.filter(isSeen), magerr.filter(isSeen), times.length, range);
      const frequency = range.first + step * indexOfHighest(power);
      const truth = 1 / period;
      // One observation a night, mostly, at the same sidereal time: whole cycles a day, solar or sidereal, are not seen.
      const aliases = [-2, -1, 1, 2].map((cycles) => Math.abs(truth + cycles)).concat(2 * truth);
      if (Math.abs(frequency / truth - 1) < 1e-4) exact += 1;
      else if (aliases.some((alias) => Math.abs(frequency - alias) < 0.01)) aliased += 1;
    }
    expect(sample.length).toBe(65);
    expect(exact / sample.length).toBeGreaterThan(0.75);
    expect((exact + aliased) / sample.length).toBeGreaterThan(0.85);
  });
});
