import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { AntaresError } from '../../model/errors.ts';
import { MAX_PAGE_SIZE, type Page, type PageRequest } from '../page.ts';

/** In which order a list is read. */
export type Order = 'oldest' | 'newest';

/**
 * Pages by key, not by offset: an item that comes or goes meanwhile makes no other one appear twice or not at all.
 *
 * The order is that of the columns `rank` (an ascending number: time of creation, or a number within a list) and `id`,
 * which tells those of the same rank apart.
 */
export function isAfter(cursor: string | undefined, order: Order, rank = 'created_at'): RawBuilder<SqlBool> {
  if (cursor === undefined) return sql<SqlBool>`1 = 1`;
  const [, number, id] = /^(\d{1,15})\.([0-9a-f-]{36})$/.exec(cursor) ?? [];
  if (number === undefined || id === undefined) {
    throw new AntaresError(
      'PAGE_CURSOR_INVALID',
      'the cursor is none that we gave; start again with the first page, and take `next` from each answer',
    );
  }
  const column = sql.ref(rank);
  return order === 'oldest'
    ? sql<SqlBool>`(${column} > ${Number(number)} or (${column} = ${Number(number)} and id > ${id}))`
    : sql<SqlBool>`(${column} < ${Number(number)} or (${column} = ${Number(number)} and id < ${id}))`;
}

/** How many rows to ask for: one more than the page, to see whether there is another. @throws PAGE_LIMIT_INVALID */
export function rowsFor({ limit }: PageRequest): number {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE_SIZE) {
    throw new AntaresError('PAGE_LIMIT_INVALID', `expected a page size of 1 to ${MAX_PAGE_SIZE}; got ${limit}`);
  }
  return limit + 1;
}

/** Makes a page of the rows that were found, at most one more than its size. */
export function toPage<Row extends { id: string }, Item>(
  rows: readonly Row[],
  { limit }: PageRequest,
  total: number,
  rankOf: (row: Row) => number,
  toItem: (row: Row) => Item,
): Page<Item> {
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return {
    items: rows.slice(0, limit).map(toItem),
    next: last === undefined ? undefined : `${rankOf(last)}.${last.id}`,
    total,
  };
}
