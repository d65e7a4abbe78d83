import type { Kysely } from 'kysely';

/** Watch lists and the circles in them. */
export async function up(db: Kysely<never>): Promise<void> {
  await db.schema
    .createTable('watch_lists')
    .addColumn('id', 'varchar(36)', (column) => column.primaryKey().notNull())
    .addColumn('owner_id', 'varchar(36)', (column) => column.notNull())
    .addColumn('name', 'varchar(200)', (column) => column.notNull())
    .addColumn('name_key', 'varchar(255)', (column) => column.notNull())
    .addColumn('description', 'text', (column) => column.notNull())
    .addColumn('is_public', 'integer', (column) => column.notNull())
    .addColumn('revision', 'integer', (column) => column.notNull())
    .addColumn('num_objects', 'integer', (column) => column.notNull())
    .addColumn('next_number', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .addUniqueConstraint('watch_lists_name_key', ['owner_id', 'name_key'])
    .addForeignKeyConstraint('watch_lists_owner', ['owner_id'], 'users', ['id'])
    .execute();
  await db.schema
    .createTable('watch_objects')
    .addColumn('id', 'varchar(36)', (column) => column.primaryKey().notNull())
    .addColumn('watch_list_id', 'varchar(36)', (column) => column.notNull())
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('name', 'varchar(200)', (column) => column.notNull())
    .addColumn('ra', 'double precision', (column) => column.notNull())
    .addColumn('dec', 'double precision', (column) => column.notNull())
    .addColumn('radius_arcsec', 'double precision', (column) => column.notNull())
    .addUniqueConstraint('watch_objects_number', ['watch_list_id', 'number'])
    .addForeignKeyConstraint('watch_objects_list', ['watch_list_id'], 'watch_lists', ['id'], (key) =>
      key.onDelete('cascade'),
    )
    .execute();
}
