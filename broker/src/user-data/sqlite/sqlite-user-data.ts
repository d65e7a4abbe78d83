import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Kysely, type Migration } from 'kysely';
import Database from 'libsql';
import { AntaresError, errorCode } from '../../model/errors.ts';
import { migrate } from '../sql/migrate.ts';
import { sqlUserData } from '../sql/sql-user-data.ts';
import type { Tables } from '../sql/tables.ts';
import type { UserData } from '../user-data.ts';
import { READ_TIMEOUT_MS, UserDataDialect } from './sqlite-driver.ts';
import { toUserDataFailure } from './sqlite-failure.ts';

/** Where the user data is. */
export interface SqliteUserDataOptions {
  /** Made where there is none, readable to its owner only. */
  readonly file: string;
  /** Clock, Unix time [ms]; the system's unless a test brings its own. */
  readonly now?: () => number;
  /** Steps of the schema; all unless a test leaves some out. */
  readonly migrations?: Readonly<Record<string, Migration>>;
}

/**
 * Opens user data in an SQLite file, brought to the present schema. Several processes may have it open.
 *
 * Commits are durable when they resolve (`synchronous = full`): what an admin decided must not be undone by a power cut.
 * Calls run on the caller's thread; they take tens of microseconds, a commit as long as the disk does.
 *
 * @throws USER_DATA_VERSION_UNSUPPORTED, USER_DATA_DAMAGED, USER_DATA_UNREACHABLE, USER_DATA_BUSY, USER_DATA_MIGRATION_FAILED
 */
export async function openSqliteUserData({ file, now, migrations }: SqliteUserDataOptions): Promise<UserData> {
  await makeFile(file);
  const database = openDatabase(file);
  const db = new Kysely<Tables>({ dialect: new UserDataDialect(database) });
  try {
    await migrate(db as unknown as Kysely<never>, migrations);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  const userData = sqlUserData({ db, now: now ?? Date.now });
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    try {
      // All in the one file again, so that a copy of it is whole.
      database.prepare('pragma wal_checkpoint(truncate)').all([]);
    } catch {
      // Somebody is at it still: the last one to close does this.
    }
    await userData.close();
  };
  return {
    ...userData,
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

async function makeFile(file: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    // Before SQLite does, so that it is never readable to others; its companions (-wal, -shm) take over the mode.
    const handle = await open(file, 'a', 0o600);
    try {
      if (((await handle.stat()).mode & 0o077) !== 0) await handle.chmod(0o600);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new AntaresError('USER_DATA_UNREACHABLE', `the user data ${file} cannot be opened (${errorCode(error)})`, {
      cause: error,
    });
  }
}

function openDatabase(file: string): Database.Database {
  let database: Database.Database | undefined;
  try {
    database = new Database(file);
    database.exec(`pragma busy_timeout = ${READ_TIMEOUT_MS}`);
    database.exec('pragma journal_mode = wal');
    database.exec('pragma synchronous = full');
    database.exec('pragma foreign_keys = on');
    return database;
  } catch (error) {
    database?.close();
    throw toUserDataFailure(error);
  }
}
