import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DirectionSum, meanDirection } from '../../src/sky/mean-direction.ts';
import { separationArcsec } from '../../src/sky/separation.ts';

describe('meanDirection', () => {
  it('is right across RA 0 and at the poles', () => {
    const across = meanDirection([359.9999, 0.0001], [10, 10], 2)!;
    expect(separationArcsec(across.ra, across.dec, 0, 10)).toBeLessThan(1e-6);
    expect(meanDirection([0, 90, 180, 270], [89, 89, 89, 89], 4)!.dec).toBe(90);
  });

  it('gives one position, or copies of it, back unchanged', () => {
    const ra = 328.88586938116936;
    const dec = 15.107667956661077;
    expect(meanDirection([ra], [dec], 1)).toEqual({ ra, dec });
    expect(meanDirection([ra, ra, ra], [dec, dec, dec], 3)).toEqual({ ra, dec });
    expect(meanDirection([360], [dec], 1)).toEqual({ ra: 0, dec });
  });

  it('takes only as many as it is told, as columns may be longer', () => {
    expect(meanDirection([10, 10, 200], [1, 3, 0], 2)!.dec).toBeCloseTo(2, 12);
  });

  it('is undefined where there is none', () => {
    expect(meanDirection([], [], 0)).toBeUndefined();
    expect(meanDirection([0, 0], [90, -90], 2)).toBeUndefined();
    expect(meanDirection([10, 190], [20, -20], 2)).toBeUndefined();
    expect(new DirectionSum().mean()).toBeUndefined();
  });

  it('does not depend on the order of detections', () => {
    const point = fc.tuple(
      fc.double({ min: 119.9999, max: 120.0001, noNaN: true }),
      fc.double({ min: -30.0001, max: -29.9999, noNaN: true }),
    );
    let same = 0;
    let all = 0;
    fc.assert(
      fc.property(fc.array(point, { minLength: 2, maxLength: 200 }), (points) => {
        const mean = (list: readonly (readonly [number, number])[]) =>
          meanDirection(
            list.map(([ra]) => ra),
            list.map(([, dec]) => dec),
            list.length,
          )!;
        const there = mean(points);
        const back = mean([...points].reverse());
        expect(separationArcsec(there.ra, there.dec, back.ra, back.dec)).toBeLessThan(2e-10);
        all += 1;
        if (there.ra === back.ra && there.dec === back.dec) same += 1;
      }),
      { seed: 200, numRuns: 500 },
    );
    expect(same / all).toBeGreaterThan(0.99);
  });

  it('grows one by one to the same', () => {
    const sum = new DirectionSum();
    sum.add(10, 20);
    sum.add(11, 21);
    expect(sum.count).toBe(2);
    expect(sum.mean()).toEqual(meanDirection([10, 11], [20, 21], 2));
  });
});
