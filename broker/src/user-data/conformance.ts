import { accountsConformance } from './conformance/accounts.ts';
import { announcementsConformance } from './conformance/announcements.ts';
import { filtersConformance } from './conformance/filters.ts';
import { notesConformance } from './conformance/notes.ts';
import { outputStreamsConformance } from './conformance/output-streams.ts';
import { pagesConformance } from './conformance/pages.ts';
import { sessionsConformance } from './conformance/sessions.ts';
import { tokensConformance } from './conformance/tokens.ts';
import { type UserDataTestRunner, type UserDataUnderTest, withPlaces } from './conformance/under-test.ts';
import { watchListsConformance } from './conformance/watch-lists.ts';

/** What every adapter of the user data does. */
export function userDataConformance(
  runner: UserDataTestRunner,
  name: string,
  create: () => Promise<UserDataUnderTest>,
): void {
  runner.describe(`${name} as user data`, () => {
    const withUserData = withPlaces(runner, create);
    accountsConformance(withUserData);
    sessionsConformance(withUserData);
    tokensConformance(withUserData);
    filtersConformance(withUserData);
    watchListsConformance(withUserData);
    notesConformance(withUserData);
    outputStreamsConformance(withUserData);
    announcementsConformance(withUserData);
    pagesConformance(withUserData);
  });
}
