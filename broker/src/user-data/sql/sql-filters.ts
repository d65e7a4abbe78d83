import { randomUUID } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import { AntaresError } from '../../model/errors.ts';
import {
  type FilterRevision,
  type Filters,
  NEXT_STATES,
  type NewFilterRevision,
  type NewUserFilter,
  type RevisionState,
  type StateChange,
  type UserFilter,
} from '../filters.ts';
import { foldedName } from '../folded-name.ts';
import type { Page, PageRequest } from '../page.ts';
import { explainingRefusal } from './constraint-violation.ts';
import { changedOwnedRow, isOwnedAndVisible, newOwnedRow, toOwned } from './owned-rows.ts';
import { OLDEST_FIRST, readPage } from './page-queries.ts';
import { fromNull, type SqlAccess, userUnknown } from './sql-access.ts';
import type { FilterRevisionRow, FilterRow, Tables } from './tables.ts';

/** Filters and their revisions in SQL. */
export class SqlFilters implements Filters {
  readonly #access: SqlAccess;

  constructor(access: SqlAccess) {
    this.#access = access;
  }

  async create(filter: NewUserFilter): Promise<UserFilter> {
    const { db, now } = this.#access;
    const row: FilterRow = {
      ...newOwnedRow(filter, now()),
      is_public: Number(filter.isPublic),
      enabled_revision_id: null,
    };
    await explainingRefusal(() => db.insertInto('filters').values(row).execute(), {
      unique: () =>
        new AntaresError('FILTER_NAME_TAKEN', `there is a filter ${filter.name} already; choose another name`),
      'foreign-key': userUnknown,
    });
    return toFilter(row);
  }

  async find(filterId: string): Promise<UserFilter | undefined> {
    const row = await findFilter(this.#access.db, filterId);
    return row === undefined ? undefined : toFilter(row);
  }

  async findByName(name: string): Promise<UserFilter | undefined> {
    const row = await this.#access.db
      .selectFrom('filters')
      .selectAll()
      .where('name_key', '=', foldedName(name))
      .executeTakeFirst();
    return row === undefined ? undefined : toFilter(row);
  }

  async list(
    page: PageRequest,
    owned: { ownerId?: string | undefined; visibleTo?: string | undefined } = {},
  ): Promise<Page<UserFilter>> {
    const query = this.#access.db.selectFrom('filters').where(isOwnedAndVisible(owned));
    return readPage(query.selectAll(), page, OLDEST_FIRST, toFilter);
  }

  change(
    filterId: string,
    changes: { description?: string | undefined; isPublic?: boolean | undefined },
    revision?: number,
  ): Promise<UserFilter> {
    const { db, now } = this.#access;
    return db.transaction().execute(async (trx) => {
      const before = await findFilter(trx, filterId);
      if (before === undefined) throw filterUnknown();
      const row: FilterRow = {
        ...before,
        ...changedOwnedRow('filter', before, { description: changes.description }, revision, now()),
        is_public: changes.isPublic === undefined ? before.is_public : Number(changes.isPublic),
      };
      await trx.updateTable('filters').set(row).where('id', '=', filterId).execute();
      return toFilter(row);
    });
  }

  addRevision(filterId: string, revision: NewFilterRevision): Promise<FilterRevision> {
    const { db, now } = this.#access;
    return db.transaction().execute(async (trx) => {
      if ((await findFilter(trx, filterId)) === undefined) throw filterUnknown();
      const { last } = await trx
        .selectFrom('filter_revisions')
        .select((eb) => eb.fn.max('number').as('last'))
        .where('filter_id', '=', filterId)
        .executeTakeFirstOrThrow();
      const at = now();
      const row: FilterRevisionRow = {
        id: randomUUID(),
        filter_id: filterId,
        number: Number(last ?? 0) + 1,
        author_id: revision.authorId,
        language: revision.language,
        code: revision.code,
        comment: revision.comment,
        state: 'draft',
        reviewer_id: null,
        created_at: at,
        state_changed_at: at,
      };
      await explainingRefusal(() => trx.insertInto('filter_revisions').values(row).execute(), {
        'foreign-key': userUnknown,
      });
      return toRevision(row);
    });
  }

  async findRevision(revisionId: string): Promise<FilterRevision | undefined> {
    const row = await findRevision(this.#access.db, revisionId);
    return row === undefined ? undefined : toRevision(row);
  }

  async listRevisions(filterId: string, page: PageRequest): Promise<Page<FilterRevision>> {
    const query = this.#access.db.selectFrom('filter_revisions').where('filter_id', '=', filterId);
    return readPage(query.selectAll(), page, { rank: 'number', first: 'highest' }, toRevision);
  }

  moveRevision(
    revisionId: string,
    step: { from: RevisionState; to: RevisionState; userId: string | undefined; comment: string },
  ): Promise<FilterRevision> {
    const { db, now } = this.#access;
    return db.transaction().execute(async (trx) => {
      const before = await findRevision(trx, revisionId);
      if (before === undefined) {
        throw new AntaresError('FILTER_REVISION_UNKNOWN', 'there is no such revision of a filter');
      }
      if (!NEXT_STATES[step.from].includes(step.to)) {
        throw new AntaresError(
          'FILTER_STATE_IMPOSSIBLE',
          `a revision that is ${step.from} cannot become ${step.to}; it can become ${NEXT_STATES[step.from].join(' or ')}`,
        );
      }
      if (before.state !== step.from) {
        throw new AntaresError(
          'REVISION_STALE',
          `the revision is ${before.state} by now, not ${step.from}; read it again`,
        );
      }
      const at = now();
      const filter = (await findFilter(trx, before.filter_id))!;
      if (step.to === 'enabled' && filter.enabled_revision_id !== null) {
        await moveTo(trx, filter.enabled_revision_id, 'enabled', 'disabled', at, {
          userId: step.userId,
          comment: `revision ${before.number} takes its place`,
        });
      }
      const reviewerId = step.from === 'submitted' && step.userId !== undefined ? step.userId : before.reviewer_id;
      await explainingRefusal(() => moveTo(trx, revisionId, step.from, step.to, at, step, reviewerId), {
        'foreign-key': userUnknown,
      });
      const enabled = step.to === 'enabled' ? revisionId : step.from === 'enabled' ? null : filter.enabled_revision_id;
      await trx
        .updateTable('filters')
        .set({ enabled_revision_id: enabled, updated_at: at })
        .where('id', '=', filter.id)
        .execute();
      return toRevision({ ...before, state: step.to, state_changed_at: at, reviewer_id: reviewerId });
    });
  }

  async listStateChanges(revisionId: string): Promise<readonly StateChange[]> {
    const rows = await this.#access.db
      .selectFrom('filter_state_changes')
      .selectAll()
      .where('revision_id', '=', revisionId)
      .orderBy('number')
      .execute();
    return rows.map((row) => ({
      from: row.from_state as RevisionState,
      to: row.to_state as RevisionState,
      userId: fromNull(row.user_id),
      comment: row.comment,
      atMs: row.at,
    }));
  }

  listEnabled(): Promise<readonly { filter: UserFilter; revision: FilterRevision }[]> {
    return this.#access.db.transaction().execute(async (trx) => {
      const filters = await trx
        .selectFrom('filters')
        .selectAll()
        .where('enabled_revision_id', 'is not', null)
        .orderBy('name_key')
        .execute();
      const result: { filter: UserFilter; revision: FilterRevision }[] = [];
      for (const row of filters) {
        const revision = (await findRevision(trx, row.enabled_revision_id!))!;
        result.push({ filter: toFilter(row), revision: toRevision(revision) });
      }
      return result;
    });
  }
}

