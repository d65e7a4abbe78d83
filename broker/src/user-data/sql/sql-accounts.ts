import { randomUUID } from 'node:crypto';
import type { Transaction } from 'kysely';
import { AntaresError } from '../../model/errors.ts';
import type { Accounts, Credentials, NewUser, User, UserChanges, UserRole } from '../accounts.ts';
import { foldedName } from '../folded-name.ts';
import type { Page, PageRequest } from '../page.ts';
import { toUserName } from '../user-name.ts';
import { explainingRefusal } from './constraint-violation.ts';
import { OLDEST_FIRST, readPage } from './page-queries.ts';
import { fromNull, revisionStale, type SqlAccess, userUnknown } from './sql-access.ts';
import type { Tables, UserRow } from './tables.ts';

/** Accounts in SQL. */
export class SqlAccounts implements Accounts {
  readonly #access: SqlAccess;

  constructor(access: SqlAccess) {
    this.#access = access;
  }

  async create(user: NewUser): Promise<User> {
    const { db, now } = this.#access;
    const username = toUserName(user.username);
    const at = now();
    const row: UserRow = {
      id: randomUUID(),
      username,
      username_key: foldedName(username),
      name: user.name,
      email: user.email ?? null,
      role: user.role,
      password_hash: user.passwordHash,
      is_disabled: 0,
      revision: 1,
      created_at: at,
      updated_at: at,
      last_sign_in_at: null,
    };
    await explainingRefusal(() => db.insertInto('users').values(row).execute(), {
      unique: () =>
        new AntaresError('USER_NAME_TAKEN', `the user name ${username} is taken, or one that differs in case only`),
    });
    return toUser(row);
  }

  async find(userId: string): Promise<User | undefined> {
    const row = await this.#access.db.selectFrom('users').selectAll().where('id', '=', userId).executeTakeFirst();
    return row === undefined ? undefined : toUser(row);
  }

  async findByName(username: string): Promise<User | undefined> {
    return (await this.findCredentials(username))?.user;
  }

  async findCredentials(username: string): Promise<Credentials | undefined> {
    // Longer than any name: not worth folding.
    if (username.length > 200) return undefined;
    const row = await this.#access.db
      .selectFrom('users')
      .selectAll()
      .where('username_key', '=', foldedName(username))
      .executeTakeFirst();
    return row === undefined ? undefined : { user: toUser(row), passwordHash: row.password_hash };
  }

  async list(page: PageRequest): Promise<Page<User>> {
    const { db } = this.#access;
    return readPage(db.selectFrom('users').selectAll(), page, OLDEST_FIRST, toUser);
  }

  change(userId: string, changes: UserChanges, revision?: number): Promise<User> {
    const { db, now } = this.#access;
    return db.transaction().execute(async (trx) => {
      const before = await trx.selectFrom('users').selectAll().where('id', '=', userId).executeTakeFirst();
      if (before === undefined) throw userUnknown();
      if (revision !== undefined && revision !== before.revision) {
        throw revisionStale('user', revision, before.revision);
      }
      const row: UserRow = {
        ...before,
        name: changes.name ?? before.name,
        email: changes.email === undefined ? before.email : changes.email,
        role: changes.role ?? before.role,
        is_disabled: changes.isDisabled === undefined ? before.is_disabled : Number(changes.isDisabled),
        password_hash: changes.password?.hash ?? before.password_hash,
        revision: before.revision + 1,
        updated_at: now(),
      };
      if (isActiveAdmin(before) && !isActiveAdmin(row)) await requireOtherAdmin(trx, userId);
      await trx.updateTable('users').set(row).where('id', '=', userId).execute();
      const { password } = changes;
      if (row.is_disabled === 1 || password !== undefined) {
        const keep = row.is_disabled === 1 ? undefined : password?.keepSession;
        await trx
          .deleteFrom('sessions')
          .where('user_id', '=', userId)
          .$if(keep !== undefined, (query) => query.where('value_hash', '!=', keep!))
          .execute();
      }
      if (row.is_disabled === 1 || password?.keepTokens === false) {
        await trx.deleteFrom('tokens').where('user_id', '=', userId).execute();
      }
      return toUser(row);
    });
  }

  async strengthenHash(userId: string, before: string, after: string): Promise<void> {
    await this.#access.db
      .updateTable('users')
      .set({ password_hash: after })
      .where('id', '=', userId)
      .where('password_hash', '=', before)
      .execute();
  }
}

function isActiveAdmin(row: UserRow): boolean {
  return row.role === 'admin' && row.is_disabled === 0;
}

async function requireOtherAdmin(trx: Transaction<Tables>, userId: string): Promise<void> {
  const other = await trx
    .selectFrom('users')
    .select('id')
    .where('role', '=', 'admin')
    .where('is_disabled', '=', 0)
    .where('id', '!=', userId)
    .executeTakeFirst();
  if (other === undefined) {
    throw new AntaresError(
      'USER_LAST_ADMIN',
      'this is the only admin; make another one first, so that somebody can administer',
    );
  }
}

/** A user as the contract has her. */
export function toUser(row: UserRow): User {
  return {
    id: row.id,
    username: row.username,
    name: row.name,
    email: fromNull(row.email),
    role: row.role as UserRole,
    isDisabled: row.is_disabled === 1,
    revision: row.revision,
    createdAtMs: row.created_at,
    updatedAtMs: row.updated_at,
    lastSignInAtMs: fromNull(row.last_sign_in_at),
  };
}

/** An account that may be used. @throws USER_UNKNOWN, USER_DISABLED */
export async function requireActiveUser(trx: Transaction<Tables>, userId: string): Promise<void> {
  const row = await trx.selectFrom('users').select('is_disabled').where('id', '=', userId).executeTakeFirst();
  if (row === undefined) throw userUnknown();
  if (row.is_disabled === 1) throw new AntaresError('USER_DISABLED', 'the account is disabled; ask an admin');
}
