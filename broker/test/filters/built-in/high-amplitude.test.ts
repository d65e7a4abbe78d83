import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { weightedDeviation } from '../../../src/filters/built-in/amplitude.ts';
import { HighAmplitudeTransient } from '../../../src/filters/built-in/high-amplitude-transient.ts';
import { HighAmplitudeVariable } from '../../../src/filters/built-in/high-amplitude-variable.ts';
import { type HandMadeLocus, type HandMadePoint, makeLocusInFlight } from '../../../src/filters/hand-made-locus.ts';
import type { PropertyValue } from '../../../src/model/property.ts';
import { isCorrected } from '../../../src/surveys/corrected-magnitudes.ts';
import { prepare } from './run-filter.ts';

/** Tags of both filters. */
async function tagsOf(made: HandMadeLocus): Promise<readonly string[]> {
  const run = await prepare([new HighAmplitudeVariable(), new HighAmplitudeTransient()]);
  const locus = makeLocusInFlight(made);
  // As the pipeline does before any filter runs.
  if (!locus.properties.has('is_corrected'))
    locus.properties.set('is_corrected', String(isCorrected(locus.lightCurve)));
  return run(locus).flatMap(({ tagsSet }) => tagsSet);
}

const VARIABLE = ['high_amplitude_variable_star_candidate'];
const TRANSIENT = ['high_amplitude_transient_candidate'];
const NEITHER: readonly string[] = [];

/** Points of one band, a day apart; the last is the new alert. */
function curve(mags: readonly number[], more: Partial<HandMadePoint> = {}): HandMadePoint[] {
  return mags.map((mag, i) => ({ mjd: 59_000 + i, passband: 'g', mag, magErr: 0.05, ...more }));
}

const ON_STAR = {
  referenceMag: 18,
  referenceMagErr: 0.02,
  referenceDistance: 0.2,
  starDistance: 0.3,
  starScore: 0.98,
  magLimit: 20.5,
  referenceImage: 500_103,
};
const ON_GALAXY = { ...ON_STAR, starScore: 0.02 };
/** Nothing within 30 arcsec in Pan-STARRS, and no reference source. */
const ON_NOTHING = { ztf_distpsnr1: -999, ztf_sgscore1: -999 };

function lsst(
  points: readonly HandMadePoint[],
  catalogs: readonly string[],
  alert: Record<string, PropertyValue> = {},
) {
  return {
    points: points.map((point) => ({ ...point, surveyNumber: 4, passband: 'i' })),
    catalogMatches: catalogs.map((list) => ({ list })),
    alertProperties: alert,
  };
}

describe('high amplitude in ZTF', () => {
  test('a star that doubles and trebles its light is a variable with a high amplitude', async () => {
    // Differences as bright as the star, four times as bright, and so on: 17.25, 16.0, 17.25, 16.0 in all.
    expect(await tagsOf({ points: curve([18, 16.2, 18, 16.2], ON_STAR) })).toEqual(VARIABLE);
  });

  test('a star whose faint ripple varies by magnitudes hardly varies itself', async () => {
    // The differences span 3 mag, the star with them 0.1 mag.
    expect(await tagsOf({ points: curve([20.5, 22, 23.5, 20.5], ON_STAR) })).toEqual(NEITHER);
  });

  test('a star that dims counts by what is left of it', async () => {
    const star = { ...ON_STAR, referenceMagErr: 0.002 };
    // A little brighter than its reference, then left with a sixth of its light; both good to 0.02 mag.
    const before = curve([20, 20], { ...star, magErr: 0.15 });
    const eclipsed = curve([18.2], { ...star, magErr: 0.005, sign: -1, mjd: 59_009 });
    expect(await tagsOf({ points: [...before, ...eclipsed] })).toEqual(VARIABLE);
  });

  test('a star that would lose more light than it has is not corrected, and left alone', async () => {
    const impossible = curve([17.5], { ...ON_STAR, sign: -1, mjd: 58_999 });
    expect(await tagsOf({ points: [...impossible, ...curve([18, 16.2, 18, 16.2], ON_STAR)] })).toEqual(NEITHER);
  });

  test('where the pipeline says that a locus is not corrected, it is taken at its word', async () => {
    const points = curve([18, 16.2, 18, 16.2], ON_STAR);
    expect(await tagsOf({ points, properties: { is_corrected: 'false' } })).toEqual(NEITHER);
    expect(await tagsOf({ points, properties: { is_corrected: 'true' } })).toEqual(VARIABLE);
  });

  test('a row without reference magnitude is left out', async () => {
    const [first, ...others] = curve([18, 16.2, 18, 16.2], ON_STAR);
    const points = [{ ...first!, referenceMag: Number.NaN, referenceMagErr: Number.NaN }, ...others];
    expect(await tagsOf({ points })).toEqual(VARIABLE);
  });

  test('a source on a galaxy that brightens by 1.5 mag is a transient', async () => {
    expect(await tagsOf({ points: curve([20, 19, 18.5], ON_GALAXY) })).toEqual(TRANSIENT);
  });

  test('a source where nothing was is a transient too', async () => {
    expect(await tagsOf({ points: curve([20, 19, 18.5]), alertProperties: ON_NOTHING })).toEqual(TRANSIENT);
  });

  test('where nobody says what was there, nothing is said', async () => {
    expect(await tagsOf({ points: curve([20, 19, 18.5]) })).toEqual(NEITHER);
  });

  test('0.4 mag are not a high amplitude', async () => {
    expect(await tagsOf({ points: curve([19.4, 19, 19.4, 19], ON_GALAXY) })).toEqual(NEITHER);
  });

  test('a faint point with a large error does not make an amplitude', async () => {
    const faint = curve([20.8], { ...ON_GALAXY, magErr: 0.3, mjd: 58_990 });
    expect(await tagsOf({ points: [...faint, ...curve([19, 19.05, 19.02, 18.98], ON_GALAXY)] })).toEqual(NEITHER);
  });

  test('points of another passband do not count', async () => {
    const red = curve([17], { ...ON_GALAXY, passband: 'R', mjd: 58_990 });
    expect(await tagsOf({ points: [...red, ...curve([19], ON_GALAXY)] })).toEqual(NEITHER);
  });

  test('upper limits and forced photometry are no detections', async () => {
    const limit = { ...ON_GALAXY, mjd: 58_990, surveyNumber: 2, kind: 'upper_limit' } as const;
    const forced = { ...ON_GALAXY, mjd: 58_991, kind: 'forced' } as const;
    expect(
      await tagsOf({ points: [...curve([21], limit), ...curve([21], forced), ...curve([19], ON_GALAXY)] }),
    ).toEqual(NEITHER);
  });

  test('a detection known from history alone counts', async () => {
    const history = {
      ...ON_GALAXY,
      starDistance: Number.NaN,
      starScore: Number.NaN,
      mjd: 58_990,
      kind: 'history',
    } as const;
    expect(await tagsOf({ points: [...curve([20.5], history), ...curve([19], ON_GALAXY)] })).toEqual(TRANSIENT);
  });

  test('light missing from a galaxy is not compared with light added to it', async () => {
    const missing = { ...ON_GALAXY, sign: -1, mjd: 58_990 };
    expect(await tagsOf({ points: [...curve([20.5], missing), ...curve([19, 19.1], ON_GALAXY)] })).toEqual(NEITHER);
  });

  test('a point taken out of the light curve does not count', async () => {
    const run = await prepare([new HighAmplitudeTransient()]);
    const locus = makeLocusInFlight({ points: curve([21, 19, 19.1], ON_GALAXY) });
    expect(run(locus)[0]?.tagsSet).toEqual(TRANSIENT);
    locus.lightCurve.remove(0);
    expect(run(locus)[0]?.tagsSet).toEqual([]);
  });
});

