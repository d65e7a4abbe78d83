import { describe, expect, test } from 'vitest';
import { NuclearTransient } from '../../../src/filters/built-in/nuclear-transient.ts';
import type { HandMadeLocus, HandMadePoint } from '../../../src/filters/hand-made-locus.ts';
import { resultOf, tagsOf } from './run-filter.ts';

const TAG = ['nuclear_transient'];

// ZTF19abaejrh: 899443400115015003, a transient in the nucleus of a galaxy, as its packet has it.
const NUCLEAR: HandMadePoint = {
  mjd: 58_653.4434,
  passband: 'R',
  mag: 19.810077667236328,
  magErr: 0.17348825931549072,
  referenceMag: 18.253999710083008,
  referenceDistance: 0.19976529479026794,
  starDistance: 0.33349716663360596,
  starScore: 0.0008333330042660236,
};

function ztf(change: Partial<HandMadePoint>): HandMadeLocus {
  return { points: [{ ...NUCLEAR, mag: 19, ...change }] };
}

describe('nuclear_transient in ZTF', () => {
  test('a difference 0.4 arcsec from a galaxy nucleus is a nuclear transient', async () => {
    expect(await tagsOf(new NuclearTransient(), ztf({ referenceDistance: 0.4 }))).toEqual(TAG);
  });

  test('ZTF19abaejrh is not, in an alert that is 1.56 mag fainter than its nucleus', async () => {
    expect(await tagsOf(new NuclearTransient(), { points: [NUCLEAR] })).toEqual([]);
  });

  test.each([
    ['0.6 arcsec from the reference source', { referenceDistance: 0.6 }, false],
    ['0.59 arcsec from the reference source', { referenceDistance: 0.59 }, true],
    ['the Pan-STARRS object is 1 arcsec away', { starDistance: 1 }, false],
    ['the Pan-STARRS object looks like a star', { starScore: 0.3 }, false],
    ['the Pan-STARRS object may be a galaxy', { starScore: 0.29 }, true],
    ['1.5 mag fainter than the nucleus', { mag: NUCLEAR.referenceMag! + 1.5 }, false],
    ['1.49 mag fainter than the nucleus', { mag: NUCLEAR.referenceMag! + 1.49 }, true],
    ['brighter than the nucleus', { mag: 15 }, true],
  ])('%s: nuclear is %#', async (_what, change, isNuclear) => {
    expect(await tagsOf(new NuclearTransient(), ztf(change))).toEqual(isNuclear ? TAG : []);
  });

  test.each(['referenceDistance', 'referenceMag', 'starDistance', 'starScore'] as const)(
    'nothing is said without %s, absent or -999',
    async (column) => {
      expect(await tagsOf(new NuclearTransient(), ztf({ [column]: Number.NaN }))).toEqual([]);
      expect(await tagsOf(new NuclearTransient(), ztf({ [column]: -999 }))).toEqual([]);
    },
  );

  test('an asteroid in front of a nucleus is none of its transients', async () => {
    const alertProperties = { ztf_ssdistnr: 0.5, ztf_ssmagnr: 19, ztf_ssnamenr: '2002JE6' };
    expect(await tagsOf(new NuclearTransient(), { ...ztf({}), alertProperties })).toEqual([]);
  });
});

describe('nuclear_transient in LSST', () => {
  const point = { mjd: 61_000, surveyNumber: 4, passband: 'i', mag: 21 };
  const nucleus = { list: 'sdss_gals', separationArcsec: 0.4 };
  const alertProperties = { lsst_diaSource_templateFlux: 36_307.8 }; // 20.0 mag
  const onNucleus: HandMadeLocus = { points: [point], catalogMatches: [nucleus], alertProperties };

  test('a difference 0.4 arcsec from a galaxy nucleus is a nuclear transient', async () => {
    expect(await tagsOf(new NuclearTransient(), onNucleus)).toEqual(TAG);
  });

  test('the nearest of several galaxies counts', async () => {
    const catalogMatches = [{ ...nucleus, separationArcsec: 5, radiusArcsec: 20 }, nucleus];
    expect(await tagsOf(new NuclearTransient(), { ...onNucleus, catalogMatches })).toEqual(TAG);
  });

  test('in the outskirts of a large galaxy it is not, nor on a star', async () => {
    const outskirts = { ...onNucleus, catalogMatches: [{ list: '2mass_xsc', separationArcsec: 12, radiusArcsec: 40 }] };
    expect(await tagsOf(new NuclearTransient(), outskirts)).toEqual([]);
    expect(
      await tagsOf(new NuclearTransient(), { ...onNucleus, catalogMatches: [{ ...nucleus, list: 'vsx' }] }),
    ).toEqual([]);
  });

  test('a catalogue with positions to a second of time cannot say where a nucleus is', async () => {
    const rough = { ...onNucleus, catalogMatches: [{ ...nucleus, list: 'veron_quasars_bright' }] };
    expect(await tagsOf(new NuclearTransient(), rough)).toEqual([]);
  });

  test('a difference much fainter than the template is a residual', async () => {
    expect(await tagsOf(new NuclearTransient(), { ...onNucleus, points: [{ ...point, mag: 21.6 }] })).toEqual([]);
    expect(await tagsOf(new NuclearTransient(), { ...onNucleus, points: [{ ...point, mag: 21.4 }] })).toEqual(TAG);
  });

  test('without a template, or with one of no light, nothing is said', async () => {
    for (const properties of [{}, { lsst_diaSource_templateFlux: -12 }]) {
      expect(await tagsOf(new NuclearTransient(), { ...onNucleus, alertProperties: properties })).toEqual([]);
    }
  });

  test('a solar-system object in front of a nucleus is none of its transients', async () => {
    const moving = { ...onNucleus, alertProperties: { ...alertProperties, lsst_diaSource_ssObjectId: 7n } };
    expect(await tagsOf(new NuclearTransient(), moving)).toEqual([]);
  });

  test('a negative difference has no magnitude, and is skipped', async () => {
    const negative = { ...onNucleus, points: [{ ...point, mag: Number.NaN }] };
    expect((await resultOf(new NuclearTransient(), negative)).missing).toBe('ant_mag');
  });
});
