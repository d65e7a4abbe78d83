import type { StoredLocus } from '../../alert-store/alert-store.ts';
import { type AlertId, isLocusId, toAlertId } from '../../model/ids.ts';
import type { LocusRecord, LocusRef } from '../../model/locus.ts';
import type { Properties } from '../../model/property.ts';
import { htmIdAt } from '../../sky/htm/locate.ts';
import { toUnitVector } from '../../sky/position.ts';
import type { ApiContext } from '../api-context.ts';
import { notFound } from '../api-error.ts';

/** Level of the trixel that documents of a locus name. */
const HTM16 = 16;

/** Where a locus is. @throws ApiError 404 for an unknown or malformed id */
export async function getLocusRef(context: ApiContext, id: string): Promise<LocusRef> {
  const [ref] = isLocusId(id) ? await context.store.findLoci([id]) : [];
  if (ref === undefined) throw notFound('LOCUS_UNKNOWN');
  return ref;
}

/** A locus with its light curve. @throws ApiError 404 for an unknown or malformed id */
export async function getLocus(context: ApiContext, id: string): Promise<StoredLocus> {
  const [locus] = await context.store.getLoci([await getLocusRef(context, id)]);
  if (locus === undefined) throw notFound('LOCUS_UNKNOWN');
  return locus;
}

/** A locus without its light curve. @throws ApiError 404 for an unknown or malformed id */
export async function getLocusRecord(context: ApiContext, id: string): Promise<LocusRecord> {
  const [record] = await context.store.getLocusRecords([await getLocusRef(context, id)]);
  if (record === undefined) throw notFound('LOCUS_UNKNOWN');
  return record;
}

/** `htm16`: the trixel of level 16 that a position [deg] lies in. */
export function htm16Of({ ra, dec }: { readonly ra: number; readonly dec: number }): number {
  const { x, y, z } = toUnitVector(ra, dec);
  return htmIdAt(x, y, z, HTM16);
}

/** Names of the catalogues in which a locus has a match, each once, ascending. */
export function catalogNamesOf(record: LocusRecord): readonly string[] {
  return [...new Set(record.catalogMatches.map(({ list }) => list))].sort();
}

/** Tags of a locus, ascending. */
export function tagsOf(record: LocusRecord): readonly string[] {
  return [...record.tags].sort();
}

/** Id of the newest detection of a locus, as its properties name it. */
export function newestAlertIdOf(properties: Properties): AlertId | undefined {
  const id = properties.get('newest_alert_id');
  return typeof id === 'string' && id !== '' ? toAlertId(id) : undefined;
}
