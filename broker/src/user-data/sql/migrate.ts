import { type Kysely, type Migration, Migrator, sql } from 'kysely';
import { AntaresError } from '../../model/errors.ts';
import { MIGRATIONS } from '../migrations/migrations.ts';

const MIGRATION_TABLE = 'user_data_migrations';
const LOCK_TABLE = 'user_data_migration_lock';

/**
 * Brings a database to the present schema, step by step, all or none; what is in it stays.
 *
 * @param migrations  all that there are; tests leave some out
 * @throws USER_DATA_VERSION_UNSUPPORTED  a newer program wrote it
 * @throws USER_DATA_MIGRATION_FAILED     naming the step
 */
export async function migrate(
  db: Kysely<never>,
  migrations: Readonly<Record<string, Migration>> = MIGRATIONS,
): Promise<void> {
  // Opening what is up to date needs no right to write.
  if (await isPresent(db, migrations)) return;
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
    migrationTableName: MIGRATION_TABLE,
    migrationLockTableName: LOCK_TABLE,
  });
  const { error, results } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const step = results?.find(({ status }) => status === 'Error')?.migrationName ?? 'before the first step';
  throw new AntaresError(
    'USER_DATA_MIGRATION_FAILED',
    `the user data could not be brought to the present version (${step}); nothing was changed`,
    { cause: error },
  );
}

/** Whether all steps were taken. @throws USER_DATA_VERSION_UNSUPPORTED  others were, too: by a newer program */
async function isPresent(db: Kysely<never>, migrations: Readonly<Record<string, Migration>>): Promise<boolean> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === MIGRATION_TABLE)) return false;
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(MIGRATION_TABLE)} order by name`.execute(
    db,
  );
  const unknown = rows.map(({ name }) => name).filter((name) => !Object.hasOwn(migrations, name));
  if (unknown.length === 0) return rows.length === Object.keys(migrations).length;
  throw new AntaresError(
    'USER_DATA_VERSION_UNSUPPORTED',
    `the user data was written by a newer version of this program (it has ${unknown.join(', ')}; ` +
      `this one knows up to ${Object.keys(migrations).sort().at(-1)}); start that version`,
  );
}
