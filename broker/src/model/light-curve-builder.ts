import type { AlertId } from './ids.ts';
import {
  ALERT_KINDS,
  type AlertKind,
  LIGHT_CURVE_COLUMNS,
  type LightCurve,
  type LightCurveColumn,
  type LightCurvePoint,
} from './light-curve.ts';
import type { ExpectedIds } from './packet.ts';
import { sortByTime } from './time-order.ts';

/** After so many looks through all rows an index of them pays. */
const MOST_SCANS = 12;
const NO_BYTES = new Uint8Array(0);
const NO_NUMBERS = new Float64Array(0);

/** Ids of the first rows of a curve, taken apart: a text, and for most of them a number after it. */
export interface NumberedIds {
  /** The row with the id `billions × 10⁹ + rest` in decimal after a prefix, looked for from a row on; -1 where none has it. */
  find(prefix: string, billions: number, rest: number, from: number): number;
}

/**
 * A light curve that grows: columns with room to spare, rows found by alert id.
 *
 * Rows keep the order of arrival for good, so a row's index names it in the store too. `order` gives time order and is
 * brought up to date on the first read after a change.
 */
export class LightCurveBuilder implements LightCurve, ExpectedIds {
  length = 0;
  readonly alertId: AlertId[] = [];
  readonly passband: string[] = [];
  kind: Uint8Array;
  surveyNumber: Uint8Array;
  mjd!: Float64Array;
  ra!: Float64Array;
  dec!: Float64Array;
  mag!: Float64Array;
  magErr!: Float64Array;
  magLimit!: Float64Array;
  flux!: Float64Array;
  fluxErr!: Float64Array;
  magCorrected!: Float64Array;
  magErrCorrected!: Float64Array;
  sign!: Float64Array;
  referenceMag!: Float64Array;
  referenceMagErr!: Float64Array;
  referenceDistance!: Float64Array;
  starDistance!: Float64Array;
  starScore!: Float64Array;
  referenceImage!: Float64Array;
  listedAt!: Float64Array;
  objectIndex!: Float64Array;
  /** Row by alert id; made when it is first worth it: most curves are read, get a point or two and are written again. */
  #rowOf: Map<AlertId, number> | undefined;
  /** Rows looked through one by one so far, for want of the index. */
  #scans = 0;
  /** The row after the one that was found last. */
  #next = 0;
  #order: Uint32Array | undefined;
  /** Ids taken apart, where whoever filled the curve had them so. */
  numberedIds: NumberedIds | undefined;

  /** @param capacity  rows to make room for; grows by doubling */
  constructor(capacity = 16) {
    this.kind = new Uint8Array(capacity);
    this.surveyNumber = new Uint8Array(capacity);
    this.#takeColumns(capacity);
  }

