import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import { AntaresError } from '../../model/errors.ts';
import type { Page, PageRequest } from '../page.ts';
import type { NewWatchList, NewWatchObject, UserWatchList, UserWatchObject, WatchLists } from '../watch-lists.ts';
import { explainingRefusal } from './constraint-violation.ts';
import { changedOwnedRow, isOwnedAndVisible, newOwnedRow, toOwned } from './owned-rows.ts';
import { OLDEST_FIRST, readPage } from './page-queries.ts';
import { type SqlAccess, userUnknown } from './sql-access.ts';
import type { Tables, WatchListRow, WatchObjectRow } from './tables.ts';

/** Rows of an insert: below the limits of all databases on parameters of a statement. */
const ROWS_AT_ONCE = 500;

/** Watch lists in SQL. */
export class SqlWatchLists implements WatchLists {
  readonly #access: SqlAccess;

  constructor(access: SqlAccess) {
    this.#access = access;
  }

  async create(list: NewWatchList): Promise<UserWatchList> {
    const { db, now } = this.#access;
    const row: WatchListRow = {
      ...newOwnedRow(list, now()),
      is_public: Number(list.isPublic),
      num_objects: 0,
      next_number: 1,
    };
    await explainingRefusal(() => db.insertInto('watch_lists').values(row).execute(), {
      unique: () => nameTaken(list.name),
      'foreign-key': userUnknown,
    });
    return toWatchList(row);
  }

  async find(watchListId: string): Promise<UserWatchList | undefined> {
    const row = await findList(this.#access.db, watchListId);
    return row === undefined ? undefined : toWatchList(row);
  }

  async list(
    page: PageRequest,
    owned: { ownerId?: string | undefined; visibleTo?: string | undefined } = {},
  ): Promise<Page<UserWatchList>> {
    const query = this.#access.db.selectFrom('watch_lists').where(isOwnedAndVisible(owned));
    return readPage(query.selectAll(), page, OLDEST_FIRST, toWatchList);
  }

  change(
    watchListId: string,
    changes: { name?: string | undefined; description?: string | undefined; isPublic?: boolean | undefined },
    revision?: number,
  ): Promise<UserWatchList> {
    const { db, now } = this.#access;
    return db.transaction().execute(async (trx) => {
      const before = await findList(trx, watchListId);
      if (before === undefined) throw watchListUnknown();
      const row: WatchListRow = {
        ...before,
        ...changedOwnedRow(
          'watch list',
          before,
          { name: changes.name, description: changes.description },
          revision,
          now(),
        ),
        is_public: changes.isPublic === undefined ? before.is_public : Number(changes.isPublic),
      };
      await explainingRefusal(() => trx.updateTable('watch_lists').set(row).where('id', '=', watchListId).execute(), {
        unique: () => nameTaken(row.name),
      });
      return toWatchList(row);
    });
  }

  remove(watchListId: string): Promise<boolean> {
    return this.#access.db.transaction().execute(async (trx) => {
      await trx.deleteFrom('watch_objects').where('watch_list_id', '=', watchListId).execute();
      const { numDeletedRows } = await trx.deleteFrom('watch_lists').where('id', '=', watchListId).executeTakeFirst();
      return numDeletedRows > 0n;
    });
  }

  async addObjects(watchListId: string, objects: readonly NewWatchObject[]): Promise<readonly UserWatchObject[]> {
    for (const [index, object] of objects.entries()) requirePlace(object, index);
    const { db, now } = this.#access;
    return db.transaction().execute(async (trx) => {
      const list = await findList(trx, watchListId);
      if (list === undefined) throw watchListUnknown();
      const rows = objects.map(
        ({ name, ra, dec, radiusArcsec }, index): WatchObjectRow => ({
          id: randomUUID(),
          watch_list_id: watchListId,
          number: list.next_number + index,
          name,
          ra,
          dec,
          radius_arcsec: radiusArcsec,
        }),
      );
      for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
        await trx
          .insertInto('watch_objects')
          .values(rows.slice(start, start + ROWS_AT_ONCE))
          .execute();
        // A long list must not hold up everybody else's requests.
        await setImmediate();
      }
      await trx
        .updateTable('watch_lists')
        .set({
          num_objects: list.num_objects + rows.length,
          next_number: list.next_number + rows.length,
          revision: list.revision + 1,
          updated_at: now(),
        })
        .where('id', '=', watchListId)
        .execute();
      return rows.map(toWatchObject);
    });
  }

  async listObjects(watchListId: string, page: PageRequest): Promise<Page<UserWatchObject>> {
    const query = this.#access.db.selectFrom('watch_objects').where('watch_list_id', '=', watchListId);
    return readPage(query.selectAll(), page, { rank: 'number', first: 'lowest' }, toWatchObject);
  }

  removeObject(watchListId: string, objectId: string): Promise<boolean> {
    const { db, now } = this.#access;
    return db.transaction().execute(async (trx) => {
      const { numDeletedRows } = await trx
        .deleteFrom('watch_objects')
        .where('id', '=', objectId)
        .where('watch_list_id', '=', watchListId)
        .executeTakeFirst();
      if (numDeletedRows === 0n) return false;
      await trx
        .updateTable('watch_lists')
        .set({ num_objects: sql`num_objects - 1`, revision: sql`revision + 1`, updated_at: now() })
        .where('id', '=', watchListId)
        .execute();
      return true;
    });
  }
}

function requirePlace({ name, ra, dec, radiusArcsec }: NewWatchObject, index: number): void {
  // Written so that NaN fails too.
  if (ra >= 0 && ra < 360 && dec >= -90 && dec <= 90 && radiusArcsec > 0 && radiusArcsec <= 648_000) return;
  throw new AntaresError(
    'WATCH_OBJECT_INVALID',
    `object ${index + 1} (${name.slice(0, 40)}) has ra ${ra}, dec ${dec}, radius ${radiusArcsec}; ` +
      'expected ra in [0, 360), dec in [-90, 90] degrees and a radius above 0 arcsec',
  );
}

function findList(db: Kysely<Tables>, watchListId: string): Promise<WatchListRow | undefined> {
  return db.selectFrom('watch_lists').selectAll().where('id', '=', watchListId).executeTakeFirst();
}

function watchListUnknown(): AntaresError {
  return new AntaresError('WATCH_LIST_UNKNOWN', 'there is no such watch list');
}

function nameTaken(name: string): AntaresError {
  return new AntaresError('WATCH_LIST_NAME_TAKEN', `its owner has a watch list ${name} already; choose another name`);
}

function toWatchList(row: WatchListRow): UserWatchList {
  return {
    ...toOwned(row),
    isPublic: row.is_public === 1,
    numObjects: row.num_objects,
  };
}

function toWatchObject(row: WatchObjectRow): UserWatchObject {
  return {
    id: row.id,
    watchListId: row.watch_list_id,
    name: row.name,
    ra: row.ra,
    dec: row.dec,
    radiusArcsec: row.radius_arcsec,
  };
}
