import { Type } from 'typebox';
import type { ApiContext } from '../api-context.ts';
import { notFound } from '../api-error.ts';
import { findAlert } from '../loci/alert-reading.ts';
import { thumbnailsOfAlert } from '../loci/alert-thumbnails.ts';
import { defineRoute, type Route } from '../route.ts';
import { thumbnailFileRoute } from '../thumbnails/thumbnail-route.ts';
import { JSON_API, readInclude, readSparseFields, toWire, withFields } from './json-api.ts';
import { V1Documents } from './v1-documents.ts';

/** Alerts by their id, and their images. */
export function alertRoutes(context: ApiContext): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      url: '/alerts/:id',
      summary: 'An alert with all its properties',
      access: 'anyone',
      cost: 'cheap',
      params: Type.Object({ id: Type.String() }),
      query: Type.Object({ include: Type.Optional(Type.String()) }),
      handle: async ({ params: { id }, query, baseUrl }) => {
        const fields = readSparseFields(query);
        const include = readInclude(query.include, ['thumbnails']);
        const row = await findAlert(context, id);
        if (row === undefined) throw notFound('ALERT_UNKNOWN');
        const [record] = row.ref === undefined ? [] : await context.store.getLocusRecords([row.ref]);
        const documents = new V1Documents(context, baseUrl);
        const alert = documents.alert(row, record);
        const links = { self: documents.alertUrl(id) };
        if (!include.has('thumbnails')) {
          return { type: JSON_API, json: toWire({ data: withFields(alert, fields), links }) };
        }
        const thumbnails = (await thumbnailsOfAlert(context, id)).map((thumbnail) =>
          documents.thumbnail(id, thumbnail),
        );
        const linked = {
          ...alert,
          relationships: {
            thumbnails: {
              ...alert.relationships!['thumbnails']!,
              data: thumbnails.map(({ type, id: name }) => ({ type, id: name })),
            },
          },
        };
        return {
          type: JSON_API,
          json: toWire({
            data: withFields(linked, fields),
            included: thumbnails.map((thumbnail) => withFields(thumbnail, fields)),
            links,
          }),
        };
      },
    }),
    defineRoute({
      method: 'GET',
      url: '/alerts/:id/thumbnails',
      summary: 'The cut-out images of an alert; an empty list for an unknown one',
      access: 'anyone',
      cost: 'cheap',
      params: Type.Object({ id: Type.String() }),
      handle: async ({ params: { id }, query, baseUrl }) => {
        const fields = readSparseFields((query ?? {}) as Readonly<Record<string, unknown>>);
        const thumbnails = await thumbnailsOfAlert(context, id);
        const documents = new V1Documents(context, baseUrl);
        return {
          type: JSON_API,
          json: toWire({
            data: thumbnails.map((thumbnail) => withFields(documents.thumbnail(id, thumbnail), fields)),
            links: { self: `${documents.alertUrl(id)}/thumbnails` },
            meta: { count: thumbnails.length },
          }),
        };
      },
    }),
    thumbnailFileRoute(context),
  ];
}
