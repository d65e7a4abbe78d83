import { Type } from 'typebox';
import type { ApiContext } from '../api-context.ts';
import { badRequest } from '../api-error.ts';
import { catalogEntriesAt, catalogSamples } from '../loci/catalog-reading.ts';
import { readPosition } from '../loci/position-parameters.ts';
import { defineRoute, type Route } from '../route.ts';
import { JSON_API, toWire } from './json-api.ts';
import { V1Documents } from './v1-documents.ts';

const MOST_SAMPLES = 100;

/** Catalogues: samples of each, and what is at a position. */
export function catalogRoutes(context: ApiContext): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      url: '/catalog_samples',
      summary: 'Some objects of every catalogue',
      access: 'anyone',
      cost: 'search',
      query: Type.Object({ n: Type.Integer({ default: 5, minimum: 1, description: 'of each catalogue, up to 100' }) }),
      handle: async ({ query: { n }, baseUrl, url }) => {
        if (n > MOST_SAMPLES) {
          throw badRequest('SAMPLES_TOO_MANY', 'Sample number should be less than or equal to 100');
        }
        const documents = new V1Documents(context, baseUrl);
        const samples = await catalogSamples(context, n);
        return {
          type: JSON_API,
          json: toWire({
            data: samples.map((sample) => documents.catalogSample(sample)),
            links: { self: `${baseUrl}${url}` },
            meta: { count: samples.length },
          }),
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
        const documents = new V1Documents(context, baseUrl);
        const entries = await catalogEntriesAt(context, readPosition(params));
        return {
          type: JSON_API,
          json: toWire({
            data: entries.map((entry) => documents.catalogSample(entry)),
            links: { self: `${baseUrl}${url}` },
            meta: { count: entries.length },
          }),
        };
      },
    }),
  ];
}
