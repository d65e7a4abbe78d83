import type { User } from './accounts.ts';

/** How long a session lives. */
export interface SessionTimes {
  /** Ends when it was not used for so long [ms]. */
  readonly idleMs: number;
  /** Ends so long after signing in, however much it is used [ms]. */
  readonly lifetimeMs: number;
}

/** A browser that somebody signed in with. */
export interface Session {
  readonly userId: string;
  readonly createdAtMs: number;
  /** Unix time [ms] at which it ends when it is not used before. */
  readonly expiresAtMs: number;
  /** Unix time [ms] at which it ends in any case. */
  readonly endsAtMs: number;
}

/**
 * Sessions, known by the SHA-256 of their secret value (64 hexadecimal digits): who reads the database cannot sign in
 * with it.
 */
export interface Sessions {
  /** @throws USER_UNKNOWN, USER_DISABLED */
  start(userId: string, valueHash: string, times: SessionTimes): Promise<Session>;
  /** The session with its user, when both are good still; its expiry moves on. */
  use(valueHash: string): Promise<{ readonly session: Session; readonly user: User } | undefined>;
  /** Ends one. Nothing happens when there is none. */
  end(valueHash: string): Promise<void>;
  /** Takes out those that are over. @returns how many */
  removeExpired(): Promise<number>;
}
