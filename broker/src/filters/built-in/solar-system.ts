import type { FilterLocus } from '../filter.ts';
import { LSST_DETECTION, ZTF_DETECTION } from './alert-surveys.ts';

/**
 * Largest distance at which ZTF's nearest known solar-system object is taken for the source itself [arcsec].
 *
 * ZTF names the nearest one within 30 arcsec of every alert, so a name alone proves nothing. In 997 public alerts with a
 * name, 994 lie within 5 arcsec and 3 beyond 10: the true pairs end well before.
 */
export const KNOWN_OBJECT_RADIUS_ARCSEC = 5;

/**
 * Whether the new alert is, by what its packet says, a known object of the solar system.
 *
 * ZTF: a named object within 5 arcsec (`ztf_ssnamenr`, `ztf_ssdistnr`; the name is the text `null` and the distance −999
 * where there is none). LSST: the alert is attributed to an `ssObject`.
 */
export function isSolarSystemObject(locus: FilterLocus): boolean {
  switch (locus.alert.surveyNumber) {
    case ZTF_DETECTION: {
      const { properties } = locus.alert;
      const distance = properties.number('ztf_ssdistnr');
      return distance >= 0 && distance <= KNOWN_OBJECT_RADIUS_ARCSEC && hasName(properties.text('ztf_ssnamenr'));
    }
    case LSST_DETECTION:
      return isLsstSolarSystemObject(locus);
    default:
      return false;
  }
}

/** Whether an LSST alert is attributed to a solar-system object: 0 and nothing both mean that it is not. */
export function isLsstSolarSystemObject(locus: FilterLocus): boolean {
  if (locus.objects.some(({ role }) => role === 'solar_system_object')) return true;
  const { properties } = locus.alert;
  // As a value, not a number: the id has 64 bits.
  const id = properties.get('lsst_diaSource_ssObjectId') ?? properties.get('lsst_ssSource_ssObjectId');
  return id !== undefined && id !== 0n && id !== 0 && id !== '0' && id !== '';
}

/** Whether the text that ZTF gives for the name of an object is one. */
export function hasName(name: string | undefined): boolean {
  return name !== undefined && name !== '' && name !== 'null';
}
