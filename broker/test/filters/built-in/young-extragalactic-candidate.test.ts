import { describe, expect, test } from 'vitest';
import { YoungExtragalacticCandidate } from '../../../src/filters/built-in/young-extragalactic-candidate.ts';
import type { HandMadeLocus, HandMadePoint } from '../../../src/filters/hand-made-locus.ts';
import type { PropertyValue } from '../../../src/model/property.ts';
import { fromGalactic } from '../../../src/sky/coordinates.ts';
import { resultOf, tagsOf } from './run-filter.ts';

const TAG = ['young_extragalactic_candidate'];
const GALAXY = {
  ztf_sgscore1: 0.01,
  ztf_distpsnr1: 0.5,
  ztf_sgscore2: 0.99,
  ztf_distpsnr2: 8,
  ztf_sgscore3: -999,
  ztf_distpsnr3: -999,
};

function ztf(
  alert: Record<string, PropertyValue> = {},
  earlier: readonly HandMadePoint[] = [],
  at = { ra: 180, dec: 30 },
): HandMadeLocus {
  return {
    ...at,
    points: [...earlier, { mjd: 59_014, mag: 19, magErr: 0.1, ...at }],
    alertProperties: { ...GALAXY, ...alert },
  };
}

describe('young_extragalactic_candidate in ZTF', () => {
  test('the first alert off the plane, near a galaxy, is one', async () => {
    expect(await tagsOf(new YoungExtragalacticCandidate(), ztf())).toEqual(TAG);
  });

  test.each([
    [15.01, true],
    [14.99, false],
    [0, false],
    [-14.99, false],
    [-15.01, true],
    [90, true],
  ])('at Galactic latitude %d it is %s', async (b, isCandidate) => {
    const { ra, dec } = fromGalactic(120, b);
    expect(await tagsOf(new YoungExtragalacticCandidate(), ztf({}, [], { ra, dec }))).toEqual(isCandidate ? TAG : []);
  });

  test.each([
    ['14 days ago', { mjd: 59_000, mag: 20 }, true],
    ['14.01 days ago', { mjd: 58_999.99, mag: 20 }, false],
    ['14.01 days ago, in history alone', { mjd: 58_999.99, mag: 20, kind: 'history' as const }, false],
    ['years ago, by another survey', { mjd: 58_000, mag: 20, surveyNumber: 4, passband: 'i' }, false],
  ])('first detected %s: candidate is %#', async (_when, earlier, isCandidate) => {
    expect(await tagsOf(new YoungExtragalacticCandidate(), ztf({}, [earlier]))).toEqual(isCandidate ? TAG : []);
  });

  test('upper limits and forced photometry of long ago do not make it old', async () => {
    const earlier = [
      { mjd: 58_900, surveyNumber: 2, kind: 'upper_limit' as const, magLimit: 20.5 },
      { mjd: 58_901, kind: 'forced' as const, mag: 22 },
    ];
    expect(await tagsOf(new YoungExtragalacticCandidate(), ztf({}, earlier))).toEqual(TAG);
  });

  test.each([1, 2, 3])('a star within 1 arcsec, be it the neighbour number %d, is the source', async (n) => {
    const filter = new YoungExtragalacticCandidate();
    const star = (score: number, distance: number) =>
      ztf({ [`ztf_sgscore${n}`]: score, [`ztf_distpsnr${n}`]: distance });
    expect(await tagsOf(filter, star(0.9, 1))).toEqual([]);
    expect(await tagsOf(filter, star(0.9, 1.01))).toEqual(TAG);
    // 0.5 is what the score says where Pan-STARRS' data are poor.
    expect(await tagsOf(filter, star(0.5, 0.2))).toEqual(TAG);
  });

  test('without neighbours at all it is hostless, and still one', async () => {
    const none = { ztf_sgscore1: -999, ztf_distpsnr1: -999, ztf_sgscore2: -999, ztf_distpsnr2: -999 };
    expect(await tagsOf(new YoungExtragalacticCandidate(), ztf(none))).toEqual(TAG);
  });

  test('packets that say nothing of neighbours are skipped', async () => {
    const made = { ...ztf(), alertProperties: {} };
    expect((await resultOf(new YoungExtragalacticCandidate(), made)).missing).toBe('ztf_sgscore1');
  });

  test('an asteroid is always young, and never extragalactic', async () => {
    const asteroid = { ztf_ssdistnr: 0.3, ztf_ssmagnr: 19, ztf_ssnamenr: '2002JE6' };
    expect(await tagsOf(new YoungExtragalacticCandidate(), ztf(asteroid))).toEqual([]);
  });

  test('what is fainter than its reference did not appear', async () => {
    const made = ztf();
    const points = made.points!.map((point) => ({ ...point, sign: -1 }));
    expect(await tagsOf(new YoungExtragalacticCandidate(), { ...made, points })).toEqual([]);
  });
});

describe('young_extragalactic_candidate in LSST', () => {
  const made: HandMadeLocus = {
    ra: 180,
    dec: -30,
    points: [{ mjd: 61_014, surveyNumber: 4, passband: 'i', mag: 23, ra: 180, dec: -30 }],
    alertProperties: { lsst_diaSource_ssObjectId: 0n, lsst_diaObject_firstDiaSourceMjdTai: 61_010.5 },
  };

  test('a first source off the plane is one; on a catalogued star it is not', async () => {
    expect(await tagsOf(new YoungExtragalacticCandidate(), made)).toEqual(TAG);
    expect(await tagsOf(new YoungExtragalacticCandidate(), { ...made, catalogMatches: [{ list: 'gcvs' }] })).toEqual(
      [],
    );
  });

  test('an object that LSST first saw a year ago is not young, though its history has left the packet', async () => {
    const old = { ...made, alertProperties: { lsst_diaObject_firstDiaSourceMjdTai: 60_600 } };
    expect(await tagsOf(new YoungExtragalacticCandidate(), old)).toEqual([]);
  });

  test('a solar-system object is not extragalactic', async () => {
    const moving = { ...made, alertProperties: { lsst_diaSource_ssObjectId: 21_163_633_118_754_629n } };
    expect(await tagsOf(new YoungExtragalacticCandidate(), moving)).toEqual([]);
  });
});
