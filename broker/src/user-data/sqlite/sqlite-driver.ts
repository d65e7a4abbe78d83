import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type DialectAdapter,
  type Driver,
  type QueryResult,
  SelectQueryNode,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDialect,
  SqliteDriver,
} from 'kysely';
import type { Database } from 'libsql';
import { errorCode } from '../../model/errors.ts';
import { requireKeepable } from '../sql/keepable-text.ts';
import { toUserDataFailure } from './sqlite-failure.ts';

/** How long a call waits for another process that writes [ms]: writes are short. */
const BUSY_LIMIT_MS = 5_000;
/** How long a read may wait, on the thread [ms]: only while another process opens or closes the file. */
export const READ_TIMEOUT_MS = 2_000;
/** Longest pause between two tries [ms]. */
const BUSY_PAUSE_MS = 20;

/**
 * SQLite through kysely, with three differences. Transactions take the right to write when they begin, because one that
 * reads first and writes then fails at once (without waiting) when another process wrote in between. Waiting for another
 * process does not hold up this one: SQLite's own wait (`busy_timeout`) blocks the thread, with every request on it. And
 * errors are ours.
 */
export class UserDataDialect extends SqliteDialect {
  readonly #database: Database;

  constructor(database: Database) {
    super({ database: database as unknown as SqliteDatabase });
    this.#database = database;
  }

  override createAdapter(): DialectAdapter {
    return new UserDataAdapter();
  }

  override createDriver(): Driver {
    return new UserDataDriver(this.#database);
  }
}

class UserDataAdapter extends SqliteAdapter {
  /** SQLite can take back changes of the schema, so that all steps of a migration are one; kysely does not rely on it. */
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class UserDataDriver extends SqliteDriver {
  readonly #database: Database;

  constructor(database: Database) {
    super({ database: database as unknown as SqliteDatabase });
    this.#database = database;
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    return new UserDataConnection(this.#database, await super.acquireConnection());
  }

  override beginTransaction(): Promise<void> {
    return begin(this.#database);
  }
}

class UserDataConnection implements DatabaseConnection {
  readonly #database: Database;
  readonly #connection: DatabaseConnection;

  constructor(database: Database, connection: DatabaseConnection) {
    this.#database = database;
    this.#connection = connection;
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    try {
      const isReading = isRead(query);
      if (!isReading) requireKeepable(query.parameters);
      if (isReading || this.#database.inTransaction) {
        return await this.#connection.executeQuery<Row>(query);
      }
      return await this.#write<Row>(query);
    } catch (error) {
      throw toUserDataFailure(error);
    }
  }

  /** A write by itself, in a transaction of its own: then only the beginning of one ever has to wait. */
  async #write<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    await begin(this.#database);
    try {
      const result = await this.#connection.executeQuery<Row>(query);
      this.#database.exec('commit');
      return result;
    } catch (error) {
      if (this.#database.inTransaction) this.#database.exec('rollback');
      throw error;
    }
  }

  streamQuery<Row>(query: CompiledQuery, chunkSize?: number): AsyncIterableIterator<QueryResult<Row>> {
    return this.#connection.streamQuery<Row>(query, chunkSize);
  }
}

function isRead({ query, sql }: CompiledQuery): boolean {
  return SelectQueryNode.is(query) || /^\s*(select|pragma)\b/i.test(sql);
}

/**
 * Takes the right to write, as soon as nobody else has it. Not by a prepared statement: with libsql one that found the
 * database busy stays under way until it is collected as garbage, and nothing can be committed meanwhile.
 *
 * @throws USER_DATA_BUSY
 */
async function begin(database: Database): Promise<void> {
  const deadline = performance.now() + BUSY_LIMIT_MS;
  for (let pauseMs = 1; ; pauseMs = Math.min(BUSY_PAUSE_MS, pauseMs * 2)) {
    try {
      database.exec('pragma busy_timeout = 0; begin immediate');
      database.exec(`pragma busy_timeout = ${READ_TIMEOUT_MS}`);
      return;
    } catch (error) {
      database.exec(`pragma busy_timeout = ${READ_TIMEOUT_MS}`);
      const failure = toUserDataFailure(error);
      if (errorCode(failure) !== 'USER_DATA_BUSY' || performance.now() > deadline) throw failure;
    }
    await sleep(pauseMs * (0.5 + Math.random()));
  }
}
