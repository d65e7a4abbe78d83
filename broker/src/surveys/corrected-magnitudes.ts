import { ALERT_KINDS, type LightCurve } from '../model/light-curve.ts';
import { correctZtfRows } from './ztf/variable-star.ts';

/** Corrected photometry of a light curve: columns as long as the curve, NaN where undefined [mag]. */
export interface CorrectedMagnitudes {
  /** Whether ZTF's rows could be corrected for the reference source: the locus property `is_corrected`. */
  readonly isCorrected: boolean;
  /** `ant_mag_corrected` */
  readonly magCorrected: Float64Array;
  /** `ant_magerr_corrected` */
  readonly magErrCorrected: Float64Array;
  /** `ant_magulim_corrected`: the brightest that the source may have been. */
  readonly magUpperLimitCorrected: Float64Array;
  /** `ant_magllim_corrected`: the faintest. */
  readonly magLowerLimitCorrected: Float64Array;
}

/**
 * Magnitudes of the whole source, difference and reference together.
 *
 * ZTF's rows follow a rule over the whole light curve: all are corrected, or none. LSST gives the flux on the science
 * image with each source, so its rows are corrected one by one. Forced rows are no alerts: they are neither corrected nor
 * asked.
 *
 * @see API v2 notes, section 10.3
 */
export function correctedMagnitudes(lightCurve: LightCurve): CorrectedMagnitudes {
  const { length, kind, surveyNumber } = lightCurve;
  const columns = {
    magCorrected: new Float64Array(length).fill(Number.NaN),
    magErrCorrected: new Float64Array(length).fill(Number.NaN),
    magUpperLimitCorrected: new Float64Array(length).fill(Number.NaN),
    magLowerLimitCorrected: new Float64Array(length).fill(Number.NaN),
  };
  for (let row = 0; row < length; row += 1) {
    if (surveyNumber[row] === LSST && kind[row] !== FORCED) {
      columns.magCorrected[row] = lightCurve.magCorrected[row]!;
      columns.magErrCorrected[row] = lightCurve.magErrCorrected[row]!;
    }
  }
  return { isCorrected: correctZtfRows(lightCurve, columns), ...columns };
}

/** Whether the light curve can be corrected, without correcting it: a microsecond for most. */
export function isCorrected(lightCurve: LightCurve): boolean {
  return correctZtfRows(lightCurve, undefined);
}

const LSST = 4;
const FORCED = ALERT_KINDS.indexOf('forced');
