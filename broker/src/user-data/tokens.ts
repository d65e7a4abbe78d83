import type { User } from './accounts.ts';

/** What a program may do with a token. */
export type TokenScope = 'read' | 'write' | 'filters' | 'admin';

/** A token: what a program shows instead of a password. */
export interface Token {
  /** UUID; not the secret. */
  readonly id: string;
  readonly userId: string;
  /** What its owner calls it. */
  readonly name: string;
  readonly scopes: readonly TokenScope[];
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  /** Unix time [ms] of the latest use, to about a minute; undefined before the first. */
  readonly lastUsedAtMs: number | undefined;
}

/** A token to be made. */
export interface NewToken {
  readonly name: string;
  readonly scopes: readonly TokenScope[];
  /** SHA-256 of the secret, 64 hexadecimal digits. */
  readonly tokenHash: string;
  /** Lives so long from now [ms]. */
  readonly lifetimeMs: number;
}

/** Most tokens that a user may have, expired ones not counted. */
export const MAX_TOKENS_PER_USER = 100;

/** Tokens, known by the SHA-256 of their secret. */
export interface Tokens {
  /** @throws USER_UNKNOWN, USER_DISABLED, TOKEN_LIMIT_REACHED */
  create(userId: string, token: NewToken): Promise<Token>;
  /** The token with its user, when both are good still; notes the use. */
  use(tokenHash: string): Promise<{ readonly token: Token; readonly user: User } | undefined>;
  /** Those of a user, newest first; expired ones for a week still, so that she sees why a program stopped. */
  list(userId: string): Promise<readonly Token[]>;
  /** Ends a token of a user at once. @returns false when she has no such token */
  revoke(userId: string, tokenId: string): Promise<boolean>;
}
