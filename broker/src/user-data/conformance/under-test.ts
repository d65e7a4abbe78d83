import assert from 'node:assert/strict';
import { errorCode } from '../../model/errors.ts';
import type { NewUser, User } from '../accounts.ts';
import type { UserData } from '../user-data.ts';

/** The few words of a test runner that the suite needs; passed in, so that nothing of it is part of the broker. */
export interface UserDataTestRunner {
  describe(title: string, define: () => void): void;
  it(title: string, test: () => Promise<void>): void;
}

/** An adapter under test: one durable place, opened as often as a test wants, also at the same time. */
export interface UserDataUnderTest {
  /** Opens the place with a clock. */
  open(now: () => number): Promise<UserData>;
  /** Removes the place. Everything is closed by then. */
  remove(): Promise<void>;
}

/** A clock that a test moves. */
export interface TestClock {
  /** Unix time [ms]. */
  nowMs: number;
}

/** What a claim is given. */
export interface Scene {
  readonly data: UserData;
  readonly clock: TestClock;
  /** Opens the same place a second time, as another process would; closed at the end. */
  readonly openAgain: () => Promise<UserData>;
}

/** Defines a claim about a fresh place. */
export type ClaimAbout = (title: string, run: (scene: Scene) => Promise<void>) => void;

/** Makes claims run each on a place of its own. */
export function withPlaces({ it }: UserDataTestRunner, create: () => Promise<UserDataUnderTest>): ClaimAbout {
  return (title, run) => {
    it(title, async () => {
      const place = await create();
      const clock: TestClock = { nowMs: 1_795_000_000_000 };
      const opened: UserData[] = [];
      const open = async (): Promise<UserData> => {
        const data = await place.open(() => clock.nowMs);
        opened.push(data);
        return data;
      };
      try {
        await run({ data: await open(), clock, openAgain: open });
      } finally {
        for (const data of opened) await data.close();
        await place.remove();
      }
    });
  };
}

/** Makes an ordinary user. */
export function newUser(data: UserData, username: string, more: Partial<NewUser> = {}): Promise<User> {
  return data.accounts.create({
    username,
    name: '',
    email: undefined,
    role: 'ordinary',
    passwordHash: `hash of ${username}`,
    ...more,
  });
}

/** Waits for a failure with a code. */
export async function assertFails(promise: Promise<unknown>, code: string): Promise<void> {
  const error = await promise.then(
    () => assert.fail(`expected ${code}, but it succeeded`),
    (reason: unknown) => reason,
  );
  assert.equal(errorCode(error), code, String(error));
}

/** How many of several calls at once succeeded; the others must have failed with a code. */
export async function successes(calls: readonly Promise<unknown>[], code: string): Promise<number> {
  let count = 0;
  for (const result of await Promise.allSettled(calls)) {
    if (result.status === 'fulfilled') count++;
    else assert.equal(errorCode(result.reason), code, String(result.reason));
  }
  return count;
}
