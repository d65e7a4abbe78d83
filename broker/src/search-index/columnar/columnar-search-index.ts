import type {
  FieldDescription,
  KnownProperty,
  LocusDocument,
  SearchIndex,
  SearchIndexSupport,
  SearchRequest,
  SearchResult,
} from '../search-index.ts';
import { Columns } from './columns.ts';
import { DocumentWriter } from './document-writer.ts';
import { type PackedDocuments, packDocuments } from './packed-documents.ts';
import { searchColumns } from './search-columns.ts';
import { readSnapshot, setAside, writeSnapshot } from './snapshot.ts';

/** How an index is opened. */
export interface ColumnarOptions {
  /** Folder of the snapshot; made when the first checkpoint is. Undefined: in memory alone. */
  readonly directory: string | undefined;
  /** Told of a snapshot that cannot be read (SEARCH_INDEX_DAMAGED): the index begins empty, without a position. */
  readonly onDamaged?: ((error: Error) => void) | undefined;
  /** Leaves what is on disk as it is: no checkpoints, and a damaged snapshot stays where it is. */
  readonly readOnly?: boolean | undefined;
}

/**
 * The search index in memory: a column for each field, a row for each locus, in this thread.
 *
 * A search runs to its end before anything else does; so does a `put`. While a checkpoint is being written, searches are
 * answered and changes wait.
 */
export class ColumnarSearchIndex implements SearchIndex {
  readonly supports: SearchIndexSupport = { manyWriters: false };
  readonly #columns: Columns;
  readonly #directory: string | undefined;
  readonly #readOnly: boolean;
  #position: string | undefined;
  /** Changes and checkpoints, one after the other. */
  #changes: Promise<void> = Promise.resolve();

  private constructor(columns: Columns, position: string | undefined, { directory, readOnly }: ColumnarOptions) {
    this.#columns = columns;
    this.#position = position;
    this.#directory = directory;
    this.#readOnly = readOnly === true;
  }

  /** Opens what the last checkpoint left, or an empty index. @throws SEARCH_INDEX_UNREACHABLE */
  static async open(options: ColumnarOptions): Promise<ColumnarSearchIndex> {
    const { directory, onDamaged, readOnly } = options;
    if (directory === undefined) return new ColumnarSearchIndex(new Columns(), undefined, options);
    const found = await readSnapshot(directory);
    if (found instanceof Error) {
      if (readOnly !== true) await setAside(directory);
      onDamaged?.(found);
    }
    if (found === undefined || found instanceof Error) {
      return new ColumnarSearchIndex(new Columns(), undefined, options);
    }
    return new ColumnarSearchIndex(found.columns, found.position, options);
  }

  get position(): string | undefined {
    return this.#position;
  }

  put(documents: readonly LocusDocument[]): Promise<void> {
    return this.putPacked(packDocuments(documents));
  }

  /** As {@link put}, of documents from another thread. */
  putPacked(documents: PackedDocuments): Promise<void> {
    return this.#change(() => DocumentWriter.write(this.#columns, documents));
  }

  remove(locusIds: readonly string[]): Promise<void> {
    return this.#change(() => {
      for (const id of locusIds) this.#columns.remove(id);
    });
  }

  defineProperties(properties: readonly KnownProperty[]): Promise<void> {
    return this.#change(() => this.#columns.define(properties));
  }

  async search(request: SearchRequest): Promise<SearchResult> {
    return searchColumns(this.#columns, request);
  }

  fields(): Promise<readonly FieldDescription[]> {
    return Promise.resolve(this.#columns.descriptions());
  }

  size(): Promise<number> {
    return Promise.resolve(this.#columns.count);
  }

  checkpoint(position: string): Promise<void> {
    return this.#change(async () => {
      if (this.#directory !== undefined && !this.#readOnly) {
        await writeSnapshot(this.#directory, this.#columns, position);
      }
      this.#position = position;
    });
  }

  /** Bytes in memory, by what they hold; for measurements. */
  memory(): Record<string, number> {
    return this.#columns.memory();
  }

  async close(): Promise<void> {
    await this.#changes;
  }

  #change(run: () => void | Promise<void>): Promise<void> {
    const done = this.#changes.then(run);
    this.#changes = done.catch(() => undefined);
    return done;
  }
}
