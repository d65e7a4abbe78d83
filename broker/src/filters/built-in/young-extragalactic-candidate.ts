import { ALERT_KINDS, isDetection } from '../../model/light-curve.ts';
import { toGalactic } from '../../sky/coordinates.ts';
import { Filter, type FilterLocus } from '../filter.ts';
import { LSST_DETECTION, ZTF_DETECTION } from './alert-surveys.ts';
import { isStellarMatch } from './catalog-roles.ts';
import { isSolarSystemObject } from './solar-system.ts';

/** Galactic latitude up to which the Milky Way's own stars prevail, either side [deg]; inclusive. */
const PLANE_LATITUDE_DEG = 15;
/** How long ago the first detection may be [d]; inclusive. */
const YOUNG_DAYS = 14;
/** Star-galaxy score, 0 galaxy to 1 star, above which a Pan-STARRS object is a star; exactly 0.5 means not known. */
const STAR_SCORE = 0.5;
/** How near a star has to be to be the source [arcsec]; inclusive. */
const STAR_RADIUS_ARCSEC = 1;

const IS_DETECTION = ALERT_KINDS.map(isDetection);

/**
 * Tags what appeared within two weeks, off the plane of the Milky Way, where no star is.
 *
 * A wide net for young supernovae and other events in galaxies, without asking for a galaxy: hosts of faint ones are in no
 * catalogue, and those who follow up look at colours and rates themselves. The cuts are ANTARES':
 *
 * - Galactic latitude beyond 15 degrees.
 * - The first detection of the locus is at most 14 days before the new alert. What the broker has not seen itself does not
 *   count for ZTF: `jdstarthist` counts every three-sigma bump since 2018, which bright nuclei collect without an event.
 *   LSST's `firstDiaSourceMjdTai` is a real detection, and counts.
 * - None of the three nearest Pan-STARRS objects is a star within 1 arcsec: `sgscore` > 0.5 (Tachibana & Miller 2018, PASP
 *   130, 128001) and `distpsnr` <= 1. LSST names no neighbours: no match with a catalogue of stars.
 *
 * Beyond these we leave out known solar-system objects, of which every detection is a new place, and alerts that are
 * fainter than the reference: neither can be what the tag's name says.
 *
 * @see ANTARES' official filter `YoungExtragalacticCandidate`
 */
export class YoungExtragalacticCandidate extends Filter {
  readonly name = 'young_extragalactic_candidate';
  readonly description = 'First seen at most 14 days ago, more than 15 degrees off the Galactic plane, and on no star.';
  override readonly surveyNumbers = [ZTF_DETECTION, LSST_DETECTION];
  override readonly requiredAlertProperties = ['ant_ra', 'ant_dec', 'ant_mag', 'ztf_sgscore1', 'ztf_distpsnr1'];
  override readonly outputTags = [
    {
      name: 'young_extragalactic_candidate',
      description:
        'Locus was first detected at most two weeks ago, off the Galactic plane and on no star. A wide net: no galaxy is asked for.',
    },
  ];

  run(locus: FilterLocus): void {
    const { lightCurve, alertRow } = locus;
    if (!(lightCurve.sign[alertRow]! > 0) || !isYoung(locus)) return;
    const { b } = toGalactic(lightCurve.ra[alertRow]!, lightCurve.dec[alertRow]!);
    if (Math.abs(b) <= PLANE_LATITUDE_DEG || isOnStar(locus) || isSolarSystemObject(locus)) return;
    locus.tag('young_extragalactic_candidate');
  }
}

function isYoung({ alert, lightCurve }: FilterLocus): boolean {
  const since = alert.mjd - YOUNG_DAYS;
  for (let row = 0; row < lightCurve.length; row += 1) {
    if (IS_DETECTION[lightCurve.kind[row]!]! && lightCurve.mjd[row]! < since) return false;
  }
  return (
    alert.surveyNumber !== LSST_DETECTION || !(alert.properties.number('lsst_diaObject_firstDiaSourceMjdTai') < since)
  );
}

function isOnStar({ alert, catalogs }: FilterLocus): boolean {
  if (alert.surveyNumber === LSST_DETECTION) return isStellarMatch(catalogs);
  const { properties } = alert;
  for (const [score, distance] of NEIGHBOURS) {
    const arcsec = properties.number(distance);
    if (properties.number(score) > STAR_SCORE && arcsec >= 0 && arcsec <= STAR_RADIUS_ARCSEC) return true;
  }
  return false;
}

const NEIGHBOURS = [1, 2, 3].map((n) => [`ztf_sgscore${n}`, `ztf_distpsnr${n}`] as const);
