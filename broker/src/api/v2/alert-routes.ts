import { Type } from 'typebox';
import type { ApiContext } from '../api-context.ts';
import { thumbnailsOfAlert } from '../loci/alert-thumbnails.ts';
import { defineRoute, type Route } from '../route.ts';
import { onePage } from './envelope.ts';
import { V2Documents } from './v2-documents.ts';

/** Images of alerts. */
export function alertRoutes(context: ApiContext): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      url: '/alerts/:id/thumbnails',
      summary: 'The cut-out images of an alert; an empty list for an unknown one',
      access: 'anyone',
      cost: 'cheap',
      params: Type.Object({ id: Type.String() }),
      handle: async ({ params: { id }, baseUrl, url }) => {
        const documents = new V2Documents(context, baseUrl);
        const thumbnails = await thumbnailsOfAlert(context, id);
        return {
          json: onePage(
            thumbnails.map((thumbnail) => documents.thumbnail(id, thumbnail)),
            `${baseUrl}${url}`,
          ),
        };
      },
    }),
  ];
}
