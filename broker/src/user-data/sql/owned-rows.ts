import { randomUUID } from 'node:crypto';
import { type Expression, expressionBuilder, type SqlBool } from 'kysely';
import { foldedName } from '../folded-name.ts';
import { revisionStale } from './sql-access.ts';
import type { OwnedRow, Tables } from './tables.ts';

/** What the contracts say of everything that belongs to a user and has a name. */
export interface Owned {
  readonly id: string;
  readonly ownerId: string;
  readonly name: string;
  readonly description: string;
  readonly revision: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** The common part of a new row, at its first revision. @param at  Unix time [ms] */
export function newOwnedRow(
  { ownerId, name, description }: Pick<Owned, 'ownerId' | 'name' | 'description'>,
  at: number,
): OwnedRow {
  return {
    id: randomUUID(),
    owner_id: ownerId,
    name,
    name_key: foldedName(name),
    description,
    revision: 1,
    created_at: at,
    updated_at: at,
  };
}

/**
 * The common part of a row after a change, at its next revision.
 *
 * @param what  what it is, for the error
 * @param seen  the revision that the change was made from; undefined where whoever asks does not care
 * @param at    Unix time [ms]
 * @throws REVISION_STALE
 */
export function changedOwnedRow(
  what: string,
  before: OwnedRow,
  changes: { readonly name?: string | undefined; readonly description?: string | undefined },
  seen: number | undefined,
  at: number,
): OwnedRow {
  if (seen !== undefined && seen !== before.revision) throw revisionStale(what, seen, before.revision);
  const name = changes.name ?? before.name;
  return {
    id: before.id,
    owner_id: before.owner_id,
    name,
    name_key: foldedName(name),
    description: changes.description ?? before.description,
    revision: before.revision + 1,
    created_at: before.created_at,
    updated_at: at,
  };
}

/** The common part of a row as the contracts have it. */
export function toOwned(row: OwnedRow): Owned {
  return {
    id: row.id,
    ownerId: row.owner_id,
    name: row.name,
    description: row.description,
    revision: row.revision,
    createdAtMs: row.created_at,
    updatedAtMs: row.updated_at,
  };
}

/** The rows of an owner, and those that somebody may see: their own and public ones. What is undefined is no condition. */
export function isOwnedAndVisible({
  ownerId,
  visibleTo,
}: {
  readonly ownerId?: string | undefined;
  readonly visibleTo?: string | undefined;
}): Expression<SqlBool> {
  const eb = expressionBuilder<Tables, 'filters' | 'watch_lists'>();
  return eb.and([
    ...(ownerId === undefined ? [] : [eb('owner_id', '=', ownerId)]),
    ...(visibleTo === undefined ? [] : [eb.or([eb('owner_id', '=', visibleTo), eb('is_public', '=', 1)])]),
  ]);
}
