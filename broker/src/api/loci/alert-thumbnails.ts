import type { ApiContext } from '../api-context.ts';
import { type Thumbnail, thumbnailsOf } from '../thumbnails/thumbnails.ts';
import { findAlert } from './alert-reading.ts';

/** The images of an alert by its id; empty for an alert that there is not, as clients expect. */
export async function thumbnailsOfAlert(context: ApiContext, alertId: string): Promise<readonly Thumbnail[]> {
  const row = await findAlert(context, alertId);
  return row === undefined ? [] : thumbnailsOf(context, row);
}
