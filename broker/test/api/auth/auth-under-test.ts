import { join } from 'node:path';
import type { Scope } from '../../../src/api/access.ts';
import { SESSION_TIMES } from '../../../src/api/auth/session-cookie.ts';
import type { Config } from '../../../src/config/config.ts';
import type { User, UserRole } from '../../../src/user-data/accounts.ts';
import { hashPassword } from '../../../src/user-data/password-hash.ts';
import { newSessionValue, newToken, secretHash } from '../../../src/user-data/secret-value.ts';
import { openSqliteUserData } from '../../../src/user-data/sqlite/sqlite-user-data.ts';
import type { UserData } from '../../../src/user-data/user-data.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { openApiUnderTest, type TestAnswer } from '../drop-in-under-test.ts';

/** The password of every user that a test makes. */
export const PASSWORD = 'correct horse battery';

/** Where the tests' server is seen. */
export const ORIGIN = 'http://antares.test';

/** How to call. */
export interface CallOptions {
  readonly body?: unknown;
  /** Sent as it is, in place of a body. */
  readonly text?: string;
  /** Value of the cookie of a session. */
  readonly session?: string | undefined;
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The HTTP interface with users, over a folder of its own. */
export interface AuthUnderTest {
  readonly users: UserData;
  /** Unix time [ms], moved by tests. */
  readonly clock: { nowMs: number };
  /** File of the user data. */
  readonly file: string;
  readonly faults: readonly unknown[];
  /** Calls; with a session, from one of our own pages unless headers say otherwise. */
  readonly call: (method: Method, url: string, options?: CallOptions) => Promise<TestAnswer>;
  /** Makes a user with PASSWORD. */
  readonly makeUser: (username: string, role?: UserRole) => Promise<User>;
  /** Signs a user in, past the sign-in. @returns the value of the cookie */
  readonly sessionOf: (user: User) => Promise<string>;
  /** Makes a token, past the interface. */
  readonly tokenOf: (user: User, scopes: readonly Scope[]) => Promise<string>;
  /** Stops and starts again over the same folder. */
  readonly restart: () => Promise<AuthUnderTest>;
  readonly close: () => Promise<void>;
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** Opens the interface with empty user data. */
export async function openAuthUnderTest(http: Partial<Config['http']> = {}): Promise<AuthUnderTest> {
  const folder = await temporaryFolder();
  return openOver(folder, http, { nowMs: Date.now() });
}

async function openOver(
  folder: Awaited<ReturnType<typeof temporaryFolder>>,
  http: Partial<Config['http']>,
  clock: { nowMs: number },
): Promise<AuthUnderTest> {
  const file = join(folder.path, 'users.sqlite');
  const users = await openSqliteUserData({ file, now: () => clock.nowMs });
  const api = await openApiUnderTest(folder.path, { http, context: { users } });
  const stop = async (): Promise<void> => {
    await api.close();
    await users.close();
  };
  return {
    users,
    clock,
    file,
    faults: api.faults,
    call: async (method, url, { body, text, session, token, headers = {} } = {}) => {
      const answer = await api.app.inject({
        method,
        url,
        headers: {
          host: 'antares.test',
          ...(session === undefined ? {} : { cookie: `antares_session=${session}`, 'sec-fetch-site': 'same-origin' }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(text === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(text === undefined ? (body === undefined ? {} : { payload: body as object }) : { payload: text }),
      });
      return {
        status: answer.statusCode,
        headers: answer.headers,
        text: answer.payload,
        bytes: answer.rawPayload,
        body: answer.payload === '' ? undefined : JSON.parse(answer.payload),
      };
    },
    makeUser: async (username, role = 'ordinary') =>
      users.accounts.create({
        username,
        name: '',
        email: undefined,
        role,
        // A dear hash for each user of each test would be most of the time that they take.
        passwordHash: await hashPassword(PASSWORD, { N: 1024, r: 8, p: 1 }),
      }),
    sessionOf: async ({ id }) => {
      const value = newSessionValue();
      await users.sessions.start(id, secretHash(value), SESSION_TIMES);
      return value;
    },
    tokenOf: async ({ id }, scopes) => {
      const token = newToken();
      await users.tokens.create(id, { name: 'test', scopes, tokenHash: secretHash(token), lifetimeMs: 86_400_000 });
      return token;
    },
    restart: async () => {
      await stop();
      return openOver(folder, http, clock);
    },
    close: async () => {
      await stop();
      await folder.dispose();
    },
  };
}

/** The value of the cookie that an answer sets. */
export function sessionOfAnswer({ headers }: TestAnswer): string {
  return /^antares_session=([^;]*)/.exec(String(headers['set-cookie']))![1]!;
}

/** The code of an answer that says no. */
export function codeOf({ body }: TestAnswer): string | undefined {
  return body?.errors?.[0]?.code;
}
