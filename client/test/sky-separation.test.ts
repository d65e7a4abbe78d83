import { expect, it } from 'vitest';
import { separationArcsec } from '../src/sky-separation.ts';
import { describeWithRecordedAnswers, vectors } from './shared-data.ts';

it('the separation is right across RA 0, at the poles and at the antipode', () => {
  expect(separationArcsec({ ra: 359.9999, dec: 0 }, { ra: 0.0001, dec: 0 })).toBeCloseTo(0.72, 9);
  expect(separationArcsec({ ra: 10, dec: 89.9999 }, { ra: 190, dec: 89.9999 })).toBeCloseTo(0.72, 9);
  expect(separationArcsec({ ra: 10, dec: -90 }, { ra: 200, dec: -90 })).toBeCloseTo(0, 9);
  expect(separationArcsec({ ra: 10, dec: 20 }, { ra: 190, dec: -20 })).toBeCloseTo(648_000, 6);
});

describeWithRecordedAnswers('vectors of separations', () => {
  it('agree with ours to 1e-9 of the value, or a micro-arcsecond', () => {
    const rows = vectors('sky_separations.csv').slice(1);
    expect(rows.length).toBeGreaterThan(100);
    for (const row of rows) {
      const [ra1, dec1, ra2, dec2, expected] = row.split(',').slice(1, 6).map(Number);
      const ours = separationArcsec({ ra: ra1!, dec: dec1! }, { ra: ra2!, dec: dec2! });
      expect(Math.abs(ours - expected!), row).toBeLessThanOrEqual(Math.max(1e-6, 1e-9 * expected!));
    }
  });
});
