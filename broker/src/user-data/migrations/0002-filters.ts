import { type Kysely, sql } from 'kysely';

/** Filters, their revisions, and the steps of a revision's life. */
export async function up(db: Kysely<never>): Promise<void> {
  await db.schema
    .createTable('filters')
    .addColumn('id', 'varchar(36)', (column) => column.primaryKey().notNull())
    .addColumn('owner_id', 'varchar(36)', (column) => column.notNull())
    .addColumn('name', 'varchar(200)', (column) => column.notNull())
    .addColumn('name_key', 'varchar(255)', (column) => column.notNull())
    .addColumn('description', 'text', (column) => column.notNull())
    .addColumn('is_public', 'integer', (column) => column.notNull())
    .addColumn('revision', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .addColumn('enabled_revision_id', 'varchar(36)')
    .addUniqueConstraint('filters_name_key', ['name_key'])
    .addForeignKeyConstraint('filters_owner', ['owner_id'], 'users', ['id'])
    .execute();
  await db.schema.createIndex('filters_of_owner').on('filters').column('owner_id').execute();
  await db.schema
    .createTable('filter_revisions')
    .addColumn('id', 'varchar(36)', (column) => column.primaryKey().notNull())
    .addColumn('filter_id', 'varchar(36)', (column) => column.notNull())
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('author_id', 'varchar(36)', (column) => column.notNull())
    .addColumn('language', 'varchar(16)', (column) => column.notNull())
    .addColumn('code', sql`mediumtext`, (column) => column.notNull())
    .addColumn('comment', 'text', (column) => column.notNull())
    .addColumn('state', 'varchar(16)', (column) => column.notNull())
    .addColumn('reviewer_id', 'varchar(36)')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('state_changed_at', 'bigint', (column) => column.notNull())
    .addUniqueConstraint('filter_revisions_number', ['filter_id', 'number'])
    .addForeignKeyConstraint('filter_revisions_filter', ['filter_id'], 'filters', ['id'])
    .addForeignKeyConstraint('filter_revisions_author', ['author_id'], 'users', ['id'])
    .addForeignKeyConstraint('filter_revisions_reviewer', ['reviewer_id'], 'users', ['id'])
    .execute();
  await db.schema
    .createTable('filter_state_changes')
    .addColumn('revision_id', 'varchar(36)', (column) => column.notNull())
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('from_state', 'varchar(16)', (column) => column.notNull())
    .addColumn('to_state', 'varchar(16)', (column) => column.notNull())
    .addColumn('user_id', 'varchar(36)')
    .addColumn('comment', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('filter_state_changes_key', ['revision_id', 'number'])
    .addForeignKeyConstraint('filter_state_changes_revision', ['revision_id'], 'filter_revisions', ['id'])
    .addForeignKeyConstraint('filter_state_changes_user', ['user_id'], 'users', ['id'])
    .execute();
}
