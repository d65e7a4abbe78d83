import type { AlertRow } from '../../alert-store/alert-store.ts';
import { toAlertId } from '../../model/ids.ts';
import type { LocusRecord, LocusRef } from '../../model/locus.ts';
import type { Properties } from '../../model/property.ts';
import { isoTextOfMjdUtc, mjdOfUnixMs } from '../../model/time.ts';
import type { ApiContext } from '../api-context.ts';

/** Names of surveys by `ant_survey`. */
const SURVEY_NAMES: readonly string[] = ['', 'ztf', 'ztf', 'decat', 'lsst'];

/** The alerts of a locus, ascending by time, then by id. Forced photometry is no alert and is left out. */
export async function alertsOfLocus(context: ApiContext, ref: LocusRef): Promise<readonly AlertRow[]> {
  const rows = await context.store.getAlertRows(ref);
  await context.learnSchemasOf(rows);
  return rows
    .filter(({ point }) => point.kind !== 'forced')
    .sort((a, b) => a.point.mjd - b.point.mjd || (a.point.alertId < b.point.alertId ? -1 : 1));
}

/** An alert by its id; undefined where there is none. */
export async function findAlert(context: ApiContext, alertId: string): Promise<AlertRow | undefined> {
  if (alertId === '') return undefined;
  const [row] = await context.store.getAlerts([toAlertId(alertId)]);
  if (row === undefined || row.point.kind === 'forced') return undefined;
  await context.learnSchemasOf([row]);
  return row;
}

/** Name of the survey that an alert is from: `ztf`, `lsst`, `decat`; `unknown` for a number that is none of them. */
export function surveyNameOf(row: AlertRow): string {
  return SURVEY_NAMES[row.point.surveyNumber] || 'unknown';
}

/** When an alert was received: `2026-07-03T13:28:33.000000`, UTC without saying so, as ANTARES writes it. */
export function processedAtOf(row: AlertRow): string {
  return isoTextOfMjdUtc(mjdOfUnixMs(row.receivedAt * 1000), 6).slice(0, -1);
}

/**
 * All properties of an alert, with the name of its object at ZTF, which ANTARES lists among them; here it is kept with the
 * locus.
 *
 * @param record  the locus of the alert; undefined for an alert without one
 */
export function alertPropertiesOf(context: ApiContext, row: AlertRow, record: LocusRecord | undefined): Properties {
  const properties = context.alertProperties(row);
  const object = record?.objects[row.point.objectIndex ?? -1];
  if (object?.survey === 'ztf' && object.role === 'object') properties.set('ztf_object_id', object.id);
  return properties;
}
