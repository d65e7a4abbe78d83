import { ALERT_KINDS, type LightCurve } from '../../model/light-curve.ts';
import { isoTextOfMjdUtc, mjdUtcOfTai } from '../../model/time.ts';
import { correctedMagnitudes } from '../../surveys/corrected-magnitudes.ts';

/** The columns of a light curve as ANTARES' clients read it, in their order. */
export const LIGHT_CURVE_CSV_COLUMNS = [
  'time',
  'alert_id',
  'ant_mjd',
  'ant_survey',
  'ant_ra',
  'ant_dec',
  'ant_passband',
  'ant_mag',
  'ant_magerr',
  'ant_maglim',
  'ant_mag_corrected',
  'ant_magerr_corrected',
  'ant_magulim_corrected',
  'ant_magllim_corrected',
] as const;

const HEADER = `${LIGHT_CURVE_CSV_COLUMNS.join(',')}\n`;
const FORCED = ALERT_KINDS.indexOf('forced');
const LSST = 4;

/**
 * A light curve as CSV, one row an alert, ascending in time; without any, the header alone.
 *
 * `time` is UTC, `ant_mjd` in the survey's own scale: LSST's is TAI, 37 s ahead. Forced photometry is not of an alert and
 * is left out.
 */
export function lightCurveCsv(lightCurve: LightCurve): string {
  const { kind, surveyNumber, alertId, passband, mjd, ra, dec, mag, magErr, magLimit } = lightCurve;
  const corrected = correctedMagnitudes(lightCurve);
  let text = HEADER;
  for (const row of lightCurve.order) {
    if (kind[row] === FORCED) continue;
    const survey = surveyNumber[row]!;
    text += `${timeText(mjd[row]!, survey)},${cell(alertId[row]!)},${number(mjd[row]!)},${survey},`;
    text += `${number(ra[row]!)},${number(dec[row]!)},${cell(passband[row]!)},`;
    text += `${number(mag[row]!)},${number(magErr[row]!)},${number(magLimit[row]!)},`;
    text += `${number(corrected.magCorrected[row]!)},${number(corrected.magErrCorrected[row]!)},`;
    text += `${number(corrected.magUpperLimitCorrected[row]!)},${number(corrected.magLowerLimitCorrected[row]!)}\n`;
  }
  return text;
}

/** `2025-11-24 07:18:09.000000`, UTC. */
function timeText(mjd: number, surveyNumber: number): string {
  const utc = surveyNumber === LSST ? mjdUtcOfTai(mjd) : mjd;
  return isoTextOfMjdUtc(utc, 6).slice(0, -1).replace('T', ' ');
}

function number(value: number): string {
  // biome-ignore lint/suspicious/noSelfCompare: NaN is an empty cell, and this is its fastest test.
  return value === value ? String(value) : '';
}

function cell(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
