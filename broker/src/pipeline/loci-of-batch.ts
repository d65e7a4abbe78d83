import type { AlertAddress, AlertRow, LocusWrite, NearbyLocus, StoredLocus } from '../alert-store/alert-store.ts';
import type { AlertId, LocusId } from '../model/ids.ts';
import type { LocusRef } from '../model/locus.ts';
import type { LocusInFlight } from '../model/locus-in-flight.ts';
import type { SurveyObject } from '../model/packet.ts';

/** A locus that the batch has touched, and what the store must be told of it. */
export interface TouchedLocus {
  readonly locus: LocusInFlight;
  /** Position under which the store knows it; undefined when it does not, or when it is not associable. */
  readonly storedPosition: { readonly ra: number; readonly dec: number } | undefined;
  readonly newObjects: SurveyObject[];
  readonly rows: Map<number, AlertRow>;
  readonly removedRows: number[];
  /** Unit vector of the present position. */
  x: number;
  y: number;
  z: number;
}

/**
 * What a batch knows about loci: the answers that the store gave when the batch began, and on top of them everything
 * that the batch itself has changed since. Reads see the batch's own writes.
 */
export class LociOfBatch {
  /** Answers of the store. */
  readonly storedObjects = new Map<string, LocusRef>();
  readonly storedLoci = new Map<LocusId, StoredLocus>();
  readonly storedAddresses = new Map<AlertId, AlertAddress>();
  readonly storedRows = new Map<AlertId, AlertRow>();
  /** Loci near each alert of the batch, by the alert's index. */
  readonly storedNearby = new Map<number, readonly NearbyLocus[]>();
  /** Changes of the batch. */
  readonly touched = new Map<LocusId, TouchedLocus>();
  readonly #objects = new Map<string, LocusRef>();
  readonly #addresses = new Map<AlertId, AlertAddress>();
  readonly #rows = new Map<AlertId, AlertRow>();

  /** Key of a survey object in maps. */
  static objectKey(object: SurveyObject): string {
    return `${object.survey}/${object.role}/${object.id}`;
  }

  /** The locus of a survey object, as of now. */
  findByObject(object: SurveyObject): LocusRef | undefined {
    const key = LociOfBatch.objectKey(object);
    return this.#objects.get(key) ?? this.storedObjects.get(key);
  }

  /** Where an alert is, as of now. */
  findAlert(alertId: AlertId): AlertAddress | undefined {
    return this.#addresses.get(alertId) ?? this.storedAddresses.get(alertId);
  }

  /** The row of an alert, as of now, where it was asked for ahead or written by this batch. */
  findRow(alertId: AlertId): AlertRow | undefined {
    return this.#rows.get(alertId) ?? this.storedRows.get(alertId);
  }

  bindObject(touched: TouchedLocus, object: SurveyObject): void {
    this.#objects.set(LociOfBatch.objectKey(object), touched.locus.ref);
    touched.newObjects.push(object);
    touched.locus.objects.push(object);
  }

  /** Notes a row of a locus as added or replaced. */
  writeRow(touched: TouchedLocus, row: number, alert: AlertRow): void {
    touched.rows.set(row, alert);
    this.#addresses.set(alert.point.alertId, { ref: touched.locus.ref, row, kind: alert.point.kind });
    this.#rows.set(alert.point.alertId, alert);
  }

  /** Notes an alert as stored without a locus. */
  writeUnassociated(alert: AlertRow): void {
    this.#addresses.set(alert.point.alertId, { ref: undefined, row: -1, kind: alert.point.kind });
    this.#rows.set(alert.point.alertId, alert);
  }

  /** Takes a row out of a locus: its alert goes to another one. */
  removeRow(touched: TouchedLocus, row: number): void {
    touched.locus.lightCurve.remove(row);
    touched.rows.delete(row);
    touched.removedRows.push(row);
  }

  /** The writes that the store needs. */
  writes(): LocusWrite[] {
    const writes: LocusWrite[] = [];
    for (const { locus, storedPosition, newObjects, rows, removedRows } of this.touched.values()) {
      const { ref, ra, dec, isAssociable, objects, properties, catalogMatches, watchMatches, lightCurve } = locus;
      const counts = countAlerts(locus);
      writes.push({
        record: {
          ref,
          ra,
          dec,
          isAssociable,
          objects,
          ...counts,
          tags: [...locus.tags].sort(),
          catalogMatches,
          watchMatches,
          properties,
        },
        lightCurve,
        previousPosition: storedPosition,
        newObjects,
        rows,
        removedRows,
      });
    }
    return writes;
  }
}

/** Counts detections and upper limits of a locus; forced points count nowhere. */
export function countAlerts(locus: LocusInFlight): {
  readonly numAlerts: number;
  readonly numDetections: number;
  readonly numUpperLimits: number;
} {
  const { lightCurve } = locus;
  let numDetections = 0;
  let numUpperLimits = 0;
  for (let row = 0; row < lightCurve.length; row += 1) {
    if (lightCurve.isRemoved(row)) continue;
    const kind = lightCurve.kind[row]!;
    if (kind <= 1) numDetections += 1;
    else if (kind === 2) numUpperLimits += 1;
  }
  return { numAlerts: numDetections + numUpperLimits, numDetections, numUpperLimits };
}