  /** Row of an alert, or undefined. */
  rowOf(alertId: AlertId): number | undefined {
    if (this.#rowOf !== undefined) return this.#rowOf.get(alertId);
    // A packet lists its history in the order in which the rows came before.
    const next = this.#next;
    if (next < this.length && this.alertId[next] === alertId && !this.isRemoved(next)) {
      this.#next = next + 1;
      return next;
    }
    if (this.#scans >= MOST_SCANS) return this.#index().get(alertId);
    this.#scans += 1;
    for (let row = this.alertId.indexOf(alertId); row !== -1; row = this.alertId.indexOf(alertId, row + 1)) {
      if (this.isRemoved(row)) continue;
      this.#next = row + 1;
      return row;
    }
    return undefined;
  }

  expectedId(prefix: string, billions: number, rest: number): AlertId | undefined {
    const row = this.numberedIds?.find(prefix, billions, rest, this.#next) ?? -1;
    if (row === -1 || this.isRemoved(row)) return undefined;
    this.#next = row;
    return this.alertId[row];
  }

  /** The kind of a row in words. */
  kindAt(row: number): AlertKind {
    return ALERT_KINDS[this.kind[row]!]!;
  }

  /** Indices ascending by (mjd, alert id). A removed row is not among them. */
  get order(): Uint32Array {
    if (this.#order === undefined) {
      let order = new Uint32Array(this.length);
      let n = 0;
      for (let row = 0; row < this.length; row += 1) if (!this.isRemoved(row)) order[n++] = row;
      order = order.subarray(0, n);
      sortByTime(order, this.mjd, this.alertId);
      this.#order = order;
    }
    return this.#order;
  }

  /** Adds a row. The alert id must be new. @returns its index */
  append(point: LightCurvePoint): number {
    if (this.rowOf(point.alertId) !== undefined) throw new TypeError(`${point.alertId} is in the light curve already`);
    const row = this.length;
    if (row === this.kind.length) this.#grow();
    this.length += 1;
    this.alertId.push(point.alertId);
    this.passband.push(point.passband);
    this.#rowOf?.set(point.alertId, row);
    this.#set(row, point);
    return row;
  }

  /**
   * Takes over a row whose numbers stand in the columns already, or will before they are read: how a store fills a curve.
   *
   * The alert id must be new among the rows that are not removed; that is not checked.
   *
   * @param kind  stored number
   */
  adopt(alertId: AlertId, kind: number, surveyNumber: number, passband: string): void {
    const row = this.length;
    if (row === this.kind.length) throw new TypeError('a curve adopts rows only where it has columns for them');
    this.length += 1;
    this.alertId.push(alertId);
    this.passband.push(passband);
    this.kind[row] = kind;
    this.surveyNumber[row] = surveyNumber;
    this.#rowOf = undefined;
    this.#order = undefined;
  }

  /** Replaces what a row says, under the same alert id: a history row whose full alert arrived. */
  replace(row: number, point: LightCurvePoint): void {
    if (this.alertId[row] !== point.alertId)
      throw new TypeError(`row ${row} is ${this.alertId[row]}, not ${point.alertId}`);
    this.passband[row] = point.passband;
    this.#set(row, point);
  }

  /** Takes a row out: its time becomes NaN and its id is forgotten, its index stays taken. */
  remove(row: number): void {
    this.#rowOf?.delete(this.alertId[row]!);
    this.mjd[row] = Number.NaN;
    this.#order = undefined;
  }

  /** Forgets all rows, and the memory that they are in. */
  clear(): void {
    this.length = 0;
    this.alertId.length = 0;
    this.passband.length = 0;
    this.kind = NO_BYTES;
    this.surveyNumber = NO_BYTES;
    for (const column of LIGHT_CURVE_COLUMNS) this[column] = NO_NUMBERS;
    this.numberedIds = undefined;
    this.#rowOf = undefined;
    this.#order = undefined;
    this.#next = 0;
  }

  /** Whether a row was taken out. */
  isRemoved(row: number): boolean {
    return Number.isNaN(this.mjd[row]!);
  }

  /** A row as a point. */
  pointAt(row: number): LightCurvePoint {
    const numbers: Partial<Record<LightCurveColumn, number>> = {};
    for (const column of LIGHT_CURVE_COLUMNS) numbers[column] = this[column][row]!;
    return {
      ...(numbers as Record<LightCurveColumn, number>),
      alertId: this.alertId[row]!,
      kind: this.kindAt(row),
      surveyNumber: this.surveyNumber[row]!,
      passband: this.passband[row]!,
    };
  }

  #set(row: number, point: LightCurvePoint): void {
    this.kind[row] = ALERT_KINDS.indexOf(point.kind);
    this.surveyNumber[row] = point.surveyNumber;
    this.mjd[row] = point.mjd;
    this.ra[row] = point.ra;
    this.dec[row] = point.dec;
    this.mag[row] = point.mag;
    this.magErr[row] = point.magErr;
    this.magLimit[row] = point.magLimit;
    this.flux[row] = point.flux;
    this.fluxErr[row] = point.fluxErr;
    this.magCorrected[row] = point.magCorrected;
    this.magErrCorrected[row] = point.magErrCorrected;
    this.sign[row] = point.sign;
    this.referenceMag[row] = point.referenceMag;
    this.referenceMagErr[row] = point.referenceMagErr;
    this.referenceDistance[row] = point.referenceDistance;
    this.starDistance[row] = point.starDistance;
    this.starScore[row] = point.starScore;
    this.referenceImage[row] = point.referenceImage;
    this.listedAt[row] = point.listedAt ?? Number.NaN;
    this.objectIndex[row] = point.objectIndex ?? Number.NaN;
    this.#order = undefined;
  }

  #index(): Map<AlertId, number> {
    const index = new Map<AlertId, number>();
    for (let row = 0; row < this.length; row += 1) if (!this.isRemoved(row)) index.set(this.alertId[row]!, row);
    this.#rowOf = index;
    return index;
  }

  #grow(): void {
    const capacity = Math.max(16, this.kind.length * 2);
    const kind = new Uint8Array(capacity);
    kind.set(this.kind);
    this.kind = kind;
    const surveyNumber = new Uint8Array(capacity);
    surveyNumber.set(this.surveyNumber);
    this.surveyNumber = surveyNumber;
    const before = LIGHT_CURVE_COLUMNS.map((column) => this[column]);
    this.#takeColumns(capacity);
    for (const [i, column] of LIGHT_CURVE_COLUMNS.entries()) this[column].set(before[i]!);
  }

  /** Gives each column its part of one block of memory: one allocation instead of one a column. */
  #takeColumns(capacity: number): void {
    const block = new ArrayBuffer(LIGHT_CURVE_COLUMNS.length * capacity * Float64Array.BYTES_PER_ELEMENT);
    for (const [i, column] of LIGHT_CURVE_COLUMNS.entries()) {
      this[column] = new Float64Array(block, i * capacity * Float64Array.BYTES_PER_ELEMENT, capacity);
    }
  }
}
