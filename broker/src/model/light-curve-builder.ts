import type { AlertId } from './ids.ts';
import {
  ALERT_KINDS,
  type AlertKind,
  LIGHT_CURVE_COLUMNS,
  type LightCurve,
  type LightCurveColumn,
  type LightCurvePoint,
} from './light-curve.ts';
import { sortByTime } from './time-order.ts';

/** After so many looks through all rows an index of them pays. */
const MOST_SCANS = 12;
const NO_BYTES = new Uint8Array(0);
const NO_NUMBERS = new Float64Array(0);

/** Ids of the first rows of a curve, taken apart: a text, and for most of them a number after it. */
export interface NumberedIds {
  /** Rows that are known, from the first on. */
  readonly rows: number;
  textOf(row: number): AlertId;
  /** The first of the rows [from, to) with the id `billions × 10⁹ + rest` in decimal after a prefix; -1 where none has it. */
  find(prefix: string, billions: number, rest: number, from: number, to: number): number;
  /** As {@link find}, of an id as text. */
  findText(alertId: AlertId, from: number, to: number): number;
  /** Order of the ids of two rows as text: negative, 0 or positive. */
  compare(a: number, b: number): number;
}

/**
 * A light curve that grows: columns with room to spare, rows found by alert id.
 *
 * Rows keep the order of arrival for good, so a row's index names it in the store too. `order` gives time order and is
 * brought up to date on the first read after a change.
 */
export class LightCurveBuilder implements LightCurve {
  length = 0;
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
  /** Ids by row, those of numbered rows where they were asked for. */
  readonly #ids: (AlertId | undefined)[] = [];
  #hasAllIds = true;
  /** Row by alert id, of rows without a number; made when it is first worth it. */
  #rowOf: Map<AlertId, number> | undefined;
  /** Rows looked through one by one so far, for want of the index. */
  #scans = 0;
  /** The row after the one that was found last. */
  #next = 0;
  #order: Uint32Array | undefined;
  #numberedIds: NumberedIds | undefined;
  readonly #compareIds = (a: number, b: number): number => {
    const ids = this.#numberedIds;
    if (ids !== undefined && a < ids.rows && b < ids.rows) return ids.compare(a, b);
    const [one, other] = [this.alertIdAt(a), this.alertIdAt(b)];
    return one < other ? -1 : Number(one > other);
  };

  /** @param capacity  rows to make room for; grows by doubling */
  constructor(capacity = 16) {
    this.kind = new Uint8Array(capacity);
    this.surveyNumber = new Uint8Array(capacity);
    this.#takeColumns(capacity);
  }

  /** Ids of all rows. A curve that was read has them as numbers: whoever wants one asks {@link alertIdAt}. */
  get alertId(): readonly AlertId[] {
    if (!this.#hasAllIds) {
      for (let row = 0; row < this.length; row += 1) this.alertIdAt(row);
      this.#hasAllIds = true;
    }
    return this.#ids as readonly AlertId[];
  }

  /** The id of a row. */
  alertIdAt(row: number): AlertId {
    const known = this.#ids[row];
    if (known !== undefined) return known;
    const id = this.#numberedIds!.textOf(row);
    this.#ids[row] = id;
    return id;
  }

  /** Row of an alert, or undefined. */
  rowOf(alertId: AlertId): number | undefined {
    const ids = this.#numberedIds;
    if (ids === undefined) return this.#rowOfText(alertId, 0);
    return this.#firstInUse((from, to) => ids.findText(alertId, from, to)) ?? this.#rowOfText(alertId, ids.rows);
  }

  /** Row of the alert with the id `billions × 10⁹ + rest` in decimal after a prefix, if it is known as a number. */
  rowOfNumber(prefix: string, billions: number, rest: number): number | undefined {
    const ids = this.#numberedIds;
    if (ids === undefined) return undefined;
    // A packet lists its history in the order in which the rows came before.
    const next = ids.find(prefix, billions, rest, this.#next, this.#next + 1);
    if (next !== -1 && !this.isRemoved(next)) {
      this.#next = next + 1;
      return next;
    }
    return this.#firstInUse((from, to) => ids.find(prefix, billions, rest, from, to));
  }

  /** The first numbered row that is found and was not taken out; looked for from the row after the last one on. */
  #firstInUse(find: (from: number, to: number) => number): number | undefined {
    const { rows } = this.#numberedIds!;
    const start = Math.min(this.#next, rows);
    for (const [from, to] of [
      [start, rows],
      [0, start],
    ] as const) {
      for (let row = find(from, to); row !== -1; row = find(row + 1, to)) {
        if (this.isRemoved(row)) continue;
        this.#next = row + 1;
        return row;
      }
    }
    return undefined;
  }

  /** Row of an alert among those from one on. */
  #rowOfText(alertId: AlertId, first: number): number | undefined {
    if (this.#rowOf !== undefined) return this.#rowOf.get(alertId);
    const ids = this.#ids;
    const next = this.#next;
    if (next >= first && next < this.length && ids[next] === alertId && !this.isRemoved(next)) {
      this.#next = next + 1;
      return next;
    }
    if (this.#scans >= MOST_SCANS) return this.#index(first).get(alertId);
    this.#scans += 1;
    for (let row = ids.indexOf(alertId, first); row !== -1; row = ids.indexOf(alertId, row + 1)) {
      if (this.isRemoved(row)) continue;
      this.#next = row + 1;
      return row;
    }
    return undefined;
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
      sortByTime(order, this.mjd, this.#compareIds);
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
    this.#ids[row] = point.alertId;
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
   * @param alertId  undefined for a row that is numbered: see {@link adoptIds}
   * @param kind  stored number
   */
  adopt(alertId: AlertId | undefined, kind: number, surveyNumber: number, passband: string): void {
    const row = this.length;
    if (row === this.kind.length) throw new TypeError('a curve adopts rows only where it has columns for them');
    this.length += 1;
    if (alertId === undefined) this.#hasAllIds = false;
    this.#ids[row] = alertId;
    this.passband.push(passband);
    this.kind[row] = kind;
    this.surveyNumber[row] = surveyNumber;
    this.#rowOf = undefined;
    this.#order = undefined;
  }

  /** Takes over ids that whoever fills the curve has taken apart. */
  adoptIds(ids: NumberedIds): void {
    this.#numberedIds = ids;
  }

  /** Replaces what a row says, under the same alert id: a history row whose full alert arrived. */
  replace(row: number, point: LightCurvePoint): void {
    if (this.alertIdAt(row) !== point.alertId)
      throw new TypeError(`row ${row} is ${this.alertIdAt(row)}, not ${point.alertId}`);
    this.passband[row] = point.passband;
    this.#set(row, point);
  }

  /** Takes a row out: its time becomes NaN and its id is forgotten, its index stays taken. */
  remove(row: number): void {
    this.#rowOf?.delete(this.alertIdAt(row));
    this.mjd[row] = Number.NaN;
    this.#order = undefined;
  }

  /** Forgets all rows, and the memory that they are in. */
  clear(): void {
    this.length = 0;
    this.#ids.length = 0;
    this.#hasAllIds = true;
    this.passband.length = 0;
    this.kind = NO_BYTES;
    this.surveyNumber = NO_BYTES;
    for (const column of LIGHT_CURVE_COLUMNS) this[column] = NO_NUMBERS;
    this.#numberedIds = undefined;
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
      alertId: this.alertIdAt(row),
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

  #index(first: number): Map<AlertId, number> {
    const index = new Map<AlertId, number>();
    for (let row = first; row < this.length; row += 1) if (!this.isRemoved(row)) index.set(this.#ids[row]!, row);
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
