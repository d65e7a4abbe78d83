import type { Cost } from './route.ts';

/** Calls a minute that one address may make, by cost. Signed-in users have three times as many. */
export const CALLS_A_MINUTE: Readonly<Record<Cost, number>> = {
  cheap: 6_000,
  search: 1_200,
  bulk: 120,
  stream: 120,
  'sign-in': 20,
};

/** How long a call may take [ms]; one that follows a stream ends when the caller goes. */
export const TIME_LIMIT_MS: Readonly<Record<Cost, number>> = {
  cheap: 10_000,
  search: 15_000,
  bulk: 60_000,
  stream: 0,
  'sign-in': 10_000,
};
