import { AntaresError } from '../../model/errors.ts';
import type { StoreDatabase, Table } from './database.ts';
import { nextKey } from './keys.ts';
import { STORE_FORMAT } from './layout.ts';

/** Rows that a migration changes in one transaction. */
const ROWS_PER_STEP = 2_000;
const KEY = Buffer.from('store');

/** What the store says of itself. */
export interface StoreRecord {
  readonly format: number;
  /** Name and version of the program that made it. */
  readonly createdBy: string;
}

/**
 * One step from a format to the next.
 *
 * It may be cut off anywhere and begun again: what it writes is the same each time, and the format is raised only when
 * it has come to its end.
 */
interface Migration {
  readonly from: number;
  readonly does: string;
  run(database: StoreDatabase): void;
}

/** All steps, in order. A step that was released is never changed. */
const MIGRATIONS: readonly Migration[] = [
  {
    from: 0,
    does: 'index loci by their public ids',
    run: (database) => {
      const { loci, locus_ids: locusIds } = database.tables;
      forEachKey(database, loci, (key) => {
        locusIds.put(key.subarray(6), Buffer.from(key.subarray(0, 6)));
      });
    },
  },
];

/** What the store says of itself, undefined for a new one. */
export function readStoreRecord(meta: Table): StoreRecord | undefined {
  const value = meta.getBinary(KEY);
  return value === undefined ? undefined : (JSON.parse(value.toString()) as StoreRecord);
}

/** Called inside a write transaction. */
export function writeStoreRecord(meta: Table, record: StoreRecord): void {
  meta.put(KEY, Buffer.from(JSON.stringify(record)));
}

/**
 * Refuses formats that this code does not know.
 *
 * @throws ALERT_STORE_VERSION_UNSUPPORTED
 */
export function checkFormat(record: StoreRecord, directory: string, mayMigrate: boolean): void {
  if (record.format > STORE_FORMAT) {
    throw new AntaresError(
      'ALERT_STORE_VERSION_UNSUPPORTED',
      `the store at ${directory} has format ${record.format} (made by ${record.createdBy}), this program knows formats up to ${STORE_FORMAT}; use a newer version of the program`,
    );
  }
  const isKnown = record.format === STORE_FORMAT || MIGRATIONS.some(({ from }) => from === record.format);
  if (!isKnown) {
    throw new AntaresError(
      'ALERT_STORE_VERSION_UNSUPPORTED',
      `the store at ${directory} has format ${record.format} (made by ${record.createdBy}), which no version of this program has made; use another directory`,
    );
  }
  if (record.format < STORE_FORMAT && !mayMigrate) {
    throw new AntaresError(
      'ALERT_STORE_VERSION_UNSUPPORTED',
      `the store at ${directory} has format ${record.format}, older than ${STORE_FORMAT}; start the broker on it once, which brings it up to date, then read it`,
    );
  }
}

/** Brings a store to the present format, step by step; to be called by the one process that writes. */
export function migrate(database: StoreDatabase): void {
  const { meta } = database.tables;
  for (const migration of MIGRATIONS) {
    database.refresh();
    const record = readStoreRecord(meta)!;
    if (record.format !== migration.from) continue;
    migration.run(database);
    // After all of the step, in a transaction of its own: if the process ends in between, the step begins again.
    database.transaction(() => writeStoreRecord(meta, { ...record, format: migration.from + 1 }));
  }
}

/** Visits all keys of a table, some thousand in a transaction. */
function forEachKey(database: StoreDatabase, table: Table, visit: (key: Buffer) => void): void {
  let start: Uint8Array | undefined = new Uint8Array([0]);
  while (start !== undefined) {
    const from: Uint8Array = start;
    start = database.transaction(() => {
      const keys = [...table.getKeys({ start: from, limit: ROWS_PER_STEP })].map((key) => Buffer.from(key));
      for (const key of keys) visit(key);
      return keys.length < ROWS_PER_STEP ? undefined : nextKey(keys[keys.length - 1]!);
    });
  }
}
