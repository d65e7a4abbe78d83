import type { Page, PageRequest } from './page.ts';

/** Life of a revision: draft → submitted → approved → enabled → disabled. */
export type RevisionState = 'draft' | 'submitted' | 'approved' | 'enabled' | 'disabled';

/** From which state a revision may go to which. */
export const NEXT_STATES: Readonly<Record<RevisionState, readonly RevisionState[]>> = {
  draft: ['submitted'],
  // Back to draft: the reviewer wants something else; it can be submitted again, or replaced by a new revision.
  submitted: ['draft', 'approved'],
  approved: ['enabled', 'disabled'],
  enabled: ['disabled'],
  disabled: ['enabled'],
};

/** A filter that somebody wrote: a name under which revisions of its code are kept. */
export interface UserFilter {
  readonly id: string;
  readonly ownerId: string;
  /** Unique among all filters, case aside. */
  readonly name: string;
  readonly description: string;
  /** Others may read its code. */
  readonly isPublic: boolean;
  readonly revision: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  /** The revision that is enabled; undefined for none. */
  readonly enabledRevisionId: string | undefined;
}

/** A filter to be made. */
export interface NewUserFilter {
  readonly ownerId: string;
  readonly name: string;
  readonly description: string;
  readonly isPublic: boolean;
}

/** A version of a filter's code. Never changes, but for its state. */
export interface FilterRevision {
  readonly id: string;
  readonly filterId: string;
  /** 1, 2, 3 … within the filter. */
  readonly number: number;
  readonly authorId: string;
  readonly language: 'typescript' | 'python' | 'rule';
  readonly code: string;
  /** What its author says about it. */
  readonly comment: string;
  readonly state: RevisionState;
  /** Who approved it or sent it back last; undefined before. */
  readonly reviewerId: string | undefined;
  readonly createdAtMs: number;
  readonly stateChangedAtMs: number;
}

/** A version of code to be kept. */
export interface NewFilterRevision {
  readonly authorId: string;
  readonly language: FilterRevision['language'];
  readonly code: string;
  readonly comment: string;
}

/** A step in the life of a revision. */
export interface StateChange {
  readonly from: RevisionState;
  readonly to: RevisionState;
  /** Undefined: the broker itself, after a crash. */
  readonly userId: string | undefined;
  readonly comment: string;
  readonly atMs: number;
}

/** Filters and their revisions. */
export interface Filters {
  /** @throws FILTER_NAME_TAKEN, USER_UNKNOWN */
  create(filter: NewUserFilter): Promise<UserFilter>;
  find(filterId: string): Promise<UserFilter | undefined>;
  findByName(name: string): Promise<UserFilter | undefined>;
  /** @param of  `visibleTo`: her own and public ones; `ownerId`: only those of one user; neither: all */
  list(
    page: PageRequest,
    of?: { readonly ownerId?: string | undefined; readonly visibleTo?: string | undefined },
  ): Promise<Page<UserFilter>>;
  /** @throws FILTER_UNKNOWN, REVISION_STALE */
  change(
    filterId: string,
    changes: { readonly description?: string | undefined; readonly isPublic?: boolean | undefined },
    revision?: number,
  ): Promise<UserFilter>;
  /** Keeps code as the next revision, a draft. @throws FILTER_UNKNOWN */
  addRevision(filterId: string, revision: NewFilterRevision): Promise<FilterRevision>;
  findRevision(revisionId: string): Promise<FilterRevision | undefined>;
  /** Newest first. */
  listRevisions(filterId: string, page: PageRequest): Promise<Page<FilterRevision>>;
  /**
   * Takes a revision to its next state, if it still is in the one that was seen. Enabling one disables the one that was.
   *
   * @throws FILTER_REVISION_UNKNOWN, FILTER_STATE_IMPOSSIBLE  there is no such step, REVISION_STALE  it is elsewhere by now
   */
  moveRevision(
    revisionId: string,
    step: {
      readonly from: RevisionState;
      readonly to: RevisionState;
      readonly userId: string | undefined;
      readonly comment: string;
    },
  ): Promise<FilterRevision>;
  /** The life of a revision so far, in order. */
  listStateChanges(revisionId: string): Promise<readonly StateChange[]>;
  /** What runs: every enabled revision with its filter, by name. */
  listEnabled(): Promise<readonly { readonly filter: UserFilter; readonly revision: FilterRevision }[]>;
}
