import type { Kysely } from 'kysely';

/** What users keep about loci: bookmarks and private annotations. */
export async function up(db: Kysely<never>): Promise<void> {
  await db.schema
    .createTable('bookmarks')
    .addColumn('id', 'varchar(36)', (column) => column.primaryKey().notNull())
    .addColumn('user_id', 'varchar(36)', (column) => column.notNull())
    .addColumn('locus_id', 'varchar(64)', (column) => column.notNull())
    .addColumn('comment', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addUniqueConstraint('bookmarks_locus', ['user_id', 'locus_id'])
    .addForeignKeyConstraint('bookmarks_user', ['user_id'], 'users', ['id'], (key) => key.onDelete('cascade'))
    .execute();
  await db.schema
    .createTable('annotations')
    .addColumn('id', 'varchar(36)', (column) => column.primaryKey().notNull())
    .addColumn('user_id', 'varchar(36)', (column) => column.notNull())
    .addColumn('locus_id', 'varchar(64)', (column) => column.notNull())
    .addColumn('text', 'text', (column) => column.notNull())
    .addColumn('revision', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .addForeignKeyConstraint('annotations_user', ['user_id'], 'users', ['id'], (key) => key.onDelete('cascade'))
    .execute();
  await db.schema.createIndex('annotations_of_locus').on('annotations').columns(['user_id', 'locus_id']).execute();
}
