import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { toAlertId } from '../../src/model/ids.ts';
import { LIGHT_CURVE_COLUMNS, type LightCurve, type LightCurvePoint } from '../../src/model/light-curve.ts';
import { correctedMagnitudes, isCorrected } from '../../src/surveys/corrected-magnitudes.ts';
import { correctedPhotometry } from '../../src/surveys/ztf/reference-photometry.ts';
import { referenceImage } from '../../src/surveys/ztf/ztf-mapping.ts';
import { describeWithSharedData, sharedPath } from '../shared-data.ts';

function csv(path: string): Record<string, string>[] {
  const [header, ...lines] = readFileSync(sharedPath(path), 'utf8').trim().split('\n');
  const names = header!.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [names[i]!, cell])));
}

function number(cell: string): number {
  return cell === '' ? Number.NaN : Number(cell);
}

/** A light curve of points given by what is not undefined in them. */
function curve(points: readonly (Partial<LightCurvePoint> & { readonly mjd: number })[]): LightCurve {
  const columns = Object.fromEntries(
    LIGHT_CURVE_COLUMNS.map((name) => [
      name,
      Float64Array.from(
        points,
        (point) => point[name] ?? (name === 'sign' || name === 'referenceImage' ? 0 : Number.NaN),
      ),
    ]),
  ) as unknown as Record<(typeof LIGHT_CURVE_COLUMNS)[number], Float64Array>;
  const kinds = ['candidate', 'history', 'upper_limit', 'forced'];
  return {
    ...columns,
    length: points.length,
    alertId: points.map((_, i) => toAlertId(`ztf_candidate:${i}`)),
    kind: Uint8Array.from(points, ({ kind }) => kinds.indexOf(kind ?? 'candidate')),
    surveyNumber: Uint8Array.from(points, ({ surveyNumber }) => surveyNumber ?? 1),
    passband: points.map(({ passband }) => passband ?? 'g'),
    order: Uint32Array.from(points.keys()),
  };
}

const image = referenceImage(500, 3, 1);
const star = { referenceImage: image, starDistance: 0.3, referenceDistance: 0.2, starScore: 0.9 };
const detection = { ...star, referenceMag: 17.5, referenceMagErr: 0.02, sign: 1, magErr: 0.05, magLimit: 20.4 };
const limit = { mjd: 1, kind: 'upper_limit', surveyNumber: 2, referenceImage: image, magLimit: 20.5 } as const;

describe('a light curve', () => {
  test('of a variable star is corrected as the devkit does it', () => {
    const corrected = correctedMagnitudes(
      curve([
        limit,
        { ...detection, mjd: 2, mag: 18.1 },
        { ...detection, mjd: 3, mag: 18.2 },
        { ...detection, mjd: 4, mag: 18.3 },
      ]),
    );
    const near = (found: Float64Array, expected: readonly number[]): void =>
      expected.forEach((value, i) => {
        if (Number.isNaN(value)) expect(found[i]).toBeNaN();
        else expect(Math.abs(found[i]! - value)).toBeLessThan(1e-13);
      });
    expect(corrected.isCorrected).toBe(true);
    near(corrected.magCorrected, [Number.NaN, 17.006495373450075, 17.04196247969495, 17.07535114877402]);
    near(corrected.magErrCorrected, [Number.NaN, 0.022241643796695753, 0.021637676048182144, 0.02109277369613675]);
    near(
      corrected.magUpperLimitCorrected,
      [17.433569061009745, 17.42736978925224, 17.42736978925224, 17.42736978925224],
    );
    near(
      corrected.magLowerLimitCorrected,
      [17.570761959457798, 17.577839347162595, 17.577839347162595, 17.577839347162595],
    );
  });

  const nothing = (points: Parameters<typeof curve>[0]): void => {
    const corrected = correctedMagnitudes(curve(points));
    expect(corrected.isCorrected).toBe(false);
    expect(isCorrected(curve(points))).toBe(false);
    for (const column of [
      corrected.magCorrected,
      corrected.magErrCorrected,
      corrected.magUpperLimitCorrected,
      corrected.magLowerLimitCorrected,
    ]) {
      expect(column.every(Number.isNaN)).toBe(true);
    }
  };

  test.each([
    ['beside a star of the catalogue', { starDistance: 1.2 }],
    ['with the nearest reference source elsewhere', { referenceDistance: 1 }],
    ['of a galaxy', { starScore: 0.4 }],
  ])('%s is not corrected', (_title, change) => {
    nothing([2, 3, 4].map((mjd) => ({ ...detection, mag: 18, mjd, ...change })));
  });

  test('whose medians say so is a star, whatever single rows say', () => {
    const points = [0.2, 0.5, 0.9, 7].map((starDistance, i) => ({ ...detection, mjd: i, mag: 18, starDistance }));
    expect(isCorrected(curve(points.slice(0, 3)))).toBe(true);
    // Median of four: (0.5 + 0.9) / 2.
    expect(isCorrected(curve(points))).toBe(true);
    // Median (0.9 + 7) / 2.
    expect(isCorrected(curve(points.slice(2)))).toBe(false);
    // Median (0.9 + 1.05) / 2 is below 1, median (0.9 + 1.1) / 2 is not.
    expect(isCorrected(curve([points[2]!, { ...points[2]!, starDistance: 1.05 }]))).toBe(true);
    expect(isCorrected(curve([points[2]!, { ...points[2]!, starDistance: 1.1 }]))).toBe(false);
  });

  test('in which one detection takes away more light than there is, is not corrected at all', () => {
    nothing([
      { ...detection, mjd: 2, mag: 18.1 },
      { ...detection, mjd: 3, mag: 17.4, sign: -1 },
    ]);
  });

  test.each([
    'referenceMag',
    'referenceMagErr',
    'magErr',
    'magLimit',
    'sign',
    'starScore',
    'starDistance',
    'referenceDistance',
    'referenceImage',
  ] as const)('without any %s is not corrected', (column) => {
    nothing(
      [2, 3].map((mjd) => ({
        ...detection,
        mag: 18,
        mjd,
        [column]: column === 'sign' || column === 'referenceImage' ? 0 : Number.NaN,
      })),
    );
  });

  test('fills a missing reference from the same field, detector and filter, and limits from the filter', () => {
    const otherField = referenceImage(501, 3, 1);
    const corrected = correctedMagnitudes(
      curve([
        { ...detection, mjd: 1, mag: 18, referenceMag: 17 },
        { ...detection, mjd: 2, mag: 18, referenceMag: 17.2 },
        { ...detection, mjd: 3, mag: 18, referenceMag: Number.NaN, referenceMagErr: Number.NaN },
        { ...detection, mjd: 4, mag: 18, referenceMag: 16, referenceImage: otherField },
        { ...limit, mjd: 5, referenceImage: referenceImage(502, 3, 1) },
        { ...limit, mjd: 6, passband: 'R', referenceImage: referenceImage(500, 3, 2) },
      ]),
    );
    const at = (referenceMag: number, magLimit: number) =>
      correctedPhotometry({ referenceMag, referenceMagErr: 0.02, mag: 18, magErr: 0.05, sign: 1, magLimit });
    expect(corrected.magCorrected[2]).toBe(at(17.1, 20.4).mag);
    expect(corrected.magErrCorrected[2]).toBe(at(17.1, 20.4).magErr);
    // Of the filter's references 17, 17.2, 17.1 and 16.
    expect(corrected.magUpperLimitCorrected[4]).toBe(at((17 + 17.1) / 2, 20.5).brightLimit);
    expect(corrected.magUpperLimitCorrected[5]).toBeNaN();
  });

  test('of LSST is corrected source by source; forced photometry never is', () => {
    const corrected = correctedMagnitudes(
      curve([
        { mjd: 1, surveyNumber: 4, magCorrected: 21, magErrCorrected: 0.1 },
        { mjd: 2, surveyNumber: 4, kind: 'forced', magCorrected: 22, magErrCorrected: 0.1 },
        { ...detection, mjd: 3, kind: 'forced', mag: 18 },
      ]),
    );
    expect([...corrected.magCorrected]).toEqual([21, Number.NaN, Number.NaN]);
    expect(corrected.isCorrected).toBe(false);
  });

  test('of nothing is not corrected', () => {
    nothing([]);
    nothing([limit]);
  });
});

