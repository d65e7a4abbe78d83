import { describe, expect, it } from 'vitest';
import { coneContains, coneTester, toCone } from '../../src/sky/cone.ts';

describe('cones', () => {
  it('hold their centre and their rim, across RA 0 and over the pole', () => {
    expect(coneContains(toCone(0, 0, 3.6), 359.999, 0)).toBe(true);
    expect(coneContains(toCone(0, 0, 3.5), 359.999, 0)).toBe(false);
    expect(coneContains(toCone(10, 89.999, 7.2), 190, 89.999)).toBe(true);
    expect(coneContains(toCone(10, 20, 0), 370, 20)).toBe(true);
    expect(coneContains(toCone(10, 20, 648_000), 190, -20)).toBe(true);
  });

  it('test many positions with one', () => {
    const isInside = coneTester(toCone(180, 45, 3600));
    expect([44, 44.5, 45, 46, 46.1].map((dec) => isInside(180, dec))).toEqual([true, true, true, true, false]);
  });

  it('normalise their centre and refuse what is not a cone', () => {
    expect(toCone(-90, 0, 1)).toEqual({ ra: 270, dec: 0, radiusArcsec: 1 });
    expect(() => toCone(0, 95, 1)).toThrow(expect.objectContaining({ code: 'SKY_POSITION_OUT_OF_RANGE' }));
    for (const radius of [-1, 648_001, Number.NaN]) {
      expect(() => toCone(0, 0, radius)).toThrow(expect.objectContaining({ code: 'SKY_RADIUS_OUT_OF_RANGE' }));
    }
  });
});
