import { type RawBuilder, type SelectQueryBuilder, type SqlBool, sql } from 'kysely';
import { AntaresError } from '../../model/errors.ts';
import { MAX_PAGE_SIZE, type Page, type PageRequest } from '../page.ts';
import type { Tables } from './tables.ts';

/** In which order a list is read: by an ascending number, and by `id` where that is the same. */
export interface ListOrder<Row> {
  /** Time of creation, or a number within a list. */
  readonly rank: keyof Row & string;
  readonly first: 'lowest' | 'highest';
}

/** Oldest first. */
export const OLDEST_FIRST = { rank: 'created_at', first: 'lowest' } as const;
/** Newest first. */
export const NEWEST_FIRST = { rank: 'created_at', first: 'highest' } as const;

/**
 * A page of a list, and how many the whole list has.
 *
 * Pages by key, not by offset: an item that comes or goes meanwhile makes no other one appear twice or not at all.
 *
 * @param list  all rows of the list, with all columns, in any order
 * @throws PAGE_LIMIT_INVALID, PAGE_CURSOR_INVALID
 */
export async function readPage<Table extends keyof Tables, Row extends { id: string }, Item>(
  list: SelectQueryBuilder<Tables, Table, Row>,
  page: PageRequest,
  { rank, first }: ListOrder<Row>,
  toItem: (row: Row) => Item,
): Promise<Page<Item>> {
  const direction = first === 'lowest' ? 'asc' : 'desc';
  const found = await list
    .where(isAfter(page.cursor, rank, first))
    .orderBy(sql.ref(rank), direction)
    .orderBy(sql.ref('id'), direction)
    .limit(rowsFor(page))
    .execute();
  // The library's type of what it found is that of the rows, which the compiler cannot see before it knows the table.
  const rows = found as readonly Row[];
  const { total } = await list
    .clearSelect()
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  const last = rows.length > page.limit ? rows[page.limit - 1] : undefined;
  return {
    items: rows.slice(0, page.limit).map(toItem),
    next: last === undefined ? undefined : `${last[rank]}.${last.id}`,
    total: Number(total),
  };
}

function isAfter(cursor: string | undefined, rank: string, first: 'lowest' | 'highest'): RawBuilder<SqlBool> {
  if (cursor === undefined) return sql<SqlBool>`1 = 1`;
  const [, number, id] = /^(\d{1,15})\.([0-9a-f-]{36})$/.exec(cursor) ?? [];
  if (number === undefined || id === undefined) {
    throw new AntaresError(
      'PAGE_CURSOR_INVALID',
      'the cursor is none that we gave; start again with the first page, and take `next` from each answer',
    );
  }
  const column = sql.ref(rank);
  return first === 'lowest'
    ? sql<SqlBool>`(${column} > ${Number(number)} or (${column} = ${Number(number)} and id > ${id}))`
    : sql<SqlBool>`(${column} < ${Number(number)} or (${column} = ${Number(number)} and id < ${id}))`;
}

/** How many rows to ask for: one more than the page, to see whether there is another. @throws PAGE_LIMIT_INVALID */
function rowsFor({ limit }: PageRequest): number {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE_SIZE) {
    throw new AntaresError('PAGE_LIMIT_INVALID', `expected a page size of 1 to ${MAX_PAGE_SIZE}; got ${limit}`);
  }
  return limit + 1;
}
