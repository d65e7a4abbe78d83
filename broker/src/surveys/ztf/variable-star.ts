import { ALERT_KINDS, type LightCurve } from '../../model/light-curve.ts';
import { correctedPhotometry, totalFlux } from './reference-photometry.ts';

/*
 * ANTARES' rule for corrected ZTF magnitudes, over all detections and upper limits of a light curve:
 *
 * 1. every field that it uses must occur somewhere;
 * 2. the object must be a variable star: medians of distpsnr1 < 1, distnr < 1, sgscore1 > 0.4;
 * 3. missing magnr and sigmagnr are the median of their reference image (field, readout channel, filter);
 * 4. no detection may take away more light than its reference has, or nothing is corrected;
 * 5. detections get magnitude and error; 6. rows still without magnr take the median of their filter, and all rows get
 *    the limits that diffmaglim allows.
 */

const FORCED = ALERT_KINDS.indexOf('forced');

/** Columns to write to. */
interface CorrectedColumns {
  readonly magCorrected: Float64Array;
  readonly magErrCorrected: Float64Array;
  readonly magUpperLimitCorrected: Float64Array;
  readonly magLowerLimitCorrected: Float64Array;
}

/** Whether a row takes part: ZTF detections (1) and upper limits (2), not forced photometry. */
function takesPart(lightCurve: LightCurve, row: number): boolean {
  const survey = lightCurve.surveyNumber[row];
  return (survey === 1 || survey === 2) && lightCurve.kind[row] !== FORCED;
}

/** Steps 1 (for the three fields it asks) and 2: whether the medians are those of a star in its reference image. */
function isZtfVariableStar(lightCurve: LightCurve): boolean {
  return (
    medianSide(lightCurve, lightCurve.starDistance, 1) < 0 &&
    medianSide(lightCurve, lightCurve.referenceDistance, 1) < 0 &&
    medianSide(lightCurve, lightCurve.starScore, 0.4) > 0
  );
}

/**
 * Steps 1 and 3 to 6.
 *
 * @param columns  undefined to learn only whether the rule allows a correction
 * @returns        whether it does; if not, nothing is written
 */
export function correctZtfRows(lightCurve: LightCurve, columns: CorrectedColumns | undefined): boolean {
  if (!isZtfVariableStar(lightCurve)) return false;
  const { length, referenceImage, referenceMag, referenceMagErr, mag, magErr, magLimit, sign, passband } = lightCurve;
  const rows: number[] = [];
  for (let row = 0; row < length; row += 1) if (takesPart(lightCurve, row)) rows.push(row);
  for (const column of [referenceMag, referenceMagErr, mag, magErr, magLimit]) {
    if (!occurs(rows, column)) return false;
  }
  if (!rows.some((row) => referenceImage[row] !== 0) || !rows.some((row) => sign[row] !== 0)) return false;

  const reference = fillByGroup(rows, referenceMag, (row) => referenceImage[row]!);
  const referenceErr = fillByGroup(rows, referenceMagErr, (row) => referenceImage[row]!);
  const signOf = (row: number): number => (sign[row] === 1 ? 1 : -1);
  for (const row of rows) {
    // Most need no powers: only what is brighter than its reference can take away more than that has.
    const isAtRisk = signOf(row) < 0 && mag[row]! < reference[row]!;
    if (isAtRisk && totalFlux(reference[row]!, mag[row]!, -1) < 0) return false;
  }
  if (columns === undefined) return true;

  const byFilter = fillByGroup(rows, reference, (row) => passband[row]!);
  for (const row of rows) {
    const values = { mag: mag[row]!, magErr: magErr[row]!, sign: signOf(row), magLimit: magLimit[row]! };
    const referenceErrOfRow = referenceErr[row]!;
    const own = correctedPhotometry({
      ...values,
      referenceMag: reference[row]!,
      referenceMagErr: referenceErrOfRow,
    });
    const filled = correctedPhotometry({
      ...values,
      referenceMag: byFilter[row]!,
      referenceMagErr: referenceErrOfRow,
    });
    columns.magCorrected[row] = own.mag;
    columns.magErrCorrected[row] = own.magErr;
    columns.magUpperLimitCorrected[row] = filled.brightLimit;
    columns.magLowerLimitCorrected[row] = filled.faintLimit;
  }
  return true;
}

/** Whether a column is defined in some row. */
function occurs(rows: readonly number[], column: Float64Array): boolean {
  for (const row of rows) if (Number.isFinite(column[row]!)) return true;
  return false;
}

/**
 * A column, undefined values in some rows replaced by the median of their group; the group 0 or '' has none.
 *
 * @returns  the column itself where nothing is to be replaced, as it mostly is
 */
function fillByGroup(
  rows: readonly number[],
  column: Float64Array,
  groupOf: (row: number) => number | string,
): Float64Array {
  if (rows.every((row) => Number.isFinite(column[row]!))) return column;
  const groups = new Map<number | string, number[]>();
  for (const row of rows) {
    const value = column[row]!;
    const group = groupOf(row);
    if (!Number.isFinite(value) || group === 0 || group === '') continue;
    const values = groups.get(group);
    if (values === undefined) groups.set(group, [value]);
    else values.push(value);
  }
  const medians = new Map([...groups].map(([group, values]) => [group, median(values)]));
  const filled = column.slice();
  for (const row of rows) {
    if (!Number.isFinite(column[row]!)) filled[row] = medians.get(groupOf(row)) ?? Number.NaN;
  }
  return filled;
}

/** @param values  one or more, finite; reordered */
function median(values: number[]): number {
  values.sort((a, b) => a - b);
  const middle = values.length >> 1;
  return values.length % 2 === 1 ? values[middle]! : (values[middle - 1]! + values[middle]!) / 2;
}

/**
 * On which side of a limit the median of a column's finite values lies, in one pass without sorting: this is asked of
 * every locus with every alert.
 *
 * @returns negative, 0 or positive as the median is below, at or above the limit; NaN without finite values
 */
function medianSide(lightCurve: LightCurve, column: Float64Array, limit: number): number {
  let below = 0;
  let above = 0;
  let nearestBelow = Number.NEGATIVE_INFINITY;
  let nearestAbove = Number.POSITIVE_INFINITY;
  let equal = 0;
  for (let row = 0; row < lightCurve.length; row += 1) {
    const value = column[row]!;
    if (!Number.isFinite(value) || !takesPart(lightCurve, row)) continue;
    if (value < limit) {
      below += 1;
      if (value > nearestBelow) nearestBelow = value;
    } else if (value > limit) {
      above += 1;
      if (value < nearestAbove) nearestAbove = value;
    } else equal += 1;
  }
  const count = below + above + equal;
  if (count === 0) return Number.NaN;
  // The two middle values: the same one for an odd count.
  const lower = valueAt((count - 1) >> 1);
  const upper = valueAt(count >> 1);
  return (lower + upper) / 2 - limit;

  /** The value at a rank, as far as its side of the limit needs it: ranks far from the limit give something nearer. */
  function valueAt(rank: number): number {
    if (rank < below) return nearestBelow;
    return rank < below + equal ? limit : nearestAbove;
  }
}
