import type { AlertStore } from '../alert-store/alert-store.ts';
import type { ObjectMatch } from '../model/locus.ts';
import { HTM_MAX_LEVEL } from '../sky/htm/htm-id.ts';
import { htmIdAt } from '../sky/htm/locate.ts';
import { type LookupTable, lookupTableFromImage, MatchBuffer } from '../sky/lookup-table.ts';
import { positionOfVector, type SkyPosition, toUnitVector } from '../sky/position.ts';
import { type Catalog, catalogFiles, type ListKind } from './catalog.ts';
import { readCatalogRegistry } from './catalog-registry.ts';

/** The tables of all lists in force, in shared memory: what worker threads are given. */
export interface CatalogImages {
  readonly revision: number;
  readonly lists: readonly { readonly catalog: Catalog; readonly image: SharedArrayBuffer }[];
}

/** Rows kept in memory: matches come again with every alert of their locus. */
const ROW_CACHE_SIZE = 50_000;

/** An object of a list: ICRS position [deg], radius [arcsec], and its columns as text, empty where there is no value. */
export interface ListObject extends SkyPosition {
  readonly objectId: string;
  readonly radiusArcsec: number;
  readonly columns: Readonly<Record<string, string>>;
}

interface OpenList {
  readonly catalog: Catalog;
  readonly table: LookupTable;
  readonly rows: Map<number, readonly string[]>;
}

/**
 * Loads the look-up tables of all lists in force into shared memory.
 *
 * @param before  images loaded earlier: tables of versions that are still in force are taken over
 */
export async function loadCatalogImages(store: AlertStore, before?: CatalogImages): Promise<CatalogImages> {
  const registry = await readCatalogRegistry(store);
  const lists = [];
  for (const catalog of registry.lists) {
    const loaded = before?.lists.find(
      ({ catalog: { kind, name, version } }) =>
        kind === catalog.kind && name === catalog.name && version === catalog.version,
    );
    const { table } = catalogFiles(catalog.kind, catalog.name, catalog.version);
    lists.push({ catalog, image: loaded?.image ?? (await store.files.readShared(table)) });
  }
  return { revision: registry.revision, lists };
}

/**
 * Catalogues and watch lists, ready to be matched with positions.
 *
 * Look-ups run in shared memory; the row of an object that matched (its id and columns) is read from the store once and
 * kept.
 */
export class CatalogSet {
  readonly revision: number;
  readonly #store: AlertStore;
  readonly #lists: readonly OpenList[];
  readonly #matches = new MatchBuffer();

  constructor(store: AlertStore, images: CatalogImages) {
    this.revision = images.revision;
    this.#store = store;
    this.#lists = images.lists.map(({ catalog, image }) => ({
      catalog,
      table: lookupTableFromImage(image),
      rows: new Map(),
    }));
  }

  /** The lists in force. */
  get catalogs(): readonly Catalog[] {
    return this.#lists.map(({ catalog }) => catalog);
  }

  /**
   * Every object of the lists of one kind whose circle holds the position, by list, nearest first.
   *
   * Answers at once unless the row of a match has to be read.
   *
   * @param ra, dec  ICRS [deg]
   */
  match(ra: number, dec: number, kind: ListKind): readonly ObjectMatch[] | Promise<readonly ObjectMatch[]> {
    const { x, y, z } = toUnitVector(ra, dec);
    // One descent for all lists.
    const trixel = htmIdAt(x, y, z, HTM_MAX_LEVEL);
    let matches: { list: OpenList; row: number; separationArcsec: number; radiusArcsec: number }[] | undefined;
    let complete = true;
    for (const list of this.#lists) {
      if (list.catalog.kind !== kind) continue;
      const count = list.table.matchWithin(trixel, HTM_MAX_LEVEL, x, y, z, this.#matches);
      for (let i = 0; i < count; i += 1) {
        const row = this.#matches.rows[i]!;
        matches ??= [];
        matches.push({
          list,
          row,
          separationArcsec: this.#matches.separationsArcsec[i]!,
          radiusArcsec: list.table.radiusArcsecOf(row),
        });
        complete &&= list.rows.has(row);
      }
    }
    if (matches === undefined) return NO_MATCHES;
    matches.sort(
      (a, b) =>
        a.list.catalog.name.localeCompare(b.list.catalog.name) ||
        a.separationArcsec - b.separationArcsec ||
        a.row - b.row,
    );
    const name = (): ObjectMatch[] =>
      matches.map(({ list, row, separationArcsec, radiusArcsec }) => ({
        list: list.catalog.name,
        objectId: list.rows.get(row)![0]!,
        row,
        separationArcsec,
        radiusArcsec,
      }));
    if (complete) return name();
    return Promise.all(matches.map(({ list, row }) => this.#loadRow(list, row))).then(name);
  }

  /** Further columns of a matched catalogue object, by name; empty when its row is not in memory any more. */
  catalogColumns(match: ObjectMatch): Readonly<Record<string, string>> {
    return this.#columnsOf('catalog', match);
  }

  /** Further columns of a matched watch object. */
  watchColumns(match: ObjectMatch): Readonly<Record<string, string>> {
    return this.#columnsOf('watch-list', match);
  }

  /**
   * An object of a list by its row; undefined where the list is not in force, or has no such row.
   *
   * Rows are numbered within a version of a list: check the id where the row was noted earlier.
   */
  async objectAt(kind: ListKind, name: string, row: number): Promise<ListObject | undefined> {
    const list = this.#lists.find(({ catalog }) => catalog.kind === kind && catalog.name === name);
    if (list === undefined || !Number.isInteger(row) || row < 0 || row >= list.catalog.rows) return undefined;
    const values = await this.#loadRow(list, row);
    const { x, y, z } = list.table.vectorOf(row);
    return {
      objectId: values[0]!,
      ...positionOfVector(x, y, z),
      radiusArcsec: list.table.radiusArcsecOf(row),
      columns: Object.fromEntries(list.catalog.columns.map((column, i) => [column, values[i + 1] ?? ''])),
    };
  }

  #columnsOf(kind: ListKind, match: ObjectMatch): Readonly<Record<string, string>> {
    const list = this.#lists.find(({ catalog }) => catalog.kind === kind && catalog.name === match.list);
    const values = list?.rows.get(match.row);
    if (list === undefined || values === undefined) return {};
    return Object.fromEntries(list.catalog.columns.map((column, i) => [column, values[i + 1] ?? '']));
  }

  async #loadRow(list: OpenList, row: number): Promise<readonly string[]> {
    const before = list.rows.get(row);
    if (before !== undefined) return before;
    const { kind, name, version } = list.catalog;
    const files = catalogFiles(kind, name, version);
    const bounds = await this.#store.files.readRange(files.offsets, row * 8, 16);
    const view = new DataView(bounds.buffer, bounds.byteOffset, 16);
    const start = view.getFloat64(0, true);
    const bytes = await this.#store.files.readRange(files.rows, start, view.getFloat64(8, true) - start);
    if (list.rows.size >= ROW_CACHE_SIZE) list.rows.delete(list.rows.keys().next().value!);
    const values = JSON.parse(TEXT.decode(bytes)) as string[];
    list.rows.set(row, values);
    return values;
  }
}

const TEXT = new TextDecoder();
const NO_MATCHES: readonly ObjectMatch[] = [];
