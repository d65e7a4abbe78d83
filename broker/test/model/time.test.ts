import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isoDateOfMjd,
  isoTextOfMjdUtc,
  jdOfMjd,
  mjdOfDate,
  mjdOfJd,
  mjdOfUnixMs,
  mjdTaiOfUtc,
  mjdUtcOfTai,
  taiMinusUtc,
  unixMsOfMjd,
  yearOfMjd,
} from '../../src/model/time.ts';
import { describeWithSharedData } from '../shared-data.ts';
import { readVectors } from '../sky/vectors.ts';

describeWithSharedData('time scales against astropy', () => {
  it('converts TAI to UTC, both ways, and writes it as JD and as text', () => {
    for (const row of readVectors('vectors/time_scales.csv')) {
      const mjdTai = Number(row['mjd_tai']);
      const mjdUtc = Number(row['mjd_utc']);
      expect(Math.abs(mjdUtcOfTai(mjdTai) - mjdUtc)).toBeLessThan(2e-11);
      expect(Math.abs(mjdTaiOfUtc(mjdUtc) - mjdTai)).toBeLessThan(2e-11);
      expect(Math.abs(jdOfMjd(mjdUtcOfTai(mjdTai)) - Number(row['jd_utc']))).toBeLessThan(1e-9);
      expect(isoTextOfMjdUtc(mjdUtcOfTai(mjdTai))).toBe(`${row['iso_utc']!.replace(' ', 'T')}Z`);
    }
  });
});

describe('time', () => {
  it('knows the calendar', () => {
    expect(mjdOfDate(1858, 11, 17)).toBe(0);
    expect(mjdOfDate(2000, 1, 1)).toBe(51544);
    expect(mjdOfUnixMs(0)).toBe(40587);
    expect(unixMsOfMjd(40588.5)).toBe(129_600_000);
    expect(mjdOfJd(2451545)).toBe(51544.5);
    expect(jdOfMjd(51544.5)).toBe(2451545);
    expect(yearOfMjd(58848.99999)).toBe(2019);
    expect(yearOfMjd(58849)).toBe(2020);
    expect(yearOfMjd(Number.NaN)).toBeNaN();
    expect(isoDateOfMjd(58849.7)).toBe('2020-01-01');
  });

  it('has 10 s at the start of 1972, 37 s since 2017, and no whole seconds before', () => {
    expect(taiMinusUtc(mjdOfDate(1971, 12, 31))).toBeNaN();
    expect(taiMinusUtc(mjdOfDate(1972, 1, 1))).toBe(10);
    expect(taiMinusUtc(mjdOfDate(1999, 1, 1) - 1e-9)).toBe(31);
    expect(taiMinusUtc(mjdOfDate(1999, 1, 1))).toBe(32);
    expect(taiMinusUtc(mjdOfDate(2016, 12, 31))).toBe(36);
    expect(taiMinusUtc(mjdOfDate(2017, 1, 1))).toBe(37);
    expect(taiMinusUtc(mjdOfDate(2030, 1, 1))).toBe(37);
    expect(mjdUtcOfTai(mjdOfDate(1971, 6, 1))).toBeNaN();
    expect(mjdTaiOfUtc(Number.NaN)).toBeNaN();
  });

  it('gives the leap second of 2016 its own times', () => {
    const midnightTai = 57754 + 37 / 86400;
    expect(isoTextOfMjdUtc(mjdUtcOfTai(midnightTai))).toBe('2017-01-01T00:00:00.000Z');
    expect(isoTextOfMjdUtc(mjdUtcOfTai(midnightTai - 0.5 / 86400))).toBe('2016-12-31T23:59:60.500Z');
    expect(isoTextOfMjdUtc(mjdUtcOfTai(midnightTai - 1.5 / 86400))).toBe('2016-12-31T23:59:59.500Z');
  });

  it('rounds the text up into the next second, minute, day and year', () => {
    expect(isoTextOfMjdUtc(58849 - 0.0001 / 86400)).toBe('2020-01-01T00:00:00.000Z');
    expect(isoTextOfMjdUtc(58849 - 0.0001 / 86400, 6)).toBe('2019-12-31T23:59:59.999900Z');
    expect(isoTextOfMjdUtc(58849.5, 0)).toBe('2020-01-01T12:00:00Z');
    expect(isoTextOfMjdUtc(57754 - 0.0001 / 86401)).toBe('2017-01-01T00:00:00.000Z');
    expect(() => isoTextOfMjdUtc(Number.NaN)).toThrow(TypeError);
  });

  it('never goes back: UTC grows with TAI, and the way back leads where it began', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 41400, max: 62000, noNaN: true }),
        fc.double({ min: 1e-7, max: 2, noNaN: true }),
        (mjdTai, later) => {
          expect(mjdUtcOfTai(mjdTai + later)).toBeGreaterThan(mjdUtcOfTai(mjdTai));
          expect(Math.abs(mjdTaiOfUtc(mjdUtcOfTai(mjdTai)) - mjdTai)).toBeLessThan(3e-11);
        },
      ),
      { seed: 19720101, numRuns: 2000 },
    );
  });
});
