import { expect, it } from 'vitest';
import { LIGHT_CURVE_CSV_COLUMNS, lightCurveCsv } from '../../../src/api/loci/light-curve-csv.ts';
import { toAlertId } from '../../../src/model/ids.ts';
import type { LightCurvePoint } from '../../../src/model/light-curve.ts';
import { LightCurveBuilder } from '../../../src/model/light-curve-builder.ts';

const NONE = Number.NaN;

function point(id: string, more: Partial<LightCurvePoint>): LightCurvePoint {
  return {
    alertId: toAlertId(id),
    kind: 'candidate',
    surveyNumber: 1,
    passband: 'g',
    mjd: 60_401.25,
    ra: NONE,
    dec: NONE,
    mag: NONE,
    magErr: NONE,
    magLimit: NONE,
    flux: NONE,
    fluxErr: NONE,
    magCorrected: NONE,
    magErrCorrected: NONE,
    sign: 1,
    referenceMag: NONE,
    referenceMagErr: NONE,
    referenceDistance: NONE,
    starDistance: NONE,
    starScore: NONE,
    referenceImage: 0,
    ...more,
  };
}

function rowsOf(...points: LightCurvePoint[]): string[] {
  const curve = new LightCurveBuilder();
  for (const each of points) curve.append(each);
  return lightCurveCsv(curve).split('\n');
}

it('a curve without points is the header alone', () => {
  expect(rowsOf()).toEqual([LIGHT_CURVE_CSV_COLUMNS.join(','), '']);
  expect(LIGHT_CURVE_CSV_COLUMNS).toHaveLength(14);
});

it('rows ascend in time, whatever the order of arrival; an upper limit has a limit alone', () => {
  const [, first, second, end] = rowsOf(
    point('ztf_candidate:2', { mjd: 60_401.5, ra: 10.5, dec: -3.25, mag: 19.3, magErr: 0.08, magLimit: 20.6 }),
    point('ztf_upper_limit:ZTF1-7', { kind: 'upper_limit', surveyNumber: 2, magLimit: 20.1 }),
  );
  expect(first).toBe('2024-04-01 06:00:00.000000,ztf_upper_limit:ZTF1-7,60401.25,2,,,g,,,20.1,,,,');
  expect(second).toBe('2024-04-01 12:00:00.000000,ztf_candidate:2,60401.5,1,10.5,-3.25,g,19.3,0.08,20.6,,,,');
  expect(end).toBe('');
});

it("LSST's time is TAI in ant_mjd and UTC in time, its corrected magnitudes come point by point", () => {
  const [, row] = rowsOf(
    point('lsst:170055002004914266', {
      surveyNumber: 4,
      passband: 'r',
      ra: 1,
      dec: 2,
      mag: 21,
      magErr: 0.1,
      magCorrected: 20.5,
      magErrCorrected: 0.05,
    }),
  );
  expect(row).toBe('2024-04-01 05:59:23.000000,lsst:170055002004914266,60401.25,4,1,2,r,21,0.1,,20.5,0.05,,');
});

it('forced photometry is of no alert, and has no row', () => {
  expect(rowsOf(point('lsst:forced-1', { kind: 'forced', surveyNumber: 4 }))).toHaveLength(2);
});
