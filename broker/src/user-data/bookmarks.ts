import type { Page, PageRequest } from './page.ts';

/** A locus that a user wants to find again. */
export interface Bookmark {
  readonly locusId: string;
  /** May be empty. */
  readonly comment: string;
  readonly createdAtMs: number;
}

/** Bookmarks: private. */
export interface Bookmarks {
  /** Sets one; the same locus again changes the comment. @throws USER_UNKNOWN */
  set(userId: string, locusId: string, comment: string): Promise<Bookmark>;
  find(userId: string, locusId: string): Promise<Bookmark | undefined>;
  /** Newest first. */
  list(userId: string, page: PageRequest): Promise<Page<Bookmark>>;
  /** @returns false when there was none */
  remove(userId: string, locusId: string): Promise<boolean>;
}
