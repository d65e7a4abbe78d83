import type { AlertId } from './ids.ts';

/**
 * How an alert became known.
 *
 * - `candidate`: arrived as an alert of its own
 * - `history`: a detection known only from the history inside another alert's packet
 * - `upper_limit`: nothing was seen down to `magLimit`; has no position
 * - `forced`: photometry forced at the object's position; not counted among the alerts of a locus
 */
export type AlertKind = 'candidate' | 'history' | 'upper_limit' | 'forced';

/** Kinds by their stored number. The order is part of the store's format: append only. */
export const ALERT_KINDS: readonly AlertKind[] = ['candidate', 'history', 'upper_limit', 'forced'];

/** Whether a kind counts as a detection: it has a position, and takes part in the locus' mean direction. */
export function isDetection(kind: AlertKind): boolean {
  return kind === 'candidate' || kind === 'history';
}

/**
 * One point of a light curve: the numbers that every stage needs, in the survey's own precision.
 *
 * Undefined is NaN in numeric fields, so that points go in and out of typed columns unchanged.
 */
export interface LightCurvePoint {
  readonly alertId: AlertId;
  readonly kind: AlertKind;
  /** `ant_survey`: 1 ZTF detection, 2 ZTF upper limit, 3 DECAT, 4 LSST. */
  readonly surveyNumber: number;
  /** Passband as ANTARES spells it: g, R, i (ZTF); u, g, r, i, z, y (LSST). */
  readonly passband: string;
  /** Modified Julian Date in the survey's own scale (ZTF: UTC, start of exposure; LSST: TAI, mid-exposure) [d]. */
  readonly mjd: number;
  /** ICRS [deg], ra ∈ [0, 360). NaN for upper limits and forced points. */
  readonly ra: number;
  readonly dec: number;
  /** `ant_mag`: AB magnitude of the difference [mag]. */
  readonly mag: number;
  /** `ant_magerr` [mag]. */
  readonly magErr: number;
  /** `ant_maglim` [mag]. */
  readonly magLimit: number;
  /** Flux on the difference image [nJy], signed, where the survey gives one. */
  readonly flux: number;
  readonly fluxErr: number;
  /** Magnitude of the whole source (difference plus reference), where the survey gives it point by point [mag]. */
  readonly magCorrected: number;
  readonly magErrCorrected: number;
  /** +1 brighter than the reference, −1 fainter, 0 not said. */
  readonly sign: number;
  /** Nearest source in the reference image: magnitude, its error [mag] and distance [arcsec as the survey gives it]. */
  readonly referenceMag: number;
  readonly referenceMagErr: number;
  readonly referenceDistance: number;
  /** Nearest object of the survey's star catalogue: distance [arcsec], and how star-like it is, 0 to 1. */
  readonly starDistance: number;
  readonly starScore: number;
  /** Number that is equal for points taken through the same field, detector and filter; 0 when unknown. */
  readonly referenceImage: number;
  /**
   * For a row known from the history of another alert: that alert's time [d]. Of several packets that list a row, the
   * earliest speaks, in whatever order they arrive. Absent from points as decoded; the pipeline fills it in.
   */
  readonly listedAt?: number;
  /**
   * Which of the locus' survey objects the point belongs to: index into `LocusRecord.objects`. Absent from points as
   * decoded, and NaN where the survey names no object.
   */
  readonly objectIndex?: number;
}

/** The numeric fields of a point that a light curve keeps as columns of doubles. The order is part of the store's format. */
export const LIGHT_CURVE_COLUMNS = [
  'mjd',
  'ra',
  'dec',
  'mag',
  'magErr',
  'magLimit',
  'flux',
  'fluxErr',
  'magCorrected',
  'magErrCorrected',
  'sign',
  'referenceMag',
  'referenceMagErr',
  'referenceDistance',
  'starDistance',
  'starScore',
  'referenceImage',
  'listedAt',
  'objectIndex',
] as const;

/** Name of a numeric column. */
export type LightCurveColumn = (typeof LIGHT_CURVE_COLUMNS)[number];

/**
 * A light curve as columns: one entry per point in each, the same index in all, in the order of arrival.
 *
 * One layout from store to filter to plot. Columns are longer than the curve where there is room to grow: use `length`.
 * `order` sorts by time.
 */
export interface LightCurve extends Readonly<Record<LightCurveColumn, Float64Array>> {
  readonly length: number;
  readonly alertId: readonly AlertId[];
  readonly kind: Uint8Array;
  readonly surveyNumber: Uint8Array;
  readonly passband: readonly string[];
  /** Indices ascending by (mjd, alert id); `length` of them. */
  readonly order: Uint32Array;
}
