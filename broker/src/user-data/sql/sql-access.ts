import type { Kysely } from 'kysely';
import { AntaresError } from '../../model/errors.ts';
import type { Tables } from './tables.ts';

/** What the tables work with: the database of an adapter, and its clock. */
export interface SqlAccess {
  /** Transactions of it exclude each other from their first statement on; refusals are `ConstraintViolation`s. */
  readonly db: Kysely<Tables>;
  /** Unix time [ms]. */
  readonly now: () => number;
}

/** Nobody has this id. */
export function userUnknown(): AntaresError {
  return new AntaresError('USER_UNKNOWN', 'there is no such user');
}

/** Somebody else changed it meanwhile. */
export function revisionStale(what: string, seen: number, found: number): AntaresError {
  return new AntaresError(
    'REVISION_STALE',
    `the ${what} was changed meanwhile: the change was made from revision ${seen}, it is at ${found}; read it again`,
  );
}

/** Undefined for null: the contract knows no null. */
export function fromNull<T>(value: T | null): T | undefined {
  return value ?? undefined;
}