describe('high amplitude in LSST', () => {
  const star = curve([21, 21, 21], { magErr: 0.05, magErrCorrected: 0.02 }).map((point, i) => ({
    ...point,
    magCorrected: [20, 18.5, 20][i]!,
  }));
  const transient = curve([23, 21.5, 21]);

  test('a catalogued star varies by the light of the whole source', async () => {
    expect(await tagsOf(lsst(star, ['vsx']))).toEqual(VARIABLE);
    expect(await tagsOf(lsst(curve([23, 21, 23], { magCorrected: 19, magErrCorrected: 0.02 }), ['vsx']))).toEqual(
      NEITHER,
    );
  });

  test('a source on a galaxy, or on an empty place of the template, is a transient', async () => {
    expect(await tagsOf(lsst(transient, ['sdss_gals']))).toEqual(TRANSIENT);
    const empty = { lsst_diaSource_templateFlux: 12.5, lsst_diaSource_templateFluxErr: 20 };
    expect(await tagsOf(lsst(transient, [], empty))).toEqual(TRANSIENT);
  });

  test('light in the template that no catalogue names may be a star: nothing is said', async () => {
    const something = { lsst_diaSource_templateFlux: 5000, lsst_diaSource_templateFluxErr: 20 };
    expect(await tagsOf(lsst(transient, [], something))).toEqual(NEITHER);
    expect(await tagsOf(lsst(transient, []))).toEqual(NEITHER);
  });
});

describe('the weighted deviation', () => {
  const rows = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

  test('equals the two-pass formula', () => {
    const point = fc.tuple(
      fc.double({ min: 10, max: 25, noNaN: true }),
      fc.double({ min: 0.001, max: 1, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.array(point, { minLength: 1, maxLength: 50 }), (points) => {
        const mag = Float64Array.from(points, ([m]) => m);
        const err = Float64Array.from(points, ([, e]) => e);
        const sum = (of: (i: number) => number): number => points.reduce((total, _, i) => total + of(i), 0);
        const weights = sum((i) => err[i]! ** -2);
        const mean = sum((i) => mag[i]! * err[i]! ** -2) / weights;
        const expected = Math.sqrt(sum((i) => (mag[i]! - mean) ** 2 * err[i]! ** -2) / weights);
        expect(weightedDeviation(rows(points.length), mag, err)).toBeCloseTo(expected, 7);
      }),
      { seed: 20_210_301 },
    );
  });

  test('a constant star has none, however bright', () => {
    expect(
      weightedDeviation(rows(1000), new Float64Array(1000).fill(17.123456), new Float64Array(1000).fill(0.01)),
    ).toBe(0);
  });

  test('undefined magnitudes, and errors of nought or none, are left out', () => {
    const mag = Float64Array.of(18, Number.NaN, 20, 21, 22);
    const err = Float64Array.of(0.1, 0.1, 0, Number.NaN, 0.1);
    expect(weightedDeviation(rows(5), mag, err)).toBeCloseTo(2, 12);
    expect(weightedDeviation([], mag, err)).toBe(0);
  });
});
