/** The tables as the latest migration leaves them. Times are Unix ms, booleans 0 and 1. */
export interface Tables {
  users: UserRow;
  sessions: SessionRow;
  tokens: TokenRow;
  filters: FilterRow;
  filter_revisions: FilterRevisionRow;
  filter_state_changes: FilterStateChangeRow;
  watch_lists: WatchListRow;
  watch_objects: WatchObjectRow;
  bookmarks: BookmarkRow;
  annotations: AnnotationRow;
  output_streams: OutputStreamRow;
  announcements: AnnouncementRow;
}

/** A user. */
export interface UserRow {
  id: string;
  username: string;
  /** `foldedName` of it. */
  username_key: string;
  name: string;
  email: string | null;
  role: string;
  password_hash: string;
  is_disabled: number;
  revision: number;
  created_at: number;
  updated_at: number;
  last_sign_in_at: number | null;
}

/** A session. */
export interface SessionRow {
  value_hash: string;
  user_id: string;
  created_at: number;
  used_at: number;
  idle_ms: number;
  expires_at: number;
  ends_at: number;
}

/** A token. */
export interface TokenRow {
  id: string;
  user_id: string;
  token_hash: string;
  name: string;
  /** Separated by spaces. */
  scopes: string;
  created_at: number;
  expires_at: number;
  used_at: number | null;
}

/** The common part of what belongs to a user, has a name and is changed in revisions. */
export interface OwnedRow {
  id: string;
  owner_id: string;
  name: string;
  /** `foldedName` of it. */
  name_key: string;
  description: string;
  revision: number;
  created_at: number;
  updated_at: number;
}

/** A filter. */
export interface FilterRow extends OwnedRow {
  is_public: number;
  enabled_revision_id: string | null;
}

/** A revision of a filter. */
export interface FilterRevisionRow {
  id: string;
  filter_id: string;
  number: number;
  author_id: string;
  language: string;
  code: string;
  comment: string;
  state: string;
  reviewer_id: string | null;
  created_at: number;
  state_changed_at: number;
}

/** A step in the life of a revision. */
export interface FilterStateChangeRow {
  revision_id: string;
  /** 1, 2, 3 … within the revision. */
  number: number;
  from_state: string;
  to_state: string;
  user_id: string | null;
  comment: string;
  at: number;
}

/** A watch list. */
export interface WatchListRow extends OwnedRow {
  is_public: number;
  num_objects: number;
  /** Of the next object. */
  next_number: number;
}

/** A circle in a watch list. */
export interface WatchObjectRow {
  id: string;
  watch_list_id: string;
  number: number;
  name: string;
  ra: number;
  dec: number;
  radius_arcsec: number;
}

/** A bookmark. */
export interface BookmarkRow {
  id: string;
  user_id: string;
  locus_id: string;
  comment: string;
  created_at: number;
}

/** A note on a locus. */
export interface AnnotationRow {
  id: string;
  user_id: string;
  locus_id: string;
  text: string;
  revision: number;
  created_at: number;
  updated_at: number;
}

/** A stream that a user asked for. */
export interface OutputStreamRow extends OwnedRow {
  selection_kind: string;
  expression: string;
  state: string;
}

/** An announcement. */
export interface AnnouncementRow {
  id: string;
  author_id: string;
  title: string;
  text: string;
  level: string;
  starts_at: number;
  ends_at: number | null;
  revision: number;
  created_at: number;
  updated_at: number;
}
