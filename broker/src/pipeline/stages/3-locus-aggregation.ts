import type { AlertRow } from '../../alert-store/alert-store.ts';
import { locusIdFromCounter } from '../../model/ids.ts';
import { isDetection } from '../../model/light-curve.ts';
import { LightCurveBuilder } from '../../model/light-curve-builder.ts';
import type { LocusRef } from '../../model/locus.ts';
import type { LocusInFlight } from '../../model/locus-in-flight.ts';
import type { PacketAlert } from '../../model/packet.ts';
import type { Properties } from '../../model/property.ts';
import { yearOfMjd } from '../../model/time.ts';
import { lazyAlertProperties } from '../alert-properties.ts';
import { LociOfBatch, type TouchedLocus } from '../loci-of-batch.ts';
import { updateLocusPosition, updateLocusProperties } from '../locus-summary.ts';
import { birthTrixelOf, nearestLocus, positionOf } from '../nearest-locus.ts';
import { regionsOfAlerts } from '../regions.ts';
import type { AlertInFlight, Batch, PipelineContext, Stage, WritableAlertRow } from '../stage.ts';
import { refuseAlert } from './1-receive.ts';

/**
 * Stage 3, locus aggregation: which object on the sky an alert belongs to, and what that object has shown so far.
 *
 * In this order: the locus to which the survey's own object id is bound; the nearest locus within 1.000 arcsec, inclusive;
 * a new locus. An alert of which the survey names no object stays where history has it. Solar-system objects never join by position, and
 * nothing joins them. The history inside the packet becomes alerts of the locus too. The paper, section 4.3.
 *
 * Reads addresses, bindings, loci near by and light curves, all asked for ahead (`prepare`), under the lock of the sky
 * regions concerned. Adds the locus as of this alert: from here on the locus is what travels.
 *
 * Second delivery: an alert that arrived before as an alert of its own is a duplicate, and nothing changes. With the
 * same id and other content it is refused and kept, since one of the two must be wrong and nobody here can tell which.
 */
export const locusAggregation: Stage = {
  name: 'locus aggregation',

  async prepare(batch: Batch, context: PipelineContext): Promise<void> {
    const { alerts, loci } = batch;
    if (alerts.length === 0) return;
    batch.lease = await context.coordination.lockRegions(regionsOfAlerts(alerts), LOCK);
    await findAddresses(alerts, loci, context);
    await findBindings(alerts, loci, context);
    await findNeighbours(alerts, loci, context);
    await loadLoci(alerts, loci, context);
    await readHistories(alerts, loci, context);
  },

  async process(alert: AlertInFlight, batch: Batch, context: PipelineContext): Promise<void> {
    const { loci } = batch;
    const { packet } = alert;
    const { alertId } = packet.alert.point;
    const address = loci.findAlert(alertId);

    if (address?.kind === 'candidate' && !(address.ref === undefined && alert.storeOnlyBecause === undefined)) {
      const known = loci.findRow(alertId) ?? (await context.store.getAlerts([alertId]))[0];
      if (known === undefined || context.decoder.sameContent(known.body, packet.alert.body))
        alert.outcome = 'duplicate';
      else refuseAlert(batch, alert, 'PACKET_DUPLICATE_CONFLICT', conflictMessage(alertId));
      return;
    }
    alert.outcome = 'stored';
    if (alert.storeOnlyBecause !== undefined) {
      await storeOnly(alert, batch, context);
      return;
    }

    const ref = chooseLocus(alert, batch, context);
    const touched = ref === undefined ? await makeLocus(alert, batch, context) : await touch(ref, loci, context);
    const { locus } = touched;
    locus.newDetectionPassbands.clear();
    if (address?.ref !== undefined && address.ref.locusId !== locus.ref.locusId) {
      await takeRowAway(alertId, address.ref, batch, context);
    }
    bindObject(alert, touched, batch, context);
    await addHistory(alert, touched, batch, context);
    locus.annotations = new Map();
    locus.alertRow = addAlert(alert, touched, batch, context);
    locus.alertProperties = lazyAlertProperties(alert, context).read;
    updateLocusPosition(touched);
    updateLocusProperties(locus, context.decoder.locusContribution(packet));
    alert.locus = locus;
  },
};

