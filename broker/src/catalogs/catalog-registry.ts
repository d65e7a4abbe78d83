import type { AlertStore } from '../alert-store/alert-store.ts';
import { AntaresError } from '../model/errors.ts';
import { type Catalog, catalogFiles, type ListKind } from './catalog.ts';

/** Name of the document in which the store keeps the registry. */
const DOCUMENT = 'catalogs';

/** What the registry document says. */
export interface CatalogRegistry {
  /** Goes up with every change: readers compare it to see that there is something new. */
  readonly revision: number;
  readonly lists: readonly Catalog[];
}

/** The registry: which catalogues and watch lists are in force, in the order of their names. */
export async function readCatalogRegistry(store: AlertStore): Promise<CatalogRegistry> {
  const text = await store.getDocument(DOCUMENT);
  return text === undefined ? { revision: 0, lists: [] } : (JSON.parse(text) as CatalogRegistry);
}

/** Lists of one kind. */
export async function listCatalogs(store: AlertStore, kind: ListKind): Promise<Catalog[]> {
  return (await readCatalogRegistry(store)).lists.filter((list) => list.kind === kind);
}

/**
 * Puts a list in force, in place of the version before it: one write, so nobody ever sees half of it.
 *
 * The files of the version before are removed by the next change, so that readers that opened them can finish.
 */
export async function putCatalog(store: AlertStore, catalog: Catalog): Promise<void> {
  const registry = await readCatalogRegistry(store);
  const others = registry.lists.filter(({ kind, name }) => kind !== catalog.kind || name !== catalog.name);
  await writeRegistry(store, registry, [...others, catalog]);
}

/** Takes a list out of force. @throws CATALOG_UNKNOWN */
export async function removeCatalog(store: AlertStore, kind: ListKind, name: string): Promise<void> {
  const registry = await readCatalogRegistry(store);
  const rest = registry.lists.filter((list) => list.kind !== kind || list.name !== name);
  if (rest.length === registry.lists.length) {
    const known = registry.lists.filter((list) => list.kind === kind).map((list) => list.name);
    throw new AntaresError(
      'CATALOG_UNKNOWN',
      `there is no ${kind} named ${JSON.stringify(name)}; known: ${known.length === 0 ? 'none' : known.join(', ')}`,
    );
  }
  await writeRegistry(store, registry, rest);
}

async function writeRegistry(store: AlertStore, before: CatalogRegistry, lists: readonly Catalog[]): Promise<void> {
  const sorted = [...lists].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.kind < b.kind ? -1 : 1));
  await store.putDocument(DOCUMENT, JSON.stringify({ revision: before.revision + 1, lists: sorted }));
  await removeUnusedFiles(store, [...before.lists, ...lists]);
}

/** Removes files of versions that neither the registry before nor the one in force names. */
async function removeUnusedFiles(store: AlertStore, named: readonly Catalog[]): Promise<void> {
  const used = new Set(named.flatMap(({ kind, name, version }) => Object.values(catalogFiles(kind, name, version))));
  for (const kind of ['catalog', 'watch-list'] as const) {
    for (const file of await store.files.list(`${kind}s/`))
      if (!used.has(file.name)) await store.files.remove(file.name);
  }
}