async function moveTo(
  trx: Transaction<Tables>,
  revisionId: string,
  from: RevisionState,
  to: RevisionState,
  at: number,
  by: { readonly userId: string | undefined; readonly comment: string },
  reviewerId?: string | null,
): Promise<void> {
  const { last } = await trx
    .selectFrom('filter_state_changes')
    .select((eb) => eb.fn.max('number').as('last'))
    .where('revision_id', '=', revisionId)
    .executeTakeFirstOrThrow();
  await trx
    .insertInto('filter_state_changes')
    .values({
      revision_id: revisionId,
      number: Number(last ?? 0) + 1,
      from_state: from,
      to_state: to,
      user_id: by.userId ?? null,
      comment: by.comment,
      at,
    })
    .execute();
  await trx
    .updateTable('filter_revisions')
    .set({ state: to, state_changed_at: at, ...(reviewerId === undefined ? {} : { reviewer_id: reviewerId }) })
    .where('id', '=', revisionId)
    .execute();
}

function findFilter(db: Kysely<Tables>, filterId: string): Promise<FilterRow | undefined> {
  return db.selectFrom('filters').selectAll().where('id', '=', filterId).executeTakeFirst();
}

function findRevision(db: Kysely<Tables>, revisionId: string): Promise<FilterRevisionRow | undefined> {
  return db.selectFrom('filter_revisions').selectAll().where('id', '=', revisionId).executeTakeFirst();
}

function filterUnknown(): AntaresError {
  return new AntaresError('FILTER_UNKNOWN', 'there is no such filter');
}

function toFilter(row: FilterRow): UserFilter {
  return {
    ...toOwned(row),
    isPublic: row.is_public === 1,
    enabledRevisionId: fromNull(row.enabled_revision_id),
  };
}

function toRevision(row: FilterRevisionRow): FilterRevision {
  return {
    id: row.id,
    filterId: row.filter_id,
    number: row.number,
    authorId: row.author_id,
    language: row.language as FilterRevision['language'],
    code: row.code,
    comment: row.comment,
    state: row.state as RevisionState,
    reviewerId: fromNull(row.reviewer_id),
    createdAtMs: row.created_at,
    stateChangedAtMs: row.state_changed_at,
  };
}
