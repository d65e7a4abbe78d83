import type { AlertRow, AlertStore } from '../alert-store/alert-store.ts';
import { AntaresError } from '../model/errors.ts';
import { isLocusId } from '../model/ids.ts';
import { locusToJson, propertiesToJson } from '../model/json.ts';
import type { LocusRecord, LocusRef } from '../model/locus.ts';
import type { Properties } from '../model/property.ts';
import { type SkyPosition, toUnitVector } from '../sky/position.ts';
import { squaredChord, squaredChordOfRadius } from '../sky/separation.ts';

/** Which loci an export takes. Conditions add up. */
export interface ExportSelection {
  readonly locusId?: string | undefined;
  readonly tag?: string | undefined;
  /** Present positions within a radius [arcsec] of a centre, inclusive. */
  readonly cone?: { readonly center: SkyPosition; readonly radiusArcsec: number } | undefined;
}

/** What an alert export needs beside the store. */
export interface AlertPropertyReader {
  /** All properties of a stored alert: the packet's, the normalised ones, and what filters set. */
  propertiesOf(row: AlertRow): Properties;
}

/** Loci read at a time: bounds memory, whatever the store holds. */
const PAGE = 256;

/** The header of `antares export alerts --format csv`. */
export const ALERT_CSV_HEADER =
  'alert_id,locus_id,survey,survey_object_id,kind,mjd,ra,dec,passband,mag,magerr,maglim,provenance_id';

/** The header of `antares export loci --format csv`: the scalar keys, lists joined with `;`. */
export const LOCUS_CSV_HEADER =
  'locus_id,ra,dec,ztf_object_ids,lsst_object_ids,num_alerts,num_detections,num_upper_limits,tags,catalogs,watch_lists';

/** Loci as lines of JSON, ordered by locus id. */
export async function* exportLociNdjson(store: AlertStore, selection: ExportSelection): AsyncGenerator<string> {
  for await (const record of selectedRecords(store, selection)) yield JSON.stringify(locusToJson(record));
}

/** Loci as lines of CSV, header first, ordered by locus id. */
export async function* exportLociCsv(store: AlertStore, selection: ExportSelection): AsyncGenerator<string> {
  yield LOCUS_CSV_HEADER;
  for await (const record of selectedRecords(store, selection)) {
    const json = locusToJson(record) as {
      survey_object_ids: { ztf: string[]; lsst: string[] };
      tags: string[];
      catalogs: string[];
      watch_lists: string[];
    };
    yield [
      record.ref.locusId,
      record.ra,
      record.dec,
      json.survey_object_ids.ztf.join(';'),
      json.survey_object_ids.lsst.join(';'),
      record.numAlerts,
      record.numDetections,
      record.numUpperLimits,
      json.tags.join(';'),
      json.catalogs.join(';'),
      json.watch_lists.join(';'),
    ]
      .map(csvCell)
      .join(',');
  }
}

/** Alerts as lines of CSV, header first, ordered by locus id, then mjd, then alert id; those without a locus come first. */
export async function* exportAlertsCsv(store: AlertStore, selection: ExportSelection): AsyncGenerator<string> {
  yield ALERT_CSV_HEADER;
  for await (const { row, record } of selectedAlerts(store, selection)) {
    yield Object.values(alertCells(row, record)).map(csvCell).join(',');
  }
}

/** Alerts as lines of JSON with all their properties, in the same order. */
export async function* exportAlertsNdjson(
  store: AlertStore,
  selection: ExportSelection,
  reader: AlertPropertyReader,
): AsyncGenerator<string> {
  for await (const { row, record } of selectedAlerts(store, selection)) {
    const cells = Object.entries(alertCells(row, record)).filter(([, value]) => value !== '' && !Number.isNaN(value));
    yield JSON.stringify({ ...Object.fromEntries(cells), properties: propertiesToJson(reader.propertiesOf(row)) });
  }
}

