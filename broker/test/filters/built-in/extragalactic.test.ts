import { describe, expect, test } from 'vitest';
import { Extragalactic } from '../../../src/filters/built-in/extragalactic.ts';
import { resultOf, tagsOf } from './run-filter.ts';

const TAG = ['extragalactic'];
const ON_GALAXY = { catalogMatches: [{ list: 'RC3' }] };

describe('extragalactic', () => {
  test.each(['2mass_xsc', 'ned', 'nyu_valueadded_gals', 'sdss_gals', 'veron_agn_qso', 'RC3', 'milliquas'])(
    'a match with %s, one of the seven of the real filter, tags',
    async (list) => {
      expect(await tagsOf(new Extragalactic(), { catalogMatches: [{ list }] })).toEqual(TAG);
    },
  );

  test.each(['pgc_d25', 'twomass_large_galaxies', 'ned_z001_002', 'veron_quasars_bright'])(
    'a match with the public extract %s tags',
    async (list) => {
      expect(await tagsOf(new Extragalactic(), { catalogMatches: [{ list }] })).toEqual(TAG);
    },
  );

  test.each([
    '2mass_psc',
    'gaia_dr3_gaia_source',
    'allwise',
    'vsx',
    'sdss_stars',
    'fermi_4fgl_dr2',
    'tns_public_objects',
  ])('a match with %s does not: it says nothing of a galaxy', async (list) => {
    expect(await tagsOf(new Extragalactic(), { catalogMatches: [{ list }] })).toEqual([]);
  });

  test('a star that lies on a galaxy is tagged: the tag says in line with', async () => {
    expect(await tagsOf(new Extragalactic(), { catalogMatches: [{ list: 'vsx' }, { list: 'pgc_d25' }] })).toEqual(TAG);
  });

  test('nothing matched, nothing tagged', async () => {
    expect(await tagsOf(new Extragalactic(), {})).toEqual([]);
  });

  test('an asteroid that passes in front of a galaxy does not tag it', async () => {
    const alertProperties = { ztf_ssdistnr: 0.4, ztf_ssmagnr: 18.2, ztf_ssnamenr: '1998QK44' };
    expect(await tagsOf(new Extragalactic(), { ...ON_GALAXY, alertProperties })).toEqual([]);
  });

  test('a supernova with an asteroid 20 arcsec away is still one', async () => {
    const alertProperties = { ztf_ssdistnr: 20, ztf_ssmagnr: 18.2, ztf_ssnamenr: '1998QK44' };
    expect(await tagsOf(new Extragalactic(), { ...ON_GALAXY, alertProperties })).toEqual(TAG);
  });

  test("ZTF's way to say that there is no asteroid is understood", async () => {
    const alertProperties = { ztf_ssdistnr: -999, ztf_ssmagnr: -999, ztf_ssnamenr: 'null' };
    expect(await tagsOf(new Extragalactic(), { ...ON_GALAXY, alertProperties })).toEqual(TAG);
  });

  const lsst = { ...ON_GALAXY, points: [{ mjd: 61_000, surveyNumber: 4, passband: 'i' }] };

  test('LSST alerts are tagged too, unless they are of a solar-system object', async () => {
    const filter = new Extragalactic();
    expect(await tagsOf(filter, { ...lsst, alertProperties: { lsst_diaSource_ssObjectId: 0n } })).toEqual(TAG);
    expect(await tagsOf(filter, lsst)).toEqual(TAG);
    const moving = { ...lsst, alertProperties: { lsst_diaSource_ssObjectId: 21_164_736_943_044_929n } };
    expect(await tagsOf(filter, moving)).toEqual([]);
    const objects = [{ survey: 'lsst', role: 'solar_system_object', id: '21164736943044929' }] as const;
    expect(await tagsOf(filter, { ...lsst, objects })).toEqual([]);
  });

  test('an upper limit shows nothing that could be anywhere', async () => {
    const limit = { ...ON_GALAXY, points: [{ mjd: 59_000, surveyNumber: 2, kind: 'upper_limit' as const }] };
    expect((await resultOf(new Extragalactic(), limit)).skipReason).toBe('survey');
  });
});