/** The lease is far longer than a batch takes; who waits outlasts the lease of a holder that died. */
const LOCK = { leaseMs: 30_000, waitMs: 60_000 };

function conflictMessage(alertId: string): string {
  return `${alertId} is stored already with other content; the stored one stays, this one is kept with the rejected packets`;
}

async function findAddresses(
  alerts: readonly AlertInFlight[],
  loci: LociOfBatch,
  context: PipelineContext,
): Promise<void> {
  const ids = alerts.map((alert) => alert.packet.alert.point.alertId);
  const addresses = await context.store.findAlerts(ids);
  const wanted = [];
  for (let i = 0; i < ids.length; i += 1) {
    const address = addresses[i];
    if (address === undefined) continue;
    alerts[i]!.address = address;
    loci.storedAddresses.set(ids[i]!, address);
    if (address.kind === 'candidate') wanted.push(ids[i]!);
  }
  await readRows(wanted, loci, context);
}

async function readRows(
  ids: readonly AlertRow['point']['alertId'][],
  loci: LociOfBatch,
  context: PipelineContext,
): Promise<void> {
  if (ids.length === 0) return;
  const rows = await context.store.getAlerts(ids);
  for (let i = 0; i < ids.length; i += 1) if (rows[i] !== undefined) loci.storedRows.set(ids[i]!, rows[i]!);
}

async function findBindings(
  alerts: readonly AlertInFlight[],
  loci: LociOfBatch,
  context: PipelineContext,
): Promise<void> {
  const objects = new Map(
    alerts.flatMap(({ packet: { object } }) =>
      object !== undefined && bindsLocus(object, context) ? [[LociOfBatch.objectKey(object), object] as const] : [],
    ),
  );
  const refs = await context.store.findLociByObject([...objects.values()]);
  let i = 0;
  for (const key of objects.keys()) {
    const ref = refs[i++];
    if (ref !== undefined) loci.storedObjects.set(key, ref);
  }
}

function bindsLocus(object: NonNullable<AlertInFlight['packet']['object']>, context: PipelineContext): boolean {
  return object.role === 'object' || context.solarSystemLoci === 'object';
}

async function findNeighbours(
  alerts: readonly AlertInFlight[],
  loci: LociOfBatch,
  context: PipelineContext,
): Promise<void> {
  const indices: number[] = [];
  for (let i = 0; i < alerts.length; i += 1) {
    const { object } = alerts[i]!.packet;
    if (object?.role === 'solar_system_object') continue;
    if (object !== undefined && loci.findByObject(object) !== undefined) continue;
    indices.push(i);
  }
  if (indices.length === 0) return;
  const found = await context.store.findLociNear(
    indices.map((i) => ({
      ...positionOf(alerts[i]!.packet.alert.point),
      radiusArcsec: context.associationRadiusArcsec,
    })),
  );
  indices.forEach((i, k) => {
    loci.storedNearby.set(i, found[k]!);
    alerts[i]!.nearby = found[k]!;
  });
}

/** The locus that an alert will most likely join, from what the store says alone. */
function likelyLocus(alert: AlertInFlight, loci: LociOfBatch): LocusRef | undefined {
  const { object } = alert.packet;
  const bound = object === undefined ? undefined : loci.storedObjects.get(LociOfBatch.objectKey(object));
  return bound ?? (object === undefined ? alert.address?.ref : undefined) ?? alert.nearby[0]?.ref;
}

async function loadLoci(alerts: readonly AlertInFlight[], loci: LociOfBatch, context: PipelineContext): Promise<void> {
  const refs = new Map<string, LocusRef>();
  for (const alert of alerts) {
    const ref = likelyLocus(alert, loci);
    if (ref !== undefined) refs.set(ref.locusId, ref);
  }
  if (refs.size === 0) return;
  for (const stored of await context.store.getLoci([...refs.values()])) {
    if (stored !== undefined) loci.storedLoci.set(stored.record.ref.locusId, stored);
  }
}

