import { randomUUID } from 'node:crypto';
import type { Bookmark, Bookmarks } from '../bookmarks.ts';
import type { Page, PageRequest } from '../page.ts';
import { explainingRefusal } from './constraint-violation.ts';
import { NEWEST_FIRST, readPage } from './page-queries.ts';
import { type SqlAccess, userUnknown } from './sql-access.ts';
import type { BookmarkRow } from './tables.ts';

/** Bookmarks in SQL. */
export class SqlBookmarks implements Bookmarks {
  readonly #access: SqlAccess;

  constructor(access: SqlAccess) {
    this.#access = access;
  }

  set(userId: string, locusId: string, comment: string): Promise<Bookmark> {
    const { db, now } = this.#access;
    return db.transaction().execute(async (trx) => {
      const before = await trx
        .selectFrom('bookmarks')
        .selectAll()
        .where('user_id', '=', userId)
        .where('locus_id', '=', locusId)
        .executeTakeFirst();
      if (before !== undefined) {
        await trx.updateTable('bookmarks').set({ comment }).where('id', '=', before.id).execute();
        return toBookmark({ ...before, comment });
      }
      const row: BookmarkRow = { id: randomUUID(), user_id: userId, locus_id: locusId, comment, created_at: now() };
      await explainingRefusal(() => trx.insertInto('bookmarks').values(row).execute(), { 'foreign-key': userUnknown });
      return toBookmark(row);
    });
  }

  async find(userId: string, locusId: string): Promise<Bookmark | undefined> {
    const row = await this.#access.db
      .selectFrom('bookmarks')
      .selectAll()
      .where('user_id', '=', userId)
      .where('locus_id', '=', locusId)
      .executeTakeFirst();
    return row === undefined ? undefined : toBookmark(row);
  }

  async list(userId: string, page: PageRequest): Promise<Page<Bookmark>> {
    const query = this.#access.db.selectFrom('bookmarks').where('user_id', '=', userId);
    return readPage(query.selectAll(), page, NEWEST_FIRST, toBookmark);
  }

  async remove(userId: string, locusId: string): Promise<boolean> {
    const { numDeletedRows } = await this.#access.db
      .deleteFrom('bookmarks')
      .where('user_id', '=', userId)
      .where('locus_id', '=', locusId)
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }
}

function toBookmark(row: BookmarkRow): Bookmark {
  return { locusId: row.locus_id, comment: row.comment, createdAtMs: row.created_at };
}
