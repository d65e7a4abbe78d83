import type { Kysely } from 'kysely';

/** Users, their sessions and their tokens. */
export async function up(db: Kysely<never>): Promise<void> {
  await db.schema
    .createTable('users')
    .addColumn('id', 'varchar(36)', (column) => column.primaryKey().notNull())
    .addColumn('username', 'varchar(64)', (column) => column.notNull())
    .addColumn('username_key', 'varchar(255)', (column) => column.notNull())
    .addColumn('name', 'varchar(200)', (column) => column.notNull())
    .addColumn('email', 'varchar(254)')
    .addColumn('role', 'varchar(16)', (column) => column.notNull())
    .addColumn('password_hash', 'varchar(255)', (column) => column.notNull())
    .addColumn('is_disabled', 'integer', (column) => column.notNull())
    .addColumn('revision', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .addColumn('last_sign_in_at', 'bigint')
    .addUniqueConstraint('users_username_key', ['username_key'])
    .execute();
  await db.schema
    .createTable('sessions')
    .addColumn('value_hash', 'varchar(64)', (column) => column.primaryKey().notNull())
    .addColumn('user_id', 'varchar(36)', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('used_at', 'bigint', (column) => column.notNull())
    .addColumn('idle_ms', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('ends_at', 'bigint', (column) => column.notNull())
    .addForeignKeyConstraint('sessions_user', ['user_id'], 'users', ['id'], (key) => key.onDelete('cascade'))
    .execute();
  await db.schema.createIndex('sessions_of_user').on('sessions').column('user_id').execute();
  await db.schema.createIndex('sessions_by_expiry').on('sessions').column('expires_at').execute();
  await db.schema
    .createTable('tokens')
    .addColumn('id', 'varchar(36)', (column) => column.primaryKey().notNull())
    .addColumn('user_id', 'varchar(36)', (column) => column.notNull())
    .addColumn('token_hash', 'varchar(64)', (column) => column.notNull())
    .addColumn('name', 'varchar(200)', (column) => column.notNull())
    .addColumn('scopes', 'varchar(200)', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('used_at', 'bigint')
    .addUniqueConstraint('tokens_hash', ['token_hash'])
    .addForeignKeyConstraint('tokens_user', ['user_id'], 'users', ['id'], (key) => key.onDelete('cascade'))
    .execute();
  await db.schema.createIndex('tokens_of_user').on('tokens').column('user_id').execute();
}