/** Decodes the history rows that the likely locus does not have, and asks the store whether it has them elsewhere. */
async function readHistories(
  alerts: readonly AlertInFlight[],
  loci: LociOfBatch,
  context: PipelineContext,
): Promise<void> {
  const ids = new Set<AlertRow['point']['alertId']>();
  for (const alert of alerts) {
    if (alert.storeOnlyBecause !== undefined || alert.address?.kind === 'candidate') continue;
    const likely = likelyLocus(alert, loci);
    alert.likelyLocusId = likely?.locusId;
    const known = likely === undefined ? undefined : loci.storedLoci.get(likely.locusId)?.lightCurve;
    alert.historyRows = unknownHistory(alert, known);
    for (const { point } of alert.historyRows) ids.add(point.alertId);
  }
  if (ids.size === 0) return;
  const list = [...ids];
  const addresses = await context.store.findAlerts(list);
  const storedOnly = [];
  for (let i = 0; i < list.length; i += 1) {
    const address = addresses[i];
    if (address === undefined) continue;
    loci.storedAddresses.set(list[i]!, address);
    if (address.ref === undefined) storedOnly.push(list[i]!);
  }
  await readRows(storedOnly, loci, context);
}

/**
 * History rows that a light curve lacks, or knows from a packet later than this one.
 *
 * Of several packets that list one row, the earliest speaks, so that the order of arrival does not matter: surveys have
 * re-sent rows with other values.
 */
function unknownHistory(alert: AlertInFlight, lightCurve: LightCurveBuilder | undefined): PacketAlert[] {
  const { packet } = alert;
  const listedAt = packet.alert.point.mjd;
  if (lightCurve === undefined) return packet.history(() => false);
  const isSettled = (row: number | undefined): boolean =>
    row !== undefined && (lightCurve.kind[row] === 0 || !(listedAt < lightCurve.listedAt[row]!));
  return packet.history((alertId) => isSettled(lightCurve.rowOf(alertId)), {
    has: (prefix, billions, rest) => isSettled(lightCurve.rowOfNumber(prefix, billions, rest)),
  });
}

function chooseLocus(alert: AlertInFlight, { loci }: Batch, context: PipelineContext): LocusRef | undefined {
  const { object } = alert.packet;
  const bound = object !== undefined && bindsLocus(object, context) ? loci.findByObject(object) : undefined;
  if (bound !== undefined) return bound;
  // The history that listed it was another object's; what its own packet says, or where it is, counts for more.
  const listing = object === undefined ? loci.findAlert(alert.packet.alert.point.alertId)?.ref : undefined;
  if (listing !== undefined) return listing;
  if (object?.role === 'solar_system_object') return undefined;
  return nearestLocus(alert.packet.alert.point, alert.nearby, loci.touched, context.associationRadiusArcsec);
}

async function touch(ref: LocusRef, loci: LociOfBatch, context: PipelineContext): Promise<TouchedLocus> {
  const before = loci.touched.get(ref.locusId);
  if (before !== undefined) return before;
  const stored = loci.storedLoci.get(ref.locusId) ?? (await context.store.getLoci([ref]))[0];
  if (stored === undefined) throw new TypeError(`the store names ${ref.locusId} but does not have it`);
  const { record, lightCurve } = stored;
  const locus: LocusInFlight = {
    ref: record.ref,
    isNew: false,
    isAssociable: record.isAssociable,
    ra: record.ra,
    dec: record.dec,
    objects: [...record.objects],
    lightCurve,
    properties: record.properties,
    tags: new Set(record.tags),
    catalogMatches: record.catalogMatches,
    watchMatches: record.watchMatches,
    alertRow: -1,
    alertProperties: () => new Map(),
    annotations: new Map(),
    newDetectionPassbands: new Set(),
  };
  const touched: TouchedLocus = {
    locus,
    storedPosition: record.isAssociable ? { ra: record.ra, dec: record.dec } : undefined,
    newObjects: [],
    rows: new Map(),
    removedRows: [],
    ...positionOf(record),
  };
  loci.touched.set(ref.locusId, touched);
  return touched;
}

