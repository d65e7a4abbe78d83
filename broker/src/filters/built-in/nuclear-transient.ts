import { Filter, type FilterLocus } from '../filter.ts';
import { LSST_DETECTION, ZTF_DETECTION } from './alert-surveys.ts';
import { CATALOG_FACTS } from './catalog-roles.ts';
import { isSolarSystemObject } from './solar-system.ts';

/** How far from a nucleus a nuclear transient may be [arcsec]; exclusive. */
const NUCLEAR_RADIUS_ARCSEC = 0.6;
/** How far the nearest Pan-STARRS object may be to be the same source [arcsec]; exclusive. */
const COUNTERPART_RADIUS_ARCSEC = 1;
/** Star-galaxy score, 0 galaxy to 1 star, below which the Pan-STARRS object is a galaxy. */
const GALAXY_SCORE = 0.3;
/** How much fainter than the nucleus in the reference image the difference may be [mag]; exclusive. */
const MAX_FAINTNESS_MAG = 1.5;
/** Zero point of magnitudes of fluxes in nanojansky. */
const AB_ZERO_POINT_NJY = 31.4;

/**
 * Tags transients in the nuclei of galaxies: flares of active nuclei, and stars torn apart by the black hole.
 *
 * The cuts are those of van Velzen et al. 2019 (ApJ 872, 198, section 2.1), as ANTARES applies them to ZTF: the alert is
 * less than 0.6 arcsec from a source of the reference image (`ztf_distnr`); the nearest Pan-STARRS object is within 1
 * arcsec and looks like a galaxy (`ztf_distpsnr1` < 1, `ztf_sgscore1` < 0.3); and the difference is at most 1.5 mag
 * fainter than that source (`ztf_magpsf` − `ztf_magnr` < 1.5), since fainter ones are mostly residuals of bright nuclei.
 * Distances and scores of −999 mean that there is nothing: they never pass. `distnr` is in pixels of 1.01 arcsec, and like
 * everybody we take it for arcseconds.
 *
 * LSST packets name no neighbour. There a nucleus is a galaxy or active nucleus of a catalogue whose positions are good
 * enough (`catalog-roles.ts`), less than 0.6 arcsec away from the locus, and the reference magnitude is that of the
 * template under the alert (`templateFlux`).
 *
 * Known solar-system objects that pass in front of a nucleus are left out.
 */
export class NuclearTransient extends Filter {
  readonly name = 'nuclear_transient';
  readonly description =
    'Newest alert lies within 0.6 arcsec of the nucleus of a galaxy and is not much fainter than it.';
  override readonly surveyNumbers = [ZTF_DETECTION, LSST_DETECTION];
  override readonly requiredAlertProperties = ['ant_mag'];
  override readonly outputTags = [
    {
      name: 'nuclear_transient',
      description: 'Locus has one or more alerts within 0.6 arcsec of the nucleus of a galaxy.',
    },
  ];

  run(locus: FilterLocus): void {
    const isNuclear = locus.alert.surveyNumber === LSST_DETECTION ? isNuclearInLsst(locus) : isNuclearInZtf(locus);
    if (isNuclear && !isSolarSystemObject(locus)) locus.tag('nuclear_transient');
  }
}

function isNuclearInZtf({ lightCurve, alertRow }: FilterLocus): boolean {
  const distance = lightCurve.referenceDistance[alertRow]!;
  const counterpartDistance = lightCurve.starDistance[alertRow]!;
  const score = lightCurve.starScore[alertRow]!;
  return (
    distance >= 0 &&
    distance < NUCLEAR_RADIUS_ARCSEC &&
    counterpartDistance >= 0 &&
    counterpartDistance < COUNTERPART_RADIUS_ARCSEC &&
    score >= 0 &&
    score < GALAXY_SCORE &&
    lightCurve.mag[alertRow]! - lightCurve.referenceMag[alertRow]! < MAX_FAINTNESS_MAG
  );
}

function isNuclearInLsst(locus: FilterLocus): boolean {
  if (!locus.catalogs.some((catalog) => isOnNucleus(locus, catalog))) return false;
  const templateFlux = locus.alert.properties.number('lsst_diaSource_templateFlux');
  if (!(templateFlux > 0)) return false;
  const templateMag = AB_ZERO_POINT_NJY - 2.5 * Math.log10(templateFlux);
  return locus.lightCurve.mag[locus.alertRow]! - templateMag < MAX_FAINTNESS_MAG;
}

function isOnNucleus(locus: FilterLocus, catalog: string): boolean {
  if (CATALOG_FACTS.get(catalog)?.hasNuclearPositions !== true) return false;
  const nearest = locus.catalogObjects(catalog)[0];
  return nearest !== undefined && nearest.separationArcsec < NUCLEAR_RADIUS_ARCSEC;
}
