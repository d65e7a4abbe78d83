import type { Migration } from 'kysely';
import { up as accounts } from './0001-accounts.ts';
import { up as filters } from './0002-filters.ts';
import { up as watchLists } from './0003-watch-lists.ts';
import { up as notes } from './0004-notes.ts';
import { up as outputStreams } from './0005-output-streams.ts';
import { up as announcements } from './0006-announcements.ts';

/**
 * All steps from an empty database to the present one, by name, in order. Frozen: what has been in a release is never
 * edited; a new step is added. They hold only what SQLite and MySQL both have: texts with a length where they are keys,
 * times as Unix ms, booleans as 0 and 1, keys between tables as constraints of the table.
 */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-accounts': { up: accounts },
  '0002-filters': { up: filters },
  '0003-watch-lists': { up: watchLists },
  '0004-notes': { up: notes },
  '0005-output-streams': { up: outputStreams },
  '0006-announcements': { up: announcements },
};