describeWithSharedData('one row', () => {
  const check = (found: number, expected: number, tolerance: number, what: string): void => {
    if (Number.isNaN(expected)) expect(found, what).toBeNaN();
    else expect(Math.abs(found - expected) / Math.max(1, Math.abs(expected)), what).toBeLessThan(tolerance);
  };

  test('is corrected as ANTARES corrects it, edge cases included', () => {
    const rows = csv('vectors/ztf_corrections.csv');
    expect(rows.length).toBeGreaterThan(60);
    for (const row of rows) {
      const known = (name: string): number => (number(row[name]!) <= -999 ? Number.NaN : number(row[name]!));
      const found = correctedPhotometry({
        referenceMag: known('magnr'),
        referenceMagErr: known('sigmagnr'),
        mag: known('magpsf'),
        magErr: known('sigmapsf'),
        sign: row['isdiffpos'] === 't' || row['isdiffpos'] === '1' ? 1 : -1,
        magLimit: known('diffmaglim'),
      });
      const what = `${row['objectId']} ${row['candid']}`;
      check(found.mag, number(row['antares_mag_corrected']!), 1e-12, what);
      check(found.magErr, number(row['antares_magerr_corrected']!), 1e-12, what);
      check(found.brightLimit, number(row['antares_magulim_corrected']!), 1e-12, what);
      check(found.faintLimit, number(row['antares_magllim_corrected']!), 1e-12, what);
    }
  });

  test('is corrected as production published it, upper limits with the typical reference of their filter included', () => {
    for (const row of csv('vectors/antares_production_ztf.csv')) {
      const found = correctedPhotometry({
        referenceMag: number(row['ref_magnr']!),
        referenceMagErr: number(row['ref_sigmagnr']!),
        mag: number(row['ant_mag']!),
        magErr: number(row['ant_magerr']!),
        sign: row['isdiffpos'] === 'f' ? -1 : 1,
        magLimit: number(row['ant_maglim']!),
      });
      const what = row['alert_id']!;
      // Some rows were made with another single-precision 14.31: good to 1.1e-6 mag.
      check(found.mag, number(row['ant_mag_corrected']!), 1.1e-6, what);
      check(found.magErr, number(row['ant_magerr_corrected']!), 1.1e-6, what);
      check(found.brightLimit, number(row['ant_magulim_corrected']!), 1.1e-6, what);
      check(found.faintLimit, number(row['ant_magllim_corrected']!), 1.1e-6, what);
    }
  });
});
