import { Type } from 'typebox';
import { newSessionValue, secretHash } from '../../user-data/secret-value.ts';
import type { ApiContext } from '../api-context.ts';
import { defineRoute, type Route } from '../route.ts';
import { checkPassword } from './check-password.ts';
import { PasswordField, UsernameField } from './request-schemas.ts';
import { requireSameOrigin } from './same-origin.ts';
import { SESSION_TIMES, sessionCookie, sessionValueOf } from './session-cookie.ts';
import type { SignInThrottle } from './sign-in-throttle.ts';
import { NO_STORE, toUserWire, UserWire } from './user-wire.ts';

/** Signing in and out, for browsers. */
export function sessionRoutes({ users }: ApiContext, throttle: SignInThrottle): readonly Route[] {
  return [
    defineRoute({
      method: 'POST',
      url: '/session',
      summary: 'Sign in',
      description: 'Sets the cookie of a session. It ends after a week without use, and after a month in any case.',
      access: 'anyone',
      cost: 'sign-in',
      body: Type.Object({ username: UsernameField, password: PasswordField }, { additionalProperties: false }),
      answers: { 200: UserWire },
      handle: async ({ body: { username, password }, request, baseUrl }) => {
        // Else another site could sign this browser in as somebody else.
        requireSameOrigin(request, baseUrl, true);
        const { user } = await checkPassword(
          { accounts: users.accounts, throttle },
          { username, password, address: request.ip },
        );
        const value = newSessionValue();
        await users.sessions.start(user.id, secretHash(value), SESSION_TIMES);
        const before = sessionValueOf(request);
        if (before !== undefined) await users.sessions.end(secretHash(before));
        return {
          json: toUserWire((await users.accounts.find(user.id)) ?? user),
          headers: { ...NO_STORE, 'set-cookie': sessionCookie(value, baseUrl) },
        };
      },
    }),
    defineRoute({
      method: 'DELETE',
      url: '/session',
      summary: 'Sign out',
      description: 'Ends the session of the cookie, and takes the cookie away. Done when there is none, too.',
      access: 'anyone',
      cost: 'cheap',
      handle: async ({ request, baseUrl }) => {
        const value = sessionValueOf(request);
        if (value !== undefined) await users.sessions.end(secretHash(value));
        return {
          content: '',
          type: 'application/json; charset=utf-8',
          status: 204,
          headers: { ...NO_STORE, 'set-cookie': sessionCookie(undefined, baseUrl) },
        };
      },
    }),
  ];
}
