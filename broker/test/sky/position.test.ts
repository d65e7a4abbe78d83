import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cosDegrees, sinDegrees } from '../../src/sky/angles.ts';
import { isPosition, normalizeRa, positionOfVector, toPosition, toUnitVector } from '../../src/sky/position.ts';
import { separationArcsec } from '../../src/sky/separation.ts';

describe('normalizeRa', () => {
  it('brings any angle to [0, 360), and −0 and 360 to 0', () => {
    for (const [given, normal] of [
      [0, 0],
      [-0, 0],
      [360, 0],
      [-360, 0],
      [720.5, 0.5],
      [-10, 350],
      [359.9999999999999, 359.9999999999999],
      [-1e-20, 0],
    ] as const) {
      expect(Object.is(normalizeRa(given), normal), String(given)).toBe(true);
    }
    expect(normalizeRa(Number.NaN)).toBeNaN();
  });

  it('leaves what is in range untouched', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 359.9999999999999, noNaN: true }), (ra) => {
        expect(normalizeRa(ra)).toBe(ra + 0);
      }),
      { seed: 360, numRuns: 1000 },
    );
  });
});

describe('toPosition', () => {
  it('accepts the poles and any finite ra', () => {
    expect(toPosition(-10, -90)).toEqual({ ra: 350, dec: -90 });
    expect(toPosition(400, 90)).toEqual({ ra: 40, dec: 90 });
  });

  it('refuses what is not on the sky, with what came', () => {
    for (const [ra, dec] of [
      [Number.NaN, 0],
      [0, Number.NaN],
      [Number.POSITIVE_INFINITY, 0],
      [0, 90.0000001],
      [0, -91],
    ] as const) {
      expect(isPosition(ra, dec)).toBe(false);
      expect(() => toPosition(ra, dec)).toThrow(
        expect.objectContaining({ code: 'SKY_POSITION_OUT_OF_RANGE', message: expect.stringContaining(String(dec)) }),
      );
    }
  });
});

describe('unit vectors', () => {
  it('are exact along the axes', () => {
    expect(toUnitVector(0, 0)).toEqual({ x: 1, y: 0, z: 0 });
    expect(toUnitVector(90, 0)).toEqual({ x: 0, y: 1, z: 0 });
    for (const ra of [180, 270, 360]) {
      const { x, y, z } = toUnitVector(ra, 0);
      expect([x, y, z].map(Math.abs).sort()).toEqual([0, 0, 1]);
    }
    expect(Math.abs(toUnitVector(123.456, 90).x)).toBe(0);
    expect(toUnitVector(123.456, -90).z).toBe(-1);
  });

  it('have length 1 and lead back to their position', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 360, noNaN: true }),
        fc.double({ min: -90, max: 90, noNaN: true }),
        (ra, dec) => {
          const { x, y, z } = toUnitVector(ra, dec);
          expect(Math.abs(x * x + y * y + z * z - 1)).toBeLessThan(7e-16);
          const again = positionOfVector(x, y, z);
          expect(separationArcsec(ra, dec, again.ra, again.dec)).toBeLessThan(2e-10);
          expect(again.ra >= 0 && again.ra < 360).toBe(true);
        },
      ),
      { seed: 1, numRuns: 2000 },
    );
  });

  it('have no ra at the poles, where they answer 0', () => {
    expect(positionOfVector(0, 0, 1)).toEqual({ ra: 0, dec: 90 });
    expect(positionOfVector(-0, 0, -2)).toEqual({ ra: 0, dec: -90 });
  });
});

describe('sines and cosines of degrees', () => {
  it('are exact at the multiples of 90, also beyond a turn', () => {
    for (let quarter = -8; quarter <= 8; quarter += 1) {
      expect(sinDegrees(90 * quarter) + 0).toBe([0, 1, 0, -1][((quarter % 4) + 4) % 4]);
      expect(cosDegrees(90 * quarter) + 0).toBe([1, 0, -1, 0][((quarter % 4) + 4) % 4]);
    }
  });

  it('agree with those of radians', () => {
    fc.assert(
      fc.property(fc.double({ min: -720, max: 720, noNaN: true }), (degrees) => {
        expect(Math.abs(sinDegrees(degrees) - Math.sin((degrees * Math.PI) / 180))).toBeLessThan(3e-15);
        expect(Math.abs(cosDegrees(degrees) - Math.cos((degrees * Math.PI) / 180))).toBeLessThan(3e-15);
      }),
      { seed: 90, numRuns: 1000 },
    );
  });
});
