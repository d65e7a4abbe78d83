import type { Accounts } from './accounts.ts';
import type { Annotations } from './annotations.ts';
import type { Announcements } from './announcements.ts';
import type { Bookmarks } from './bookmarks.ts';
import type { Filters } from './filters.ts';
import type { OutputStreams } from './output-streams.ts';
import type { Sessions } from './sessions.ts';
import type { Tokens } from './tokens.ts';
import type { WatchLists } from './watch-lists.ts';

/**
 * What belongs to users, by subject.
 *
 * A call that resolved is durable, and happened whole or not at all. Calls may run at the same time, in several processes.
 * Where two people may edit the same thing, it counts its revisions: a change that names the revision it was made from
 * fails with REVISION_STALE when there is a newer one. Names are compared NFKC-normalised and without case.
 *
 * A call that writes throws USER_DATA_TEXT_INVALID for text that would not come back as it was: with NUL, or with half a
 * surrogate pair. Any call can throw USER_DATA_BUSY, USER_DATA_FULL, USER_DATA_DAMAGED or USER_DATA_UNREACHABLE; a list throws
 * PAGE_CURSOR_INVALID or PAGE_LIMIT_INVALID for a page that cannot be. The contract shows no database: there is nothing to
 * run queries on.
 */
export interface UserData {
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly tokens: Tokens;
  readonly filters: Filters;
  readonly watchLists: WatchLists;
  readonly bookmarks: Bookmarks;
  readonly annotations: Annotations;
  readonly outputStreams: OutputStreams;
  readonly announcements: Announcements;
  /** Frees what is open. */
  close(): Promise<void>;
}