async function makeLocus(alert: AlertInFlight, batch: Batch, context: PipelineContext): Promise<TouchedLocus> {
  const { point } = alert.packet.alert;
  const year = yearOfMjd(point.mjd);
  const ref: LocusRef = {
    locusId: locusIdFromCounter(year, await context.locusNumbers.next(year)),
    birthTrixel: birthTrixelOf(point),
  };
  const locus: LocusInFlight = {
    ref,
    isNew: true,
    isAssociable: alert.packet.object?.role !== 'solar_system_object',
    ra: point.ra,
    dec: point.dec,
    objects: [],
    lightCurve: new LightCurveBuilder(Math.max(16, alert.historyRows.length + 4)),
    properties: new Map(),
    tags: new Set(),
    catalogMatches: [],
    watchMatches: [],
    alertRow: -1,
    alertProperties: () => new Map(),
    annotations: new Map(),
    newDetectionPassbands: new Set(),
  };
  const touched: TouchedLocus = {
    locus,
    storedPosition: undefined,
    newObjects: [],
    rows: new Map(),
    removedRows: [],
    ...positionOf(point),
  };
  batch.loci.touched.set(ref.locusId, touched);
  batch.lociCreated += 1;
  return touched;
}

function bindObject(alert: AlertInFlight, touched: TouchedLocus, { loci }: Batch, context: PipelineContext): void {
  const { object } = alert.packet;
  if (object === undefined) return;
  const key = LociOfBatch.objectKey(object);
  if (touched.locus.objects.some((known) => LociOfBatch.objectKey(known) === key)) return;
  if (bindsLocus(object, context)) loci.bindObject(touched, object);
  else touched.locus.objects.push(object);
}

/** Index of the alert's object among those of its locus; NaN where the survey names none. */
function objectIndexOf({ packet: { object } }: AlertInFlight, { locus }: TouchedLocus): number {
  if (object === undefined) return Number.NaN;
  const key = LociOfBatch.objectKey(object);
  return locus.objects.findIndex((known) => LociOfBatch.objectKey(known) === key);
}

async function addHistory(
  alert: AlertInFlight,
  touched: TouchedLocus,
  batch: Batch,
  context: PipelineContext,
): Promise<void> {
  const { loci } = batch;
  const { lightCurve } = touched.locus;
  const listedAt = alert.packet.alert.point.mjd;
  const objectIndex = objectIndexOf(alert, touched);
  let rows = alert.historyRows;
  if (alert.likelyLocusId !== touched.locus.ref.locusId && alert.likelyLocusId !== undefined) {
    // The guess of `prepare` did not hold, because the batch itself changed things: ask again for this one.
    rows = unknownHistory(alert, lightCurve);
    const ids = rows.map(({ point }) => point.alertId).filter((id) => loci.findAlert(id) === undefined);
    const addresses = await context.store.findAlerts(ids);
    ids.forEach((id, i) => {
      if (addresses[i] !== undefined) loci.storedAddresses.set(id, addresses[i]);
    });
  }
  for (const { point, body } of rows) {
    const row = lightCurve.rowOf(point.alertId);
    if (row !== undefined) {
      if (lightCurve.kind[row] === 0 || !(listedAt < lightCurve.listedAt[row]!)) continue;
      const earlier = { ...point, listedAt, objectIndex };
      lightCurve.replace(row, earlier);
      loci.writeRow(touched, row, historyRow(touched, earlier, body, alert, context));
      noteDetection(touched.locus, point);
      continue;
    }
    const address = loci.findAlert(point.alertId);
    // Two objects of a survey may list one detection: it stays where it came first.
    if (address?.ref !== undefined) continue;
    if (address !== undefined) {
      // L1 filters kept it out until now; its object's history takes it in, with all that is known of it.
      const kept = loci.findRow(point.alertId) ?? (await context.store.getAlerts([point.alertId]))[0];
      if (kept !== undefined) {
        const attached = { ...kept.point, objectIndex };
        loci.writeRow(touched, lightCurve.append(attached), { ...kept, point: attached, ref: touched.locus.ref });
        noteDetection(touched.locus, attached);
        continue;
      }
    }
    const listed = { ...point, listedAt, objectIndex };
    loci.writeRow(touched, lightCurve.append(listed), historyRow(touched, listed, body, alert, context));
    noteDetection(touched.locus, point);
  }
}

