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
      .innerJoin('users', 'users.id', 'sessions.user_id')
      .selectAll('users')
      .select(['sessions.value_hash', 'sessions.user_id', 'sessions.used_at', 'sessions.idle_ms'])
      .select(['sessions.created_at as started_at', 'sessions.expires_at', 'sessions.ends_at'])
      .where('sessions.value_hash', '=', valueHash)
      .where('sessions.expires_at', '>', at)
      .where('users.is_disabled', '=', 0)
      .executeTakeFirst();
    if (found === undefined) return undefined;
    const user = toUser(found);
    const session: SessionRow = { ...found, created_at: found.started_at };
    if (at - found.used_at < found.idle_ms * WRITTEN_PART) return { session: toSession(session), user };
    const expiresAt = Math.min(at + found.idle_ms, found.ends_at);
    await db
      .updateTable('sessions')
      .set({ used_at: at, expires_at: expiresAt })
      .where('value_hash', '=', valueHash)
      .execute();
    return { session: toSession({ ...session, expires_at: expiresAt }), user };
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
