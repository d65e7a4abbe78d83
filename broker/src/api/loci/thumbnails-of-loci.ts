import type { LocusRecord } from '../../model/locus.ts';
import type { ApiContext } from '../api-context.ts';
import { type Thumbnail, thumbnailsOf } from '../thumbnails/thumbnails.ts';
import { newestAlertIdOf } from './locus-reading.ts';

/** Thumbnails of an alert. */
export interface AlertThumbnails {
  readonly alertId: string;
  readonly thumbnails: readonly Thumbnail[];
}

/** The images of the newest detection of each locus; of some the packet has none. */
export async function newestThumbnailsOf(
  context: ApiContext,
  records: readonly LocusRecord[],
): Promise<readonly (AlertThumbnails | undefined)[]> {
  const ids = records.map(({ properties }) => newestAlertIdOf(properties));
  const rows = await context.store.getAlerts(ids.flatMap((id) => (id === undefined ? [] : [id])));
  let next = 0;
  return Promise.all(
    ids.map(async (alertId) => {
      const row = alertId === undefined ? undefined : rows[next++];
      return alertId === undefined || row === undefined
        ? undefined
        : { alertId, thumbnails: await thumbnailsOf(context, row) };
    }),
  );
}