/** An upper limit or a forced point leaves the detections of its passband as they were: nothing has to be found anew. */
function noteDetection(locus: LocusInFlight, point: AlertRow['point']): void {
  if (isDetection(point.kind)) locus.newDetectionPassbands.add(point.passband);
}

function historyRow(
  touched: TouchedLocus,
  point: AlertRow['point'],
  body: AlertRow['body'],
  alert: AlertInFlight,
  context: PipelineContext,
): AlertRow {
  return {
    ref: touched.locus.ref,
    point,
    body,
    receivedAt: Math.floor(alert.raw.receivedAtMs / 1000),
    sentAt: 0,
    provenanceId: context.provenanceId,
    annotations: NO_ANNOTATIONS,
    packet: undefined,
  };
}

const NO_ANNOTATIONS: AlertRow['annotations'] = new Map();

function addAlert(alert: AlertInFlight, touched: TouchedLocus, { loci }: Batch, context: PipelineContext): number {
  const { locus } = touched;
  const point = { ...alert.packet.alert.point, objectIndex: objectIndexOf(alert, touched) };
  const listed = locus.lightCurve.rowOf(point.alertId);
  if (listed !== undefined) locus.lightCurve.replace(listed, point);
  const row = listed ?? locus.lightCurve.append(point);
  locus.newDetectionPassbands.add(point.passband);
  const written = { ...ownRow(alert, locus.ref, locus.annotations, context), point };
  alert.row = written;
  loci.writeRow(touched, row, written);
  return row;
}

function ownRow(
  alert: AlertInFlight,
  ref: LocusRef | undefined,
  annotations: Properties,
  context: PipelineContext,
): WritableAlertRow {
  return {
    ref,
    point: alert.packet.alert.point,
    body: alert.packet.alert.body,
    receivedAt: Math.floor(alert.raw.receivedAtMs / 1000),
    sentAt: 0,
    provenanceId: context.provenanceId,
    annotations,
    packet: undefined,
  };
}

/** L1 filters said "store only": without a locus, or in place of the history row that a locus has of it. */
async function storeOnly(alert: AlertInFlight, batch: Batch, context: PipelineContext): Promise<void> {
  const { loci } = batch;
  const { point } = alert.packet.alert;
  const ref = loci.findAlert(point.alertId)?.ref;
  const row = ownRow(alert, ref, new Map(), context);
  alert.row = row;
  if (ref === undefined) {
    loci.writeUnassociated(row);
    batch.unassociated.push(row);
    return;
  }
  const touched = await touch(ref, loci, context);
  const listed = touched.locus.lightCurve.rowOf(point.alertId);
  if (listed === undefined)
    throw new TypeError(`the store names ${point.alertId} in ${ref.locusId} but does not have it`);
  touched.locus.lightCurve.replace(listed, point);
  loci.writeRow(touched, listed, row);
  updateLocusPosition(touched);
  updateLocusProperties(touched.locus, undefined);
}

/** The alert's own packet names another object than the one whose history listed it: it moves there. */
async function takeRowAway(
  alertId: AlertRow['point']['alertId'],
  from: LocusRef,
  batch: Batch,
  context: PipelineContext,
): Promise<void> {
  const other = await touch(from, batch.loci, context);
  const row = other.locus.lightCurve.rowOf(alertId);
  if (row === undefined) return;
  batch.loci.removeRow(other, row);
  updateLocusPosition(other);
  updateLocusProperties(other.locus, undefined);
}
