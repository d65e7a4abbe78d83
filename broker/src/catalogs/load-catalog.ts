import type { AlertStore } from '../alert-store/alert-store.ts';
import { AntaresError } from '../model/errors.ts';
import { buildLookupTable } from '../sky/lookup-table.ts';
import { type Catalog, type CatalogRow, catalogFiles, LIST_NAME, type ListKind } from './catalog.ts';
import { putCatalog, readCatalogRegistry } from './catalog-registry.ts';
import { type CsvColumns, readCsv, type UnusableRow } from './read-csv.ts';

/** What to load, and how. */
export interface CatalogLoad {
  readonly kind: ListKind;
  readonly name: string;
  readonly file: string;
  readonly columns: CsvColumns;
  /** Refuse the whole load when a row cannot be used. */
  readonly strict: boolean;
  /** Called now and then with the bytes of the file read so far. */
  readonly onProgress?: (bytes: number) => void;
}

/** What a load came to. */
export interface CatalogLoadResult {
  readonly catalog: Catalog;
  /** The first rows that could not be used. */
  readonly unusable: readonly UnusableRow[];
}

const LISTED_UNUSABLE_ROWS = 20;
const CHUNK_BYTES = 1 << 20;

/**
 * Loads a catalogue or watch list under a name, in place of an earlier version.
 *
 * Everything is written under the new version's file names first; the registry then changes in one write. A load that
 * fails, or is killed, leaves the earlier version in force.
 *
 * @throws CATALOG_NAME_INVALID, CATALOG_FILE_UNREADABLE, CATALOG_COLUMN_MISSING, CATALOG_EMPTY
 * @throws CATALOG_ROWS_UNUSABLE  under `strict`, with the first of them
 */
export async function loadCatalog(store: AlertStore, load: CatalogLoad): Promise<CatalogLoadResult> {
  const { kind, name } = load;
  if (!LIST_NAME.test(name)) {
    throw new AntaresError(
      'CATALOG_NAME_INVALID',
      `expected a name of up to 100 letters, digits, '.', '_', '-', beginning with a letter or digit; got ${JSON.stringify(name)}`,
    );
  }
  const before = (await readCatalogRegistry(store)).lists.find((list) => list.kind === kind && list.name === name);
  const version = (before?.version ?? 0) + 1;
  const files = catalogFiles(kind, name, version);
  const columns = new CatalogColumns();
  const unusable: UnusableRow[] = [];
  let skipped = 0;
  let columnNames: readonly string[] = [];
  // What a load that was killed has left behind under these names.
  for (const file of Object.values(files)) await store.files.remove(file);
  try {
    const rows = readCsv(
      load.file,
      load.columns,
      (names) => {
        columnNames = names;
      },
      (row) => {
        skipped += 1;
        if (unusable.length < LISTED_UNUSABLE_ROWS) unusable.push(row);
        if (load.strict) {
          throw new AntaresError(
            'CATALOG_ROWS_UNUSABLE',
            `${load.file} line ${row.line}: ${row.reason}; nothing was loaded`,
          );
        }
      },
      load.onProgress,
    );
    await store.files.write(files.rows, rowChunks(rows, columns));
    if (columns.count === 0) {
      throw new AntaresError(
        'CATALOG_EMPTY',
        `${load.file} has no usable row (${skipped} were skipped); nothing was loaded`,
      );
    }
    await store.files.write(files.offsets, [columns.offsetBytes()]);
    const table = buildLookupTable(columns.ra, columns.dec, columns.radiusArcsec, columns.count);
    await store.files.write(files.table, [new Uint8Array(table.toImage())]);
    const catalog: Catalog = {
      name,
      kind,
      version,
      rows: columns.count,
      skipped,
      lookupEntries: table.entryCount,
      loadedAt: new Date().toISOString(),
      columns: columnNames,
    };
    await putCatalog(store, catalog);
    return { catalog, unusable };
  } catch (error) {
    for (const file of Object.values(files)) await store.files.remove(file).catch(() => undefined);
    throw error;
  }
}

/** Columns of a catalogue as they come in, growing by doubling. */
class CatalogColumns {
  count = 0;
  ra = new Float64Array(1024);
  dec = new Float64Array(1024);
  radiusArcsec = new Float64Array(1024);
  /** Byte offset of each row in the file of rows, and of the end. */
  offsets = new Float64Array(1025);

  add(row: CatalogRow, bytes: number): void {
    if (this.count === this.ra.length) {
      this.ra = grow(this.ra, this.ra.length * 2);
      this.dec = grow(this.dec, this.dec.length * 2);
      this.radiusArcsec = grow(this.radiusArcsec, this.radiusArcsec.length * 2);
      this.offsets = grow(this.offsets, this.ra.length + 1);
    }
    this.ra[this.count] = row.ra;
    this.dec[this.count] = row.dec;
    this.radiusArcsec[this.count] = row.radiusArcsec;
    this.offsets[this.count + 1] = this.offsets[this.count]! + bytes;
    this.count += 1;
  }

  offsetBytes(): Uint8Array {
    return new Uint8Array(this.offsets.buffer, 0, (this.count + 1) * 8);
  }
}

function grow(column: Float64Array<ArrayBuffer>, length: number): Float64Array<ArrayBuffer> {
  const grown = new Float64Array(length);
  grown.set(column);
  return grown;
}

/** Rows as JSON arrays (id, then the kept columns), gathered into large chunks. */
async function* rowChunks(rows: AsyncIterable<CatalogRow>, columns: CatalogColumns): AsyncGenerator<Uint8Array> {
  let chunk: Buffer[] = [];
  let size = 0;
  for await (const row of rows) {
    const bytes = Buffer.from(JSON.stringify([row.id, ...row.values]));
    columns.add(row, bytes.length);
    chunk.push(bytes);
    size += bytes.length;
    if (size >= CHUNK_BYTES) {
      yield Buffer.concat(chunk, size);
      chunk = [];
      size = 0;
    }
  }
  yield Buffer.concat(chunk, size);
}
