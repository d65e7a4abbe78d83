import { Type } from 'typebox';
import type { ApiContext } from '../api-context.ts';
import { badRequest } from '../api-error.ts';
import { withParameters } from '../links.ts';
import { type ListedProperty, PropertyCatalog } from '../loci/property-definitions.ts';
import { defineRoute, type Route } from '../route.ts';
import { JSON_API, toWire } from './json-api.ts';
import { V1Documents } from './v1-documents.ts';

const MOST_PROPERTIES = 1_000;
/** What a list can be sorted by. */
const SORT_KEYS = ['id', 'type', 'origin', 'description'];

/** The lists of all properties that loci and alerts have. */
export function propertyRoutes(context: ApiContext): readonly Route[] {
  const catalog = new PropertyCatalog(context);
  return (['locus', 'alert'] as const).map((subject) =>
    defineRoute({
      method: 'GET',
      url: subject === 'locus' ? '/loci_properties' : '/alert_properties',
      summary: `The properties that ${subject === 'locus' ? 'loci' : 'alerts'} have, with type, origin and description`,
      access: 'anyone',
      cost: 'cheap',
      query: Type.Object({
        'page[limit]': Type.Integer({ default: 100, minimum: 1, maximum: MOST_PROPERTIES }),
        'page[offset]': Type.Integer({ default: 0, minimum: 0 }),
        sort: Type.String({ default: 'id' }),
      }),
      handle: async ({ query, baseUrl, url }) => {
        const { 'page[limit]': limit, 'page[offset]': offset, sort } = query;
        const all = sorted(await catalog.list(subject), sort);
        const documents = new V1Documents(context, baseUrl);
        const pageAt = (at: number): string =>
          withParameters(`${baseUrl}${url}`, { 'page[limit]': limit, 'page[offset]': at });
        return {
          type: JSON_API,
          json: toWire({
            data: all
              .slice(offset, offset + limit)
              .map((property) => documents.property(`${subject}_property`, property)),
            links: {
              self: `${baseUrl}${url}`,
              next: offset + limit < all.length ? pageAt(offset + limit) : undefined,
              prev: offset > 0 ? pageAt(Math.max(0, offset - limit)) : undefined,
            },
            meta: { count: all.length },
          }),
        };
      },
    }),
  );
}

function sorted(properties: readonly ListedProperty[], sort: string): readonly ListedProperty[] {
  const keys = sort.split(',').map((text) => {
    const isDescending = text.startsWith('-');
    const key = isDescending ? text.slice(1) : text;
    if (!SORT_KEYS.includes(key)) {
      throw badRequest(
        'SORT_INVALID',
        `sort: expected ${SORT_KEYS.join(', ')}, each with or without a minus; got ${key}`,
      );
    }
    return { key, sign: isDescending ? -1 : 1 };
  });
  const sortValueOf = (property: ListedProperty, key: string): string =>
    key === 'id' ? property.name : property[key as 'type' | 'origin' | 'description'];
  return [...properties].sort((a, b) => {
    for (const { key, sign } of keys) {
      const [x, y] = [sortValueOf(a, key), sortValueOf(b, key)];
      if (x !== y) return x < y ? -sign : sign;
    }
    return a.name < b.name ? -1 : 1;
  });
}
