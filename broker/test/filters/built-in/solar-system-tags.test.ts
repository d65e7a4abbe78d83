import { describe, expect, test } from 'vitest';
import { SsoCandidates } from '../../../src/filters/built-in/sso-candidates.ts';
import { SsoConfirmed } from '../../../src/filters/built-in/sso-confirmed.ts';
import { type HandMadeLocus, type HandMadePoint, makeLocusInFlight } from '../../../src/filters/hand-made-locus.ts';
import type { PropertyValue } from '../../../src/model/property.ts';
import { prepare } from './run-filter.ts';

/** Tags of both filters in their order. */
async function tagsOf(made: HandMadeLocus): Promise<readonly string[]> {
  const run = await prepare([new SsoCandidates(), new SsoConfirmed()]);
  return run(makeLocusInFlight(made)).flatMap(({ tagsSet }) => tagsSet);
}

const NEITHER: readonly string[] = [];
const CANDIDATE = ['sso_candidates'];
const BOTH = ['sso_candidates', 'sso_confirmed'];

const ASTEROID = {
  ztf_isdiffpos: 't',
  ztf_nbad: 0n,
  ztf_rb: 0.9,
  ztf_ssdistnr: 0.6,
  ztf_ssmagnr: 18,
  ztf_ssnamenr: '1998QK44',
};

function ztf(alert: Record<string, PropertyValue> = {}, point: Partial<HandMadePoint> = {}): HandMadeLocus {
  return {
    points: [{ mjd: 59_000, passband: 'R', mag: 17.9, magErr: 0.05, ...point }],
    alertProperties: { ...ASTEROID, ...alert },
  };
}

describe('sso_candidates and sso_confirmed in ZTF', () => {
  test('a detection where an asteroid should be, as bright as it should be, is both', async () => {
    expect(await tagsOf(ztf())).toEqual(BOTH);
  });

  test.each([
    ['on a bad pixel', { ztf_nbad: 1n }],
    ['with a real-bogus score of 0.64', { ztf_rb: 0.64 }],
    ['with no object within 30 arcsec', { ztf_ssdistnr: -999, ztf_ssmagnr: -999, ztf_ssnamenr: 'null' }],
  ])('a detection %s is neither', async (_what, alert) => {
    expect(await tagsOf(ztf(alert))).toEqual(NEITHER);
  });

  test('a source that is fainter than its reference did not move in', async () => {
    expect(await tagsOf(ztf({ ztf_isdiffpos: 'f' }, { sign: -1 }))).toEqual(NEITHER);
  });

  test('a real-bogus score of 0.65 is enough', async () => {
    expect(await tagsOf(ztf({ ztf_rb: 0.65 }))).toEqual(BOTH);
  });

  test('an object 12 arcsec away makes a candidate, and confirms nothing', async () => {
    expect(await tagsOf(ztf({ ztf_ssdistnr: 12 }))).toEqual(CANDIDATE);
    expect(await tagsOf(ztf({ ztf_ssdistnr: 5 }))).toEqual(BOTH);
  });

  test.each([
    ['g', 18 + 0.35 + 0.99, BOTH],
    ['g', 18 + 0.35 + 1.01, CANDIDATE],
    ['g', 18 + 0.35 - 1.01, CANDIDATE],
    ['R', 18 - 0.15 + 0.99, BOTH],
    ['R', 18 - 0.15 - 1.01, CANDIDATE],
    ['i', 18 - 0.35, BOTH],
  ])('an object of V = 18 that is seen at %s = %d gives %j', async (passband, mag, tags) => {
    expect(await tagsOf(ztf({}, { passband, mag }))).toEqual(tags);
  });

  test('an object without predicted brightness stays a candidate', async () => {
    expect(await tagsOf(ztf({ ztf_ssmagnr: -999 }))).toEqual(CANDIDATE);
  });

  test("a locus that an asteroid crossed once is not confirmed by another's alert", async () => {
    const run = await prepare([new SsoConfirmed()]);
    const [result] = run(makeLocusInFlight({ ...ztf({ ztf_ssdistnr: -999, ztf_ssnamenr: 'null' }), tags: CANDIDATE }));
    expect([result?.status, result?.tagsSet]).toEqual(['ran', []]);
  });

  test('a packet without solar-system fields is skipped', async () => {
    const run = await prepare([new SsoCandidates()]);
    const { ztf_ssnamenr: _, ...without } = ASTEROID;
    const [result] = run(makeLocusInFlight({ ...ztf(), alertProperties: without }));
    expect(result?.missing).toBe('ztf_ssnamenr');
  });
});

describe('sso_candidates and sso_confirmed in LSST', () => {
  // A main-belt asteroid of the first nights: 2017 SA9.
  const K17SA9A = {
    lsst_diaSource_ssObjectId: 21_164_736_943_044_929n,
    lsst_ssSource_ssObjectId: 21_164_736_943_044_928n,
    lsst_ssSource_designation: 'K17SA9A',
    lsst_ssSource_ephOffset: 0.027970334514975548,
    lsst_ssSource_ephVmag: 0,
  };

  function lsst(alert: Record<string, PropertyValue>, point: Partial<HandMadePoint> = {}): HandMadeLocus {
    return {
      points: [{ mjd: 61_000, surveyNumber: 4, passband: 'i', mag: 21.487, magErr: 0.01, ...point }],
      alertProperties: alert,
    };
  }

  test('an alert 0.03 arcsec from its ephemeris is confirmed, though the packet predicts no magnitude', async () => {
    expect(await tagsOf(lsst(K17SA9A))).toEqual(BOTH);
  });

  test('where a magnitude is predicted it has to agree', async () => {
    expect(await tagsOf(lsst({ ...K17SA9A, lsst_ssSource_ephVmag: 21.8 }))).toEqual(BOTH);
    expect(await tagsOf(lsst({ ...K17SA9A, lsst_ssSource_ephVmag: 24 }))).toEqual(CANDIDATE);
  });

  test('a residual beyond 1 arcsec confirms nothing', async () => {
    expect(await tagsOf(lsst({ ...K17SA9A, lsst_ssSource_ephOffset: 1.01 }))).toEqual(CANDIDATE);
  });

  test('before schema 10 the residual is given along the axes, in degrees', async () => {
    const older = {
      lsst_diaSource_ssObjectId: 21_164_719_644_750_924n,
      lsst_ssSource_residualRa: -4.247235030163665e-5,
      lsst_ssSource_residualDec: 5.982276235272366e-6,
    };
    expect(await tagsOf(lsst(older))).toEqual(BOTH);
    expect(await tagsOf(lsst({ ...older, lsst_ssSource_residualRa: 3e-4 }))).toEqual(CANDIDATE);
  });

  test('an attribution without ephemeris is a candidate', async () => {
    expect(await tagsOf(lsst({ lsst_diaSource_ssObjectId: 7n }))).toEqual(CANDIDATE);
  });

  test('an ssObjectId of 0 means none', async () => {
    expect(await tagsOf(lsst({ lsst_diaSource_ssObjectId: 0n }))).toEqual(NEITHER);
  });

  test('a negative difference is nothing that moved in', async () => {
    expect(await tagsOf(lsst(K17SA9A, { sign: -1 }))).toEqual(NEITHER);
  });
});
