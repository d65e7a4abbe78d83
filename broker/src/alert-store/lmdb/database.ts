import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { type Database, open, type RootDatabase } from 'lmdb';
import type { AntaresError } from '../../model/errors.ts';
import { TABLES, type TableName } from './layout.ts';
import { driverCause, isPlainIoError, toStoreError, tryRoom } from './store-failure.ts';
import type { WriteList } from './write-list.ts';

/** A table of the index: bytes to bytes. */
export type Table = Database<Buffer, Uint8Array>;

/** How an environment is opened. */
export interface DatabaseOptions {
  /** Nothing will be written, and nothing is made. */
  readonly isReader: boolean;
  /** Address space for the index [bytes]; it grows beyond by itself. */
  readonly mapSize: number;
}

const BYTES = { encoding: 'binary', keyEncoding: 'binary' } as const;

/** Whether this process may write to an index. */
function isWritable(indexPath: string): boolean {
  try {
    accessSync(indexPath, constants.W_OK);
    accessSync(join(indexPath, 'data.mdb'), constants.W_OK);
    accessSync(join(indexPath, 'lock.mdb'), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The LMDB environment with its tables, and the three ways in which the store uses it: look-ups on one snapshot, a
 * batch of writes that is one durable transaction, and short synchronous transactions for reading before writing.
 *
 * `overlappingSync` is off: a commit is LMDB's own, data pages synced before the page that points at them, and durable
 * when it is reported. (With it on, a commit as large as ours holds the write lock through its flush all the same:
 * measured, no faster.) Batches run on the driver's thread; this one goes on computing.
 */
export class StoreDatabase {
  readonly root: RootDatabase<Buffer, Uint8Array>;
  readonly tables: Readonly<Record<TableName, Table>>;
  readonly #directory: string;
  readonly #indexPath: string;

  private constructor(
    directory: string,
    indexPath: string,
    root: RootDatabase<Buffer, Uint8Array>,
    tables: Readonly<Record<TableName, Table>>,
  ) {
    this.#directory = directory;
    this.#indexPath = indexPath;
    this.root = root;
    this.tables = tables;
  }

  /**
   * Opens the environment.
   *
   * @param admit  called with the table `meta` alone before any other table is opened or made; throws to refuse
   */
  static open(
    directory: string,
    indexPath: string,
    options: DatabaseOptions,
    admit: (meta: Table, root: RootDatabase<Buffer, Uint8Array>) => void,
  ): StoreDatabase {
    // All threads of a process share what the first of them opened, and a thread may want to write where the first only
    // read: so a reader opens for writing too, where it is allowed to. (It also opens tables in write transactions, as
    // LMDB demands of threads.) It writes nothing all the same.
    const readOnly = options.isReader && !isWritable(indexPath);
    const driverOptions = {
      ...BYTES,
      path: indexPath,
      noSubdir: false,
      maxDbs: 32,
      maxReaders: 1024,
      mapSize: options.mapSize,
      readOnly,
      overlappingSync: false,
      // A batch is exactly what `write` hands over, and begins when it is complete: the write lock is never held
      // while this thread still computes.
      eventTurnBatching: false,
      batchStartThreshold: Number.MAX_SAFE_INTEGER,
      noMemInit: true,
    };
    const tableOptions = { ...BYTES, create: !options.isReader };
    let root: RootDatabase<Buffer, Uint8Array> | undefined;
    try {
      root = open(driverOptions) as RootDatabase<Buffer, Uint8Array>;
      const opened = root;
      const openTable = (name: TableName): Table => {
        const table = opened.openDB<Buffer, Uint8Array>(name, tableOptions) as Table | undefined;
        if (table === undefined) throw new Error(`the index has no table ${name}`);
        return table;
      };
      const meta = openTable('meta');
      admit(meta, root);
      const tables: Partial<Record<TableName, Table>> = { meta };
      const openRest = (): void => {
        for (const name of TABLES) tables[name] ??= openTable(name);
      };
      // One transaction for all tables: making them one by one would sync the disk once a table.
      if (readOnly) openRest();
      else root.transactionSync(openRest);
      return new StoreDatabase(directory, indexPath, root, tables as Record<TableName, Table>);
    } catch (error) {
      void root?.close();
      throw toStoreError(error, directory, 'open the index');
    }
  }

  /** Makes the look-ups that follow, up to the next `await`, see one snapshot: the newest. */
  refresh(): void {
    this.root.resetReadTxn();
  }

  /** How many rows a table has. */
  count(name: TableName): number {
    const stats = this.tables[name].getStats() as { readonly entryCount: number };
    return stats.entryCount;
  }

  /**
   * Reads and writes in one synchronous transaction, durable on return. For rare, small things.
   *
   * @throws ALERT_STORE_FULL, ALERT_STORE_UNREACHABLE
   */
  transaction<T>(run: () => T): T {
    try {
      return this.root.transactionSync(run);
    } catch (error) {
      throw this.#toError(error, 0, 'write to the index');
    }
  }

  /**
   * Writes lists, one after the other, as one transaction; durable when it resolves, without any effect when it rejects.
   *
   * @throws ALERT_STORE_FULL, ALERT_STORE_UNREACHABLE
   */
  async write(lists: readonly WriteList[]): Promise<void> {
    if (lists.every(({ length }) => length === 0)) return;
    try {
      await this.root.batch(() => {
        for (const list of lists) list.apply();
      });
    } catch (error) {
      const bytes = lists.reduce((sum, list) => sum + list.bytes, 0);
      throw this.#toError(await driverCause(error), bytes, 'commit to the index');
    }
  }

  async close(): Promise<void> {
    await this.root.close();
  }

  #toError(error: unknown, bytes: number, what: string): AntaresError {
    const noRoom = isPlainIoError(error) ? tryRoom(this.#indexPath, 'data.mdb', bytes) : undefined;
    return toStoreError(noRoom ?? error, this.#directory, what);
  }
}
