import { Type } from 'typebox';
import type { ListKind } from '../../catalogs/catalog.ts';
import type { ApiContext } from '../api-context.ts';
import type { WireValue } from '../json-text.ts';
import { defineRoute, type Route } from '../route.ts';
import { listsAnswer } from './answer-schemas.ts';

/** What loci are compared with: catalogues and watch lists in force. */
export function listRoutes(context: ApiContext): readonly Route[] {
  const route = (url: string, kind: ListKind, key: string, summary: string): Route =>
    defineRoute({
      method: 'GET',
      url,
      summary,
      access: 'anyone',
      cost: 'cheap',
      query: Type.Object({}, { additionalProperties: false }),
      answers: { 200: listsAnswer(key) },
      handle: () => ({ json: { [key]: listsOf(context, kind) } }),
    });
  return [
    route('/catalogs', 'catalog', 'catalogs', 'Catalogues in force, with version and number of objects'),
    route('/watch-lists', 'watch-list', 'watch_lists', 'Watch lists in force that are open to all'),
  ];
}

function listsOf(context: ApiContext, kind: ListKind): WireValue[] {
  return context
    .catalogs()
    .catalogs.filter((list) => list.kind === kind)
    .map(({ name, version, rows, skipped, loadedAt, columns }) => ({
      ...{ name, version, objects: rows, skipped, loaded_at: loadedAt },
      columns,
    }));
}
