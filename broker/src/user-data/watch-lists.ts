import type { Page, PageRequest } from './page.ts';

/** Positions that a user looks out for. */
export interface UserWatchList {
  readonly id: string;
  readonly ownerId: string;
  /** Unique among the lists of its owner, case aside. */
  readonly name: string;
  readonly description: string;
  /** Others may read it. */
  readonly isPublic: boolean;
  /** Counts changes of the list and of its objects. */
  readonly revision: number;
  readonly numObjects: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** A list to be made. */
export interface NewWatchList {
  readonly ownerId: string;
  readonly name: string;
  readonly description: string;
  readonly isPublic: boolean;
}

/** A circle on the sky to look out for. */
export interface NewWatchObject {
  /** What the owner calls it. */
  readonly name: string;
  /** ICRS [deg], [0, 360). */
  readonly ra: number;
  /** ICRS [deg], [−90, 90]. */
  readonly dec: number;
  /** [arcsec], more than 0. */
  readonly radiusArcsec: number;
}

/** A circle in a list. */
export interface UserWatchObject extends NewWatchObject {
  readonly id: string;
  readonly watchListId: string;
}

/** Watch lists and their objects. */
export interface WatchLists {
  /** @throws WATCH_LIST_NAME_TAKEN, USER_UNKNOWN */
  create(list: NewWatchList): Promise<UserWatchList>;
  find(watchListId: string): Promise<UserWatchList | undefined>;
  /** @param of  `visibleTo`: her own and public ones; `ownerId`: only those of one user; neither: all */
  list(
    page: PageRequest,
    of?: { readonly ownerId?: string | undefined; readonly visibleTo?: string | undefined },
  ): Promise<Page<UserWatchList>>;
  /** @throws WATCH_LIST_UNKNOWN, WATCH_LIST_NAME_TAKEN, REVISION_STALE */
  change(
    watchListId: string,
    changes: {
      readonly name?: string | undefined;
      readonly description?: string | undefined;
      readonly isPublic?: boolean | undefined;
    },
    revision?: number,
  ): Promise<UserWatchList>;
  /** Takes a list out with its objects. @returns false when there is none */
  remove(watchListId: string): Promise<boolean>;
  /** Adds all or none. @throws WATCH_LIST_UNKNOWN, WATCH_OBJECT_INVALID  naming the first that has no place on the sky */
  addObjects(watchListId: string, objects: readonly NewWatchObject[]): Promise<readonly UserWatchObject[]>;
  /** Objects in the order in which they were added. */
  listObjects(watchListId: string, page: PageRequest): Promise<Page<UserWatchObject>>;
  /** @returns false when the list has no such object */
  removeObject(watchListId: string, objectId: string): Promise<boolean>;
}
