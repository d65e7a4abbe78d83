import { Type } from 'typebox';
import type { ApiContext } from '../api-context.ts';
import { catalogEntriesAt, catalogSamples } from '../loci/catalog-reading.ts';
import { readPosition } from '../loci/position-parameters.ts';
import { defineRoute, type Route } from '../route.ts';
import { onePage } from './envelope.ts';
import { V2Documents } from './v2-documents.ts';

/** Catalogues: samples of each, and what is at a position. */
export function catalogRoutes(context: ApiContext): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      url: '/catalog_samples',
      summary: 'Some objects of every catalogue',
      access: 'anyone',
      cost: 'search',
      query: Type.Object({
        n: Type.Integer({ default: 5, minimum: 1, maximum: 50, description: 'of each catalogue' }),
      }),
      handle: async ({ query: { n }, baseUrl, url }) => {
        const documents = new V2Documents(context, baseUrl);
        const samples = await catalogSamples(context, n);
        return {
          json: onePage(
            samples.map((sample) => documents.catalogObject(sample)),
            `${baseUrl}${url}`,
          ),
        };
      },
    }),
    defineRoute({
      method: 'GET',
      url: '/catalog_search/:ra/:dec',
      summary: 'All catalogue objects at a position: ICRS, degrees',
      access: 'anyone',
      cost: 'cheap',
      params: Type.Object({ ra: Type.String(), dec: Type.String() }),
      handle: async ({ params, baseUrl, url }) => {
        const documents = new V2Documents(context, baseUrl);
        const entries = await catalogEntriesAt(context, readPosition(params));
        return {
          json: onePage(
            entries.map((entry) => documents.catalogObject(entry)),
            `${baseUrl}${url}`,
          ),
        };
      },
    }),
  ];
}
