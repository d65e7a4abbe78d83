import type { Kysely } from 'kysely';

/** Streams that users asked for. */
export async function up(db: Kysely<never>): Promise<void> {
  await db.schema
    .createTable('output_streams')
    .addColumn('id', 'varchar(36)', (column) => column.primaryKey().notNull())
    .addColumn('owner_id', 'varchar(36)', (column) => column.notNull())
    .addColumn('name', 'varchar(200)', (column) => column.notNull())
    .addColumn('name_key', 'varchar(255)', (column) => column.notNull())
    .addColumn('description', 'text', (column) => column.notNull())
    .addColumn('selection_kind', 'varchar(16)', (column) => column.notNull())
    .addColumn('expression', 'text', (column) => column.notNull())
    .addColumn('state', 'varchar(16)', (column) => column.notNull())
    .addColumn('revision', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .addUniqueConstraint('output_streams_name_key', ['name_key'])
    .addForeignKeyConstraint('output_streams_owner', ['owner_id'], 'users', ['id'])
    .execute();
  await db.schema.createIndex('output_streams_of_owner').on('output_streams').column('owner_id').execute();
}
