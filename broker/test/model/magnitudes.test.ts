import { describe, expect, it } from 'vitest';
import {
  AB_ZERO_POINT_JY,
  AB_ZERO_POINT_UJY,
  abMagnitude,
  abMagnitudeError,
  fluxErrorOfMagnitude,
  fluxOfMagnitude,
  limitingMagnitude,
} from '../../src/model/magnitudes.ts';
import { describeWithSharedData } from '../shared-data.ts';
import { readVectors } from '../sky/vectors.ts';

describeWithSharedData('AB magnitudes against published values', () => {
  it('equals every magnitude and error, and leaves negative and zero flux without', () => {
    for (const row of readVectors('vectors/flux_mag.csv')) {
      const flux = Number(row['flux_nJy']);
      const error = Number(row['flux_err_nJy']);
      if (row['mag_ab'] === '') {
        expect(abMagnitude(flux)).toBeNaN();
        expect(abMagnitudeError(flux, error)).toBeNaN();
      } else {
        expect(Math.abs(abMagnitude(flux) - Number(row['mag_ab']))).toBeLessThan(2e-14);
        expect(Math.abs(abMagnitudeError(flux, error) / Number(row['mag_err']) - 1)).toBeLessThan(1e-14);
        expect(Math.abs(fluxOfMagnitude(Number(row['mag_ab'])) / flux - 1)).toBeLessThan(1e-13);
        expect(Math.abs(fluxErrorOfMagnitude(Number(row['mag_ab']), Number(row['mag_err'])) / error - 1)).toBeLessThan(
          1e-13,
        );
      }
    }
  });
});

describe('AB magnitudes', () => {
  it('agrees across units', () => {
    expect(abMagnitude(2.5, AB_ZERO_POINT_UJY)).toBeCloseTo(abMagnitude(2500), 13);
    expect(abMagnitude(2.5, AB_ZERO_POINT_JY)).toBeCloseTo(abMagnitude(2.5e9), 13);
    expect(fluxOfMagnitude(23.9, AB_ZERO_POINT_UJY)).toBe(1);
  });

  it('has no magnitude for an undefined flux, and no limit without an error', () => {
    expect(abMagnitude(Number.NaN)).toBeNaN();
    expect(abMagnitudeError(Number.NaN, 1)).toBeNaN();
    expect(limitingMagnitude(0)).toBeNaN();
    expect(limitingMagnitude(Number.NaN)).toBeNaN();
  });

  it('limits at five times the error', () => {
    expect(limitingMagnitude(20)).toBeCloseTo(26.4, 13);
    expect(limitingMagnitude(100, 1)).toBeCloseTo(26.4, 13);
  });
});
