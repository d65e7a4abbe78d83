import type { UserData } from '../user-data.ts';
import type { SqlAccess } from './sql-access.ts';
import { SqlAccounts } from './sql-accounts.ts';
import { SqlAnnotations } from './sql-annotations.ts';
import { SqlAnnouncements } from './sql-announcements.ts';
import { SqlBookmarks } from './sql-bookmarks.ts';
import { SqlFilters } from './sql-filters.ts';
import { SqlOutputStreams } from './sql-output-streams.ts';
import { SqlSessions } from './sql-sessions.ts';
import { SqlTokens } from './sql-tokens.ts';
import { SqlWatchLists } from './sql-watch-lists.ts';

/** User data in a database that has the present schema; closing it closes the database. */
export function sqlUserData(access: SqlAccess): UserData {
  return {
    accounts: new SqlAccounts(access),
    sessions: new SqlSessions(access),
    tokens: new SqlTokens(access),
    filters: new SqlFilters(access),
    watchLists: new SqlWatchLists(access),
    bookmarks: new SqlBookmarks(access),
    annotations: new SqlAnnotations(access),
    outputStreams: new SqlOutputStreams(access),
    announcements: new SqlAnnouncements(access),
    close: () => access.db.destroy(),
  };
}
