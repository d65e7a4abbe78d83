import { type AlertId, type LocusId, type ProvenanceId, toAlertId, toProvenanceId } from '../../model/ids.ts';
import { LIGHT_CURVE_COLUMNS, type LightCurvePoint } from '../../model/light-curve.ts';
import { LightCurveBuilder } from '../../model/light-curve-builder.ts';
import type { LocusRecord, LocusRef } from '../../model/locus.ts';
import type { SurveyObject } from '../../model/packet.ts';
import { htmIdOf } from '../../sky/htm/locate.ts';
import type { AlertRow, CommitBatch, LocusWrite } from '../alert-store.ts';

const PROVENANCE: ProvenanceId = toProvenanceId('provenance-of-the-suite');
const SCHEMA = '00f00baa00f00baa';

/** Random numbers in [0, 1) that are the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A batch of nothing but what is given. */
export function batchOf(parts: Partial<CommitBatch>): CommitBatch {
  return {
    loci: [],
    unassociated: [],
    schemas: new Map(),
    ledger: [],
    rejections: [],
    progress: [],
    pending: [],
    clearPending: [],
    ...parts,
  };
}

/** A point with every column its own number, some in single precision and some not. */
export function pointOf(alertId: string, overrides: Partial<LightCurvePoint> = {}): LightCurvePoint {
  return {
    alertId: toAlertId(alertId),
    kind: 'candidate',
    surveyNumber: 1,
    passband: 'g',
    mjd: 59_000.123_456_789,
    ra: 150.000_012_345_678_9,
    dec: -2.345_678_901_234,
    mag: Math.fround(18.123),
    magErr: Math.fround(0.051),
    magLimit: Math.fround(20.6),
    flux: Number.NaN,
    fluxErr: Number.NaN,
    magCorrected: 17.9,
    magErrCorrected: 0.043,
    sign: 1,
    referenceMag: Math.fround(19.2),
    referenceMagErr: Math.fround(0.02),
    referenceDistance: Math.fround(0.3),
    starDistance: Math.fround(1.7),
    starScore: Math.fround(0.98),
    referenceImage: 71_234_512,
    ...overrides,
  };
}

/** An alert around a point. */
export function rowOf(ref: LocusRef | undefined, point: LightCurvePoint, overrides: Partial<AlertRow> = {}): AlertRow {
  return {
    ref,
    point,
    body: { schemaId: SCHEMA, part: '', bytes: new TextEncoder().encode(`body of ${point.alertId}`) },
    receivedAt: 1_700_000_000.25,
    sentAt: 1_699_999_990.5,
    provenanceId: PROVENANCE,
    annotations: new Map(),
    packet: undefined,
    ...overrides,
  };
}

/** A point as a light curve gives it back: columns that the point leaves out are NaN. */
export function completed(point: LightCurvePoint): LightCurvePoint {
  const numbers: Record<string, number> = {};
  for (const column of LIGHT_CURVE_COLUMNS) numbers[column] = point[column] ?? Number.NaN;
  return { ...point, ...numbers };
}

/** An alert as the store gives it back. */
export function completedRow(row: AlertRow): AlertRow {
  return { ...row, point: completed(row.point) };
}

/**
 * A locus as the pipeline would hold it: it collects what happened to it since its last write.
 */
export class LocusScene {
  readonly ref: LocusRef;
  readonly lightCurve = new LightCurveBuilder();
  ra: number;
  dec: number;
  isAssociable = true;
  objects: SurveyObject[] = [];
  tags: string[] = [];
  catalogMatches: LocusRecord['catalogMatches'] = [];
  watchMatches: LocusRecord['watchMatches'] = [];
  properties: LocusRecord['properties'] = new Map();
  #rows = new Map<number, AlertRow>();
  #removed: number[] = [];
  #newObjects: SurveyObject[] = [];
  #stored: { ra: number; dec: number } | undefined;
  /** All rows that stand, as they were last written. */
  readonly rows = new Map<number, AlertRow>();

  constructor(locusId: string, ra: number, dec: number) {
    this.ref = { locusId: locusId as LocusId, birthTrixel: htmIdOf(ra, dec, 20) };
    this.ra = ra;
    this.dec = dec;
  }

  /** Binds an object. */
  bind(id: string, survey = 'ztf', role: SurveyObject['role'] = 'object'): SurveyObject {
    const object = { survey, role, id };
    this.objects = [...this.objects, object];
    this.#newObjects.push(object);
    return object;
  }

  /** Adds an alert. @returns its row */
  add(point: LightCurvePoint, overrides: Partial<AlertRow> = {}): number {
    const row = this.lightCurve.append(point);
    this.#keep(row, rowOf(this.ref, point, overrides));
    return row;
  }

  /** Replaces an alert by a fuller one of the same id. */
  replace(row: number, point: LightCurvePoint, overrides: Partial<AlertRow> = {}): void {
    this.lightCurve.replace(row, point);
    this.#keep(row, rowOf(this.ref, point, overrides));
  }

  /** Gives an alert away. */
  remove(row: number): void {
    this.lightCurve.remove(row);
    this.rows.delete(row);
    this.#rows.delete(row);
    this.#removed.push(row);
  }

  get record(): LocusRecord {
    const { ref, ra, dec, isAssociable, objects, tags, catalogMatches, watchMatches, properties } = this;
    return {
      ref,
      ra,
      dec,
      isAssociable,
      objects,
      numAlerts: this.rows.size,
      numDetections: [...this.rows.values()].filter(({ point }) => point.kind !== 'upper_limit').length,
      numUpperLimits: [...this.rows.values()].filter(({ point }) => point.kind === 'upper_limit').length,
      tags,
      catalogMatches,
      watchMatches,
      properties,
    };
  }

  /** What has happened since the last call, as a write. */
  write(): LocusWrite {
    const write: LocusWrite = {
      record: this.record,
      lightCurve: this.lightCurve,
      previousPosition: this.#stored,
      newObjects: this.#newObjects,
      rows: this.#rows,
      removedRows: this.#removed,
    };
    this.#stored = this.isAssociable ? { ra: this.ra, dec: this.dec } : undefined;
    this.#rows = new Map();
    this.#removed = [];
    this.#newObjects = [];
    return write;
  }

  /** Ids of the alerts that stand. */
  get alertIds(): AlertId[] {
    return [...this.rows.values()].map(({ point }) => point.alertId);
  }

  #keep(row: number, alert: AlertRow): void {
    this.rows.set(row, alert);
    this.#rows.set(row, alert);
  }
}
