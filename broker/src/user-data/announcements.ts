import type { Page, PageRequest } from './page.ts';

/** What staff tell everybody. */
export interface Announcement {
  readonly id: string;
  readonly authorId: string;
  readonly title: string;
  readonly text: string;
  readonly level: AnnouncementLevel;
  /** Shown from here on; Unix time [ms]. */
  readonly startsAtMs: number;
  /** Not shown from here on; undefined: until it is taken out. */
  readonly endsAtMs: number | undefined;
  readonly revision: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** How much it matters. */
export type AnnouncementLevel = 'info' | 'warning' | 'critical';

/** An announcement to be made. */
export interface NewAnnouncement {
  readonly authorId: string;
  readonly title: string;
  readonly text: string;
  readonly level: AnnouncementLevel;
  /** Undefined: now. */
  readonly startsAtMs: number | undefined;
  readonly endsAtMs: number | undefined;
}

/** What may change; what is left out stays. */
export interface AnnouncementChanges {
  readonly title?: string | undefined;
  readonly text?: string | undefined;
  readonly level?: AnnouncementLevel | undefined;
  readonly startsAtMs?: number | undefined;
  /** Null: until it is taken out. */
  readonly endsAtMs?: number | null | undefined;
}

/** Announcements. */
export interface Announcements {
  /** @throws USER_UNKNOWN */
  create(announcement: NewAnnouncement): Promise<Announcement>;
  find(announcementId: string): Promise<Announcement | undefined>;
  /** Newest first. @param of  `current`: only those that are shown now */
  list(page: PageRequest, of?: { readonly current?: boolean | undefined }): Promise<Page<Announcement>>;
  /** @throws ANNOUNCEMENT_UNKNOWN, REVISION_STALE */
  change(announcementId: string, changes: AnnouncementChanges, revision?: number): Promise<Announcement>;
  /** @returns false when there is none */
  remove(announcementId: string): Promise<boolean>;
}
