import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toUnitVector } from '../../src/sky/position.ts';
import {
  arcsecOfSquaredChord,
  isWithin,
  positionAngleDegrees,
  separationArcsec,
  squaredChordOfRadius,
  vectorSeparationArcsec,
} from '../../src/sky/separation.ts';
import { describeWithSharedData } from '../shared-data.ts';
import { readVectors } from './vectors.ts';

describeWithSharedData('separations against 40-digit arithmetic', () => {
  it('are good to 1e-13 of themselves or a picoarcsecond, from micro-arcseconds to antipodes', () => {
    for (const row of readVectors('vectors/sky_separations.csv')) {
      const [ra1, dec1, ra2, dec2] = numbers(row);
      const exact = Number(row['separation_arcsec']);
      const title = `${row['kind']} ${ra1},${dec1} ${ra2},${dec2}`;
      expect(Math.abs(separationArcsec(ra1, dec1, ra2, dec2) - exact), title).toBeLessThanOrEqual(
        1e-13 * exact + 1e-12,
      );
      const a = toUnitVector(ra1, dec1);
      const b = toUnitVector(ra2, dec2);
      expect(Math.abs(vectorSeparationArcsec(a.x, a.y, a.z, b.x, b.y, b.z) - exact), title).toBeLessThanOrEqual(
        1e-13 * exact + 2e-10,
      );
      expect(isWithin(a.x, a.y, a.z, b.x, b.y, b.z, 1), title).toBe(exact <= 1 + 1e-9);
    }
  });

  it('have the position angle of astropy, to its own rounding', () => {
    for (const row of readVectors('vectors/sky_separations.csv')) {
      const [ra1, dec1, ra2, dec2] = numbers(row);
      const separation = Number(row['separation_arcsec']);
      if (separation < 1e-9) continue; // coinciding: any angle is right
      const ours = positionAngleDegrees(ra1, dec1, ra2, dec2);
      const difference = Math.abs(((ours - Number(row['position_angle_deg']) + 540) % 360) - 180);
      // The reference loses 4e-16 rad of a component of the size of the separation, or of its supplement.
      const lever = Math.min(separation, 648_000 - separation) * (Math.PI / 648_000);
      const atPole = Math.abs(dec1) === 90 && Math.abs(dec2) === 90;
      expect(difference, `${row['kind']} ${ra1},${dec1} ${ra2},${dec2}`).toBeLessThan(
        atPole ? 1e-6 : (6e-16 / lever) * (180 / Math.PI) + 1e-12,
      );
    }
  });
});

describe('separation', () => {
  it('keeps the digits of a nano-arcsecond, and works across RA 0', () => {
    const step = 2 ** -41; // degrees; 1.6e-9 arcsec, exact at RA 0.5
    expect(separationArcsec(0.5, 0, 0.5 + step, 0) / (step * 3600)).toBeCloseTo(1, 14);
    expect(separationArcsec(359.5, 0, 0.5, 0)).toBeCloseTo(3600, 9);
    expect(separationArcsec(0, 5, 360, 5)).toBe(0);
    expect(separationArcsec(12, 90, 200, 90)).toBe(0);
    expect(separationArcsec(12, 90, 77, -90)).toBe(648_000);
  });

  it('is symmetric, and the same by degrees as by vectors', () => {
    const ra = fc.double({ min: 0, max: 360, noNaN: true });
    const dec = fc.double({ min: -90, max: 90, noNaN: true });
    fc.assert(
      fc.property(ra, dec, ra, dec, (ra1, dec1, ra2, dec2) => {
        const there = separationArcsec(ra1, dec1, ra2, dec2);
        expect(Math.abs(there - separationArcsec(ra2, dec2, ra1, dec1))).toBeLessThan(1e-9);
        const a = toUnitVector(ra1, dec1);
        const b = toUnitVector(ra2, dec2);
        expect(Math.abs(there - vectorSeparationArcsec(a.x, a.y, a.z, b.x, b.y, b.z))).toBeLessThan(1e-9);
      }),
      { seed: 3, numRuns: 2000 },
    );
  });
});

describe('position angle', () => {
  it('runs from north through east', () => {
    expect(positionAngleDegrees(10, 20, 10, 21)).toBe(0);
    expect(positionAngleDegrees(10, 0, 11, 0)).toBe(90);
    expect(positionAngleDegrees(10, 20, 10, 19)).toBe(180);
    expect(positionAngleDegrees(359.5, 0, 0.5, 0)).toBe(90);
    expect(positionAngleDegrees(0.5, 0, 359.5, 0)).toBe(270);
  });

  it('is 0 for coinciding positions', () => {
    expect(positionAngleDegrees(10.5, -20.25, 10.5, -20.25)).toBe(0);
    expect(positionAngleDegrees(0, 5, 360, 5)).toBe(0);
  });

  it('starts from the meridian named at a pole', () => {
    expect(positionAngleDegrees(12, 90, 12, 0)).toBe(180);
    expect(positionAngleDegrees(12, 90, 192, 0)).toBeCloseTo(0, 12);
    expect(positionAngleDegrees(12, 90, 200, 90)).toBeCloseTo(356, 12);
    expect(positionAngleDegrees(12, 90, 77, -90)).toBeCloseTo(147.5, 12);
  });
});

describe('comparison with a radius', () => {
  it('is inclusive, to a nano-arcsecond', () => {
    const at = (ra1: number, dec1: number, ra2: number, dec2: number, radius: number): boolean => {
      const a = toUnitVector(ra1, dec1);
      const b = toUnitVector(ra2, dec2);
      return isWithin(a.x, a.y, a.z, b.x, b.y, b.z, radius);
    };
    expect(at(150, 2, 150, 2 + 1 / 3600, 1)).toBe(true);
    expect(at(150, -90 + 1 / 3600, 0, -90, 1)).toBe(true);
    expect(at(359.9999, 0, 359.9999 + 1 / 3600, 0, 1)).toBe(true);
    expect(at(150, 2, 150, 2 + 1.00000001 / 3600, 1)).toBe(false);
    expect(at(150, 2, 150, 2, 0)).toBe(true);
    expect(at(150, 2, 330, -2, 648_000)).toBe(true);
    expect(at(150, 2, 150, 2, Number.NaN)).toBe(false);
  });

  it('has chords that lead back to their angles', () => {
    for (const radius of [1e-3, 1, 3600, 300_000]) {
      expect(arcsecOfSquaredChord(squaredChordOfRadius(radius)) - radius).toBeCloseTo(1e-9, 9);
    }
    expect(arcsecOfSquaredChord(4.000000001)).toBe(648_000);
  });
});

function numbers(row: Record<string, string>): [number, number, number, number] {
  return [Number(row['ra1_deg']), Number(row['dec1_deg']), Number(row['ra2_deg']), Number(row['dec2_deg'])];
}
