import { Type } from 'typebox';
import { errorCode } from '../../model/errors.ts';
import type { ApiContext } from '../api-context.ts';
import { ApiError, notFound } from '../api-error.ts';
import { findAlert } from '../loci/alert-reading.ts';
import { defineRoute, type Route } from '../route.ts';
import { imageFile } from './thumbnails.ts';

/** Bytes of a packet never change under an alert id. */
const CACHE_SECONDS = 30 * 24 * 3600;

/** The route that serves the images themselves, for either version of the interface: open, and good for caches. */
export function thumbnailFileRoute(context: ApiContext): Route {
  return defineRoute({
    method: 'GET',
    url: '/alerts/:id/thumbnails/:file',
    summary: 'A cut-out image: <kind>.png rendered, <kind>.fits as the survey sent it',
    description:
      'Kinds are `difference`, `science` and `template`. The PNG is grey, 8 bits, on a zscale interval, with directions as in the FITS file. Early ZTF sent JPEG: `<kind>.jpg`.',
    access: 'anyone',
    cost: 'cheap',
    params: Type.Object({ id: Type.String(), file: Type.String() }),
    produces: ['image/png', 'image/fits', 'image/jpeg'],
    handle: async ({ params: { id, file } }) => {
      const row = await findAlert(context, id);
      const image = row === undefined ? undefined : await readable(context, row, file);
      if (image === undefined) throw notFound('IMAGE_UNKNOWN');
      return {
        content: image.bytes,
        type: image.mediaType,
        headers: { 'cache-control': `public, max-age=${CACHE_SECONDS}, immutable` },
      };
    },
  });
}

async function readable(...image: Parameters<typeof imageFile>): ReturnType<typeof imageFile> {
  try {
    return await imageFile(...image);
  } catch (error) {
    if (errorCode(error) !== 'IMAGE_UNREADABLE') throw error;
    throw new ApiError(422, 'IMAGE_UNREADABLE', 'the image that the survey sent cannot be read; ask for its .fits');
  }
}
