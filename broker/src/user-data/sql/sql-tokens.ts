import { randomUUID } from 'node:crypto';
import { AntaresError } from '../../model/errors.ts';
import type { User } from '../accounts.ts';
import { MAX_TOKENS_PER_USER, type NewToken, type Token, type TokenScope, type Tokens } from '../tokens.ts';
import { fromNull, type SqlAccess } from './sql-access.ts';
import { requireActiveUser, toUser } from './sql-accounts.ts';
import type { TokenRow } from './tables.ts';

/** A use is written down when the one before is so long ago [ms]. */
const USE_RESOLUTION_MS = 60_000;
/** How long an expired token is still listed [ms]. */
const EXPIRED_KEPT_MS = 7 * 86_400_000;

/** Tokens in SQL. */
export class SqlTokens implements Tokens {
  readonly #access: SqlAccess;

  constructor(access: SqlAccess) {
    this.#access = access;
  }

  create(userId: string, token: NewToken): Promise<Token> {
    const { db, now } = this.#access;
    return db.transaction().execute(async (trx) => {
      await requireActiveUser(trx, userId);
      const at = now();
      await trx
        .deleteFrom('tokens')
        .where('user_id', '=', userId)
        .where('expires_at', '<=', at - EXPIRED_KEPT_MS)
        .execute();
      const { count } = await trx
        .selectFrom('tokens')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('user_id', '=', userId)
        .where('expires_at', '>', at)
        .executeTakeFirstOrThrow();
      if (Number(count) >= MAX_TOKENS_PER_USER) {
        throw new AntaresError(
          'TOKEN_LIMIT_REACHED',
          `there are ${count} tokens already, as many as one user may have; revoke those that are not needed`,
        );
      }
      const row: TokenRow = {
        id: randomUUID(),
        user_id: userId,
        token_hash: token.tokenHash,
        name: token.name,
        scopes: token.scopes.join(' '),
        created_at: at,
        expires_at: at + token.lifetimeMs,
        used_at: null,
      };
      await trx.insertInto('tokens').values(row).execute();
      return toToken(row);
    });
  }

  async use(tokenHash: string): Promise<{ token: Token; user: User } | undefined> {
    const { db, now } = this.#access;
    const at = now();
    const found = await db
      .selectFrom('tokens')
      .innerJoin('users', 'users.id', 'tokens.user_id')
      .selectAll('users')
      .select(['tokens.id as token_id', 'tokens.user_id', 'tokens.token_hash', 'tokens.name as token_name'])
      .select(['tokens.scopes', 'tokens.created_at as made_at', 'tokens.expires_at', 'tokens.used_at'])
      .where('tokens.token_hash', '=', tokenHash)
      .where('tokens.expires_at', '>', at)
      .where('users.is_disabled', '=', 0)
      .executeTakeFirst();
    if (found === undefined) return undefined;
    if (found.used_at === null || at - found.used_at >= USE_RESOLUTION_MS) {
      await db.updateTable('tokens').set({ used_at: at }).where('id', '=', found.token_id).execute();
    }
    const token: TokenRow = { ...found, id: found.token_id, name: found.token_name, created_at: found.made_at };
    return { token: toToken(token), user: toUser(found) };
  }

  async list(userId: string): Promise<readonly Token[]> {
    const { db, now } = this.#access;
    const rows = await db
      .selectFrom('tokens')
      .selectAll()
      .where('user_id', '=', userId)
      .where('expires_at', '>', now() - EXPIRED_KEPT_MS)
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .execute();
    return rows.map(toToken);
  }

  async revoke(userId: string, tokenId: string): Promise<boolean> {
    const { numDeletedRows } = await this.#access.db
      .deleteFrom('tokens')
      .where('id', '=', tokenId)
      .where('user_id', '=', userId)
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }
}

function toToken(row: TokenRow): Token {
  return {
    id: row.id,
    userId: row.user_id,
    name: row.name,
    scopes: row.scopes.split(' ').filter((scope) => scope !== '') as TokenScope[],
    createdAtMs: row.created_at,
    expiresAtMs: row.expires_at,
    lastUsedAtMs: fromNull(row.used_at),
  };
}
