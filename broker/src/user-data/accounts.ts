import type { Page, PageRequest } from './page.ts';

/** What a person may do; each role may do what those before it may. */
export type UserRole = 'ordinary' | 'staff' | 'admin';

/** A person with an account. Her password's hash is not part of it, so that it cannot get out by accident. */
export interface User {
  /** UUID. */
  readonly id: string;
  /** As she writes it, NFKC. Two names that differ only in case are the same. */
  readonly username: string;
  /** Name for people; may be empty. */
  readonly name: string;
  /** Not verified, not unique: it identifies nobody. Undefined where none was given. */
  readonly email: string | undefined;
  readonly role: UserRole;
  /** She cannot sign in, and has neither sessions nor tokens. */
  readonly isDisabled: boolean;
  /** Counts changes of what is above, from 1: for changing only what was seen. */
  readonly revision: number;
  /** Unix time [ms]. */
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly lastSignInAtMs: number | undefined;
}

/** An account to be made. */
export interface NewUser {
  readonly username: string;
  readonly name: string;
  readonly email: string | undefined;
  readonly role: UserRole;
  /** As `hashPassword` made it. */
  readonly passwordHash: string;
}

/** What may change of an account; what is left out stays. */
export interface UserChanges {
  readonly name?: string | undefined;
  /** Null takes it out. */
  readonly email?: string | null | undefined;
  readonly role?: UserRole | undefined;
  readonly isDisabled?: boolean | undefined;
  /** A new password ends what was signed in with the old one. */
  readonly password?:
    | {
        readonly hash: string;
        /** The session that may go on: the one that changes it. Undefined ends all. */
        readonly keepSession?: string | undefined;
        /** Tokens stay: she changes it herself. Else they are revoked: somebody resets it for her. */
        readonly keepTokens: boolean;
      }
    | undefined;
}

/** An account with the hash of its password, for signing in only. */
export interface Credentials {
  readonly user: User;
  readonly passwordHash: string;
}

/** The accounts. Calls may run at the same time; each happens whole or not at all. */
export interface Accounts {
  /** @throws USER_NAME_TAKEN  also by a name that differs in case or in compatible characters only; USER_NAME_INVALID */
  create(user: NewUser): Promise<User>;
  find(userId: string): Promise<User | undefined>;
  findByName(username: string): Promise<User | undefined>;
  findCredentials(username: string): Promise<Credentials | undefined>;
  list(page: PageRequest): Promise<Page<User>>;
  /**
   * Changes an account. Disabling it ends its sessions and revokes its tokens in the same step.
   *
   * @param revision  the one that was seen; undefined changes whatever is there
   * @throws USER_UNKNOWN, REVISION_STALE, USER_LAST_ADMIN  nobody would be left who can administer
   */
  change(userId: string, changes: UserChanges, revision?: number): Promise<User>;
  /** Puts a stronger hash of the same password in place of a weaker one, unless it was changed meanwhile. */
  strengthenHash(userId: string, before: string, after: string): Promise<void>;
}
