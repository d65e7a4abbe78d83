import { ALERT_KINDS, isDetection } from '../../model/light-curve.ts';
import type { FilterLocus } from '../filter.ts';
import { LSST_DETECTION } from './alert-surveys.ts';
import { isExtragalacticMatch, isStellarMatch } from './catalog-roles.ts';

/** Weighted standard deviation above which an amplitude is high [mag]; exclusive, the same in all passbands. */
export const HIGH_AMPLITUDE_MAG = 0.5;

/** Limits of a stellar counterpart in ZTF: distances [arcsec] below, star-galaxy score above. */
const COUNTERPART_RADIUS_ARCSEC = 1.5;
const STAR_SCORE = 0.4;
/** Signal-to-noise ratio from which there is something in LSST's template. */
const TEMPLATE_DETECTION_SNR = 5;

/**
 * What was at the place of a locus before.
 *
 * - `star`: a point source, whose light has to be added to the difference
 * - `other`: a galaxy, or nothing: what is seen now is new
 * - `unknown`: something, of which nobody says what it is
 */
export type Counterpart = 'star' | 'other' | 'unknown';

const IS_DETECTION = ALERT_KINDS.map(isDetection);

/** Rows of the detections by the new alert's survey in its passband, that alert included, in order of arrival. */
export function rowsLikeAlert(locus: FilterLocus): number[] {
  const { alert, lightCurve } = locus;
  const rows: number[] = [];
  for (let row = 0; row < lightCurve.length; row += 1) {
    if (
      lightCurve.surveyNumber[row] === alert.surveyNumber &&
      IS_DETECTION[lightCurve.kind[row]!]! &&
      lightCurve.passband[row] === alert.passband &&
      // The time of a row that was taken out is undefined.
      !Number.isNaN(lightCurve.mjd[row]!)
    ) {
      rows.push(row);
    }
  }
  return rows;
}

/**
 * What was at the place of a locus before the new alert's survey saw it change.
 *
 * ZTF says itself: a star where the medians over the rows put the reference source and the Pan-STARRS object within 1.5
 * arcsec, and the latter's score above 0.4. For LSST the catalogues are asked, then the template: see `counterpartInLsst`.
 *
 * @param rows  of the survey and passband of the new alert
 */
export function findCounterpart(locus: FilterLocus, rows: readonly number[]): Counterpart {
  return locus.alert.surveyNumber === LSST_DETECTION ? counterpartInLsst(locus) : counterpartInZtf(locus, rows);
}

/**
 * Standard deviation of magnitudes, weighted by 1/σ², without correction for the number of points.
 *
 * Weights keep a faint point with a large error from making an amplitude. Values without an error are left out.
 */
export class WeightedSpread {
  #weights = 0;
  #mean = 0;
  #squares = 0;

  /** @param value, error  [mag]; undefined ones are NaN, and an error of nought is a sentinel */
  add(value: number, error: number): void {
    const weight = 1 / (error * error);
    if (!(weight > 0 && weight < Number.POSITIVE_INFINITY) || !Number.isFinite(value)) return;
    // West's update: the plain sum of squares loses the deviation of a constant star in rounding.
    const difference = value - this.#mean;
    this.#weights += weight;
    this.#mean += (difference * weight) / this.#weights;
    this.#squares += weight * difference * (value - this.#mean);
  }

  /** [mag]; 0 for fewer than two values. */
  get deviation(): number {
    return this.#weights === 0 ? 0 : Math.sqrt(Math.max(0, this.#squares) / this.#weights);
  }
}

/** The weighted deviation of some rows of two columns [mag]. */
export function weightedDeviation(rows: readonly number[], mag: Float64Array, magErr: Float64Array): number {
  const spread = new WeightedSpread();
  for (const row of rows) spread.add(mag[row]!, magErr[row]!);
  return spread.deviation;
}

function counterpartInZtf({ alert, lightCurve }: FilterLocus, rows: readonly number[]): Counterpart {
  const { referenceDistance, starDistance, starScore } = lightCurve;
  if (
    isMedianBelow(starDistance, rows, COUNTERPART_RADIUS_ARCSEC) &&
    isMedianBelow(referenceDistance, rows, COUNTERPART_RADIUS_ARCSEC) &&
    isMedianAbove(starScore, rows, STAR_SCORE)
  ) {
    return 'star';
  }
  // History rows name no Pan-STARRS object, and −999 (nothing within 30 arcsec) is undefined in the columns: only the
  // alert's own packet tells "there is none" from "it does not say".
  const isSaid =
    rows.some((row) => starDistance[row]! >= 0) ||
    alert.properties.number('ztf_distpsnr1') < 0 ||
    alert.properties.number('ztf_distpsnr') < 0;
  return isSaid ? 'other' : 'unknown';
}

/**
 * LSST packets name no neighbour. A catalogued star is one unless it is catalogued as a galaxy or active nucleus too;
 * something else is a galaxy in the catalogues, or an empty place in the template. Light in the template that no catalogue
 * names may be either, and nothing is said about it.
 */
function counterpartInLsst({ alert, catalogs }: FilterLocus): Counterpart {
  if (isExtragalacticMatch(catalogs)) return 'other';
  if (isStellarMatch(catalogs)) return 'star';
  const { properties } = alert;
  const snr = properties.number('lsst_diaSource_templateFlux') / properties.number('lsst_diaSource_templateFluxErr');
  return snr < TEMPLATE_DETECTION_SNR ? 'other' : 'unknown';
}

/** Whether the median of the values of some rows, as far as they are not negative or undefined, is below a limit. */
function isMedianBelow(column: Float64Array, rows: readonly number[], limit: number): boolean {
  let below = 0;
  let others = 0;
  let highestBelow = Number.NEGATIVE_INFINITY;
  let lowestOther = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    const value = column[row]!;
    if (!(value >= 0)) continue;
    if (value < limit) {
      below += 1;
      if (value > highestBelow) highestBelow = value;
    } else {
      others += 1;
      if (value < lowestOther) lowestOther = value;
    }
  }
  // As many on both sides: the median lies half-way between the two nearest.
  return below === others ? below > 0 && (highestBelow + lowestOther) / 2 < limit : below > others;
}

function isMedianAbove(column: Float64Array, rows: readonly number[], limit: number): boolean {
  let above = 0;
  let others = 0;
  let lowestAbove = Number.POSITIVE_INFINITY;
  let highestOther = Number.NEGATIVE_INFINITY;
  for (const row of rows) {
    const value = column[row]!;
    if (!(value >= 0)) continue;
    if (value > limit) {
      above += 1;
      if (value < lowestAbove) lowestAbove = value;
    } else {
      others += 1;
      if (value > highestOther) highestOther = value;
    }
  }
  return above === others ? above > 0 && (lowestAbove + highestOther) / 2 > limit : above > others;
}
