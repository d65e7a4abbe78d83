import type { User } from '../accounts.ts';
import type { Session, Sessions, SessionTimes } from '../sessions.ts';
import type { SqlAccess } from './sql-access.ts';
import { requireActiveUser, toUser } from './sql-accounts.ts';
import type { SessionRow } from './tables.ts';

/** A use is written down only when it moves the expiry by this part of the idle time: reading a page is no write. */
const WRITTEN_PART = 1 / 20;

/** Sessions in SQL. */
export class SqlSessions implements Sessions {
  readonly #access: SqlAccess;

  constructor(access: SqlAccess) {
    this.#access = access;
  }

  start(userId: string, valueHash: string, { idleMs, lifetimeMs }: SessionTimes): Promise<Session> {
    const { db, now } = this.#access;
    return db.transaction().execute(async (trx) => {
      await requireActiveUser(trx, userId);
      const at = now();
      const row: SessionRow = {
        value_hash: valueHash,
        user_id: userId,
        created_at: at,
        used_at: at,
        idle_ms: idleMs,
        expires_at: at + Math.min(idleMs, lifetimeMs),
        ends_at: at + lifetimeMs,
      };
      await trx.deleteFrom('sessions').where('expires_at', '<=', at).execute();
      await trx.insertInto('sessions').values(row).execute();
      await trx.updateTable('users').set({ last_sign_in_at: at }).where('id', '=', userId).execute();
      return toSession(row);
    });
  }

  async use(valueHash: string): Promise<{ session: Session; user: User } | undefined> {
    const { db, now } = this.#access;
    const at = now();
    const found = await db
      .selectFrom('sessions')
      .selectAll()
      .where('value_hash', '=', valueHash)
      .where('expires_at', '>', at)
      .executeTakeFirst();
    if (found === undefined) return undefined;
    const owner = await db.selectFrom('users').selectAll().where('id', '=', found.user_id).executeTakeFirst();
    if (owner === undefined || owner.is_disabled === 1) return undefined;
    const row = { ...found, used_at: at, expires_at: Math.min(at + found.idle_ms, found.ends_at) };
    if (at - found.used_at < found.idle_ms * WRITTEN_PART) return { session: toSession(found), user: toUser(owner) };
    await db
      .updateTable('sessions')
      .set({ used_at: row.used_at, expires_at: row.expires_at })
      .where('value_hash', '=', valueHash)
      .execute();
    return { session: toSession(row), user: toUser(owner) };
  }

  async end(valueHash: string): Promise<void> {
    await this.#access.db.deleteFrom('sessions').where('value_hash', '=', valueHash).execute();
  }

  async removeExpired(): Promise<number> {
    const { db, now } = this.#access;
    const { numDeletedRows } = await db.deleteFrom('sessions').where('expires_at', '<=', now()).executeTakeFirst();
    return Number(numDeletedRows);
  }
}

function toSession(row: SessionRow): Session {
  return {
    userId: row.user_id,
    createdAtMs: row.created_at,
    expiresAtMs: row.expires_at,
    endsAtMs: row.ends_at,
  };
}
