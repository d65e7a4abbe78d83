import { describe, expect, test } from 'vitest';
import { InM31 } from '../../../src/filters/built-in/in-m31.ts';
import { resultOf, tagsOf } from './run-filter.ts';

function at(ra: number, dec: number, surveyNumber = 1) {
  return { ra, dec, points: [{ mjd: 59_000, ra, dec, surveyNumber }] };
}

describe('in_m31', () => {
  test.each([
    ['its centre', 10.684708, 41.26875, true],
    ['M32, its satellite', 10.674287, 40.865278, true],
    ['NGC 206, in its disc', 10.128333, 40.736667, true],
    ['M110, its other satellite', 10.092083, 41.685278, true],
    ['1.99 degrees north', 10.6847083, 43.25875, true],
    ['2.01 degrees north', 10.6847083, 43.27875, false],
    ['1.99 degrees east', 13.3326, 41.26875, true],
    ['2.02 degrees east', 13.3726, 41.26875, false],
    ['M33', 23.462, 30.66, false],
    ['the north pole', 0, 90, false],
    ['the antipode', 190.6847083, -41.26875, false],
  ])('%s (%d, %d): in M31 is %s', async (_name, ra, dec, isIn) => {
    for (const survey of [1, 4]) {
      expect(await tagsOf(new InM31(), at(ra, dec, survey))).toEqual(isIn ? ['in_m31'] : []);
    }
  });

  test('the newest alert is asked, not the mean position', async () => {
    const points = [{ mjd: 59_000, ra: 10.68, dec: 41.27 }];
    expect(await tagsOf(new InM31(), { ra: 200, dec: 0, points })).toEqual(['in_m31']);
  });

  test('an upper limit has no position', async () => {
    expect((await resultOf(new InM31(), at(10.68, 41.27, 2))).skipReason).toBe('survey');
  });
});
