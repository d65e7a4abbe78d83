import type { Kysely } from 'kysely';

/** What staff tell everybody. */
export async function up(db: Kysely<never>): Promise<void> {
  await db.schema
    .createTable('announcements')
    .addColumn('id', 'varchar(36)', (column) => column.primaryKey().notNull())
    .addColumn('author_id', 'varchar(36)', (column) => column.notNull())
    .addColumn('title', 'varchar(200)', (column) => column.notNull())
    .addColumn('text', 'text', (column) => column.notNull())
    .addColumn('level', 'varchar(16)', (column) => column.notNull())
    .addColumn('starts_at', 'bigint', (column) => column.notNull())
    .addColumn('ends_at', 'bigint')
    .addColumn('revision', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .addForeignKeyConstraint('announcements_author', ['author_id'], 'users', ['id'])
    .execute();
}