/** The cells of an alert by column, in the order of the header; undefined values are NaN or empty text. */
function alertCells(row: AlertRow, record: LocusRecord | undefined): Record<string, string | number> {
  const { point } = row;
  const object = record?.objects[point.objectIndex ?? -1];
  return {
    alert_id: point.alertId,
    locus_id: record?.ref.locusId ?? '',
    survey: surveyOf(point.surveyNumber),
    survey_object_id: object?.role === 'object' ? object.id : '',
    kind: point.kind,
    mjd: point.mjd,
    ra: point.ra,
    dec: point.dec,
    passband: point.passband,
    mag: point.mag,
    magerr: point.magErr,
    maglim: point.magLimit,
    provenance_id: row.provenanceId,
  };
}

/** Names of `ant_survey` numbers in exports. */
function surveyOf(surveyNumber: number): string {
  return ['', 'ztf', 'ztf', 'decat', 'lsst'][surveyNumber] ?? '';
}

function csvCell(value: string | number): string {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  return /[",\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

async function* selectedRecords(store: AlertStore, selection: ExportSelection): AsyncGenerator<LocusRecord> {
  for await (const refs of selectedRefs(store, selection)) {
    for (const record of await store.getLocusRecords(refs)) {
      if (record !== undefined && isSelected(record, selection)) yield record;
    }
  }
}

async function* selectedAlerts(
  store: AlertStore,
  selection: ExportSelection,
): AsyncGenerator<{ readonly row: AlertRow; readonly record: LocusRecord | undefined }> {
  if (selection.locusId === undefined && selection.tag === undefined) {
    for (const row of await unassociated(store, selection)) yield { row, record: undefined };
  }
  for await (const record of selectedRecords(store, selection)) {
    for (const row of sortRows(await store.getAlertRows(record.ref))) yield { row, record };
  }
}

async function unassociated(store: AlertStore, selection: ExportSelection): Promise<AlertRow[]> {
  const rows: AlertRow[] = [];
  let token: string | undefined;
  do {
    const page = await store.scanUnassociatedAlerts(token, 1024);
    for (const row of page.items) if (isInCone(row.point, selection)) rows.push(row);
    token = page.next;
  } while (token !== undefined);
  return sortRows(rows);
}

function sortRows(rows: AlertRow[]): AlertRow[] {
  return rows.sort((a, b) => a.point.mjd - b.point.mjd || (a.point.alertId < b.point.alertId ? -1 : 1));
}

/** Refs in the order of locus ids, a page at a time. Only refs are sorted in memory: 100 bytes a locus. */
async function* selectedRefs(store: AlertStore, selection: ExportSelection): AsyncGenerator<LocusRef[]> {
  if (selection.locusId !== undefined) {
    if (!isLocusId(selection.locusId)) {
      throw new AntaresError(
        'LOCUS_ID_MALFORMED',
        `expected a locus id such as ANT2020so7ia; got ${JSON.stringify(selection.locusId)}`,
      );
    }
    const [ref] = await store.findLoci([selection.locusId]);
    if (ref === undefined)
      throw new AntaresError('LOCUS_UNKNOWN', `there is no locus ${selection.locusId} in this store`);
    yield [ref];
    return;
  }
  const refs: LocusRef[] = [];
  let token: string | undefined;
  do {
    const page = await store.scanLoci(token, 4096);
    for (const ref of page.items) refs.push(ref);
    token = page.next;
  } while (token !== undefined);
  refs.sort((a, b) => (a.locusId < b.locusId ? -1 : 1));
  for (let i = 0; i < refs.length; i += PAGE) yield refs.slice(i, i + PAGE);
}

function isSelected(record: LocusRecord, selection: ExportSelection): boolean {
  return (selection.tag === undefined || record.tags.includes(selection.tag)) && isInCone(record, selection);
}

function isInCone(position: SkyPosition, { cone }: ExportSelection): boolean {
  if (cone === undefined) return true;
  const a = toUnitVector(cone.center.ra, cone.center.dec);
  const b = toUnitVector(position.ra, position.dec);
  return squaredChord(a.x, a.y, a.z, b.x, b.y, b.z) <= squaredChordOfRadius(cone.radiusArcsec);
}
