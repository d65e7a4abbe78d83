import { Filter, type FilterLocus } from '../filter.ts';
import { LSST_DETECTION, ZTF_DETECTION } from './alert-surveys.ts';
import { hasName, isLsstSolarSystemObject } from './solar-system.ts';

/** Least real-bogus score of a ZTF alert that is believed; inclusive. */
const MIN_REAL_BOGUS = 0.65;

/**
 * Tags detections near known objects of the solar system, once they look real.
 *
 * ZTF, as ANTARES does it: a known asteroid or comet was predicted within 30 arcsec (`ztf_ssdistnr` is not −999), the
 * source is brighter than in the reference image (`ztf_isdiffpos`), lies on no bad pixel (`ztf_nbad` = 0) and is not an
 * artefact (`ztf_rb` >= 0.65). A moving object leaves no light in the reference, so a fading source is something else.
 *
 * LSST: the survey itself attributes the alert to an object (`ssObjectId`, `ssSource`), and the difference is positive
 * (`isNegative`). It publishes no cut on `reliability` for this; an attribution needs a prediction of position anyway.
 *
 * @see ANTARES' official filter `SSOConfirmed`, which sets both tags
 */
export class SsoCandidates extends Filter {
  readonly name = 'sso_candidates';
  readonly description = 'Newest alert is a reliable detection near a known object of the solar system.';
  override readonly surveyNumbers = [ZTF_DETECTION, LSST_DETECTION];
  override readonly requiredAlertProperties = ['ztf_isdiffpos', 'ztf_nbad', 'ztf_rb', 'ztf_ssdistnr', 'ztf_ssnamenr'];
  override readonly outputTags = [
    {
      name: 'sso_candidates',
      description: 'Locus has one or more reliable alerts near a known object of the solar system.',
    },
  ];

  run(locus: FilterLocus): void {
    if (isSolarSystemCandidate(locus)) locus.tag('sso_candidates');
  }
}

/** Whether the newest alert is a reliable detection near a known object of the solar system. */
export function isSolarSystemCandidate(locus: FilterLocus): boolean {
  if (!(locus.lightCurve.sign[locus.alertRow]! > 0)) return false;
  return locus.alert.surveyNumber === LSST_DETECTION ? isLsstSolarSystemObject(locus) : isZtfCandidate(locus);
}

function isZtfCandidate({ alert: { properties } }: FilterLocus): boolean {
  return (
    properties.number('ztf_ssdistnr') >= 0 &&
    hasName(properties.text('ztf_ssnamenr')) &&
    properties.number('ztf_nbad') === 0 &&
    properties.number('ztf_rb') >= MIN_REAL_BOGUS
  );
}
