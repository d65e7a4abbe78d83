import { Filter, type FilterLocus } from '../filter.ts';
import { LSST_DETECTION, ZTF_DETECTION } from './alert-surveys.ts';
import { KNOWN_OBJECT_RADIUS_ARCSEC } from './solar-system.ts';
import { isSolarSystemCandidate } from './sso-candidates.ts';

/**
 * Magnitude of an asteroid in a passband minus its V magnitude, to which ephemerides refer [mag].
 *
 * An asteroid shines by reflected light: colours of the Sun (Willmer 2018, ApJS 236, 47), reddened by the tenth or so that
 * surfaces add. 237 detections in ZTF g and 758 in R have means of +0.4 and −0.1; the tolerance covers the rest.
 */
const COLOUR_TO_V: ReadonlyMap<string, number> = new Map([
  ['u', 1.5],
  ['g', 0.35],
  ['r', -0.2],
  ['R', -0.15],
  ['i', -0.35],
  ['z', -0.4],
  ['y', -0.4],
]);

/**
 * Largest deviation from the predicted magnitude [mag].
 *
 * Catalogued absolute magnitudes are off by some tenths, rotation adds up to half a magnitude, colours a tenth. Of 994
 * ZTF alerts within 5 arcsec of a prediction, 991 agree within 1 mag.
 */
const MAGNITUDE_TOLERANCE = 1;

/** Largest residual of an LSST alert from the predicted position [arcsec]; inclusive. */
const LSST_RESIDUAL_ARCSEC = 1;

/**
 * Tags detections that are a known object of the solar system: in the predicted place, with the predicted brightness.
 *
 * A subset of `sso_candidates`. The real filter asks JPL Horizons for every candidate and wants the residual and its
 * uncertainty below 1 arcsec; a filter here asks nobody, so the ephemeris that the survey put into the packet speaks:
 *
 * - ZTF: a named object within 5 arcsec (`ztf_ssdistnr`), whose predicted V magnitude (`ztf_ssmagnr`), turned to the
 *   passband with the colour of reflected sunlight, is within 1 mag of the measured one.
 * - LSST: an `ssSource` record is there, the residual (`ephOffset` [arcsec], before version 10 `residualRa` and
 *   `residualDec` [deg]) is at most 1 arcsec, and where a magnitude is predicted (`ephVmag`, before `predictedVMagnitude`)
 *   it agrees as well. The alerts of the first nights say 0 there, which is no asteroid's magnitude: nothing is predicted.
 *
 * @see Fink's class 3 of solar-system alerts, which has the same 5 arcsec
 */
export class SsoConfirmed extends Filter {
  readonly name = 'sso_confirmed';
  readonly description = 'Newest alert is a known object of the solar system, by position and brightness.';
  override readonly surveyNumbers = [ZTF_DETECTION, LSST_DETECTION];
  override readonly requiredTags = ['sso_candidates'];
  override readonly requiredAlertProperties = ['ant_mag', 'ztf_ssdistnr', 'ztf_ssmagnr', 'ztf_ssnamenr'];
  override readonly outputTags = [
    {
      name: 'sso_confirmed',
      description:
        'Locus has one or more alerts that agree with a known object of the solar system in place and brightness.',
    },
  ];

  run(locus: FilterLocus): void {
    // The tag that is required may be an earlier alert's: a moving object crosses loci of others.
    if (!isSolarSystemCandidate(locus)) return;
    const isConfirmed =
      locus.alert.surveyNumber === LSST_DETECTION ? isConfirmedByLsst(locus) : isConfirmedByZtf(locus);
    if (isConfirmed) locus.tag('sso_confirmed');
  }
}

function isConfirmedByZtf(locus: FilterLocus): boolean {
  const { properties } = locus.alert;
  const predicted = properties.number('ztf_ssmagnr');
  return (
    properties.number('ztf_ssdistnr') <= KNOWN_OBJECT_RADIUS_ARCSEC &&
    // −999: the object has no predicted brightness, and then nothing confirms it.
    predicted > 0 &&
    hasPredictedBrightness(locus, predicted)
  );
}

function isConfirmedByLsst(locus: FilterLocus): boolean {
  const { properties } = locus.alert;
  const residual = properties.has('lsst_ssSource_ephOffset')
    ? properties.number('lsst_ssSource_ephOffset')
    : 3600 * Math.hypot(properties.number('lsst_ssSource_residualRa'), properties.number('lsst_ssSource_residualDec'));
  if (!(residual <= LSST_RESIDUAL_ARCSEC)) return false;
  const predicted = properties.has('lsst_ssSource_ephVmag')
    ? properties.number('lsst_ssSource_ephVmag')
    : properties.number('lsst_ssSource_predictedVMagnitude');
  return !(predicted > 0) || hasPredictedBrightness(locus, predicted);
}

function hasPredictedBrightness({ alert, lightCurve, alertRow }: FilterLocus, predictedVMag: number): boolean {
  const colour = COLOUR_TO_V.get(alert.passband);
  if (colour === undefined) return false;
  return Math.abs(lightCurve.mag[alertRow]! - predictedVMag - colour) <= MAGNITUDE_TOLERANCE;
}
