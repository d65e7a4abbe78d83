import { Type } from 'typebox';
import { newPassword, toDisplayName, toEmail } from '../../user-data/new-account.ts';
import { hashPassword } from '../../user-data/password-hash.ts';
import { secretHash } from '../../user-data/secret-value.ts';
import type { Caller } from '../access.ts';
import type { ApiContext } from '../api-context.ts';
import { ApiError, badRequest } from '../api-error.ts';
import { defineRoute, type Route } from '../route.ts';
import { checkPassword } from './check-password.ts';
import { EmailField, NameField, PasswordField, RevisionField } from './request-schemas.ts';
import { sessionValueOf } from './session-cookie.ts';
import type { SignInThrottle } from './sign-in-throttle.ts';
import { NO_STORE, toUserWire, UserWire } from './user-wire.ts';

/** One's own account. */
export function meRoutes({ users }: ApiContext, throttle: SignInThrottle): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      url: '/me',
      summary: 'Who I am',
      access: { role: 'ordinary', scope: 'read' },
      cost: 'cheap',
      answers: { 200: UserWire },
      handle: async ({ caller }) => {
        const user = await users.accounts.find(caller!.userId);
        if (user === undefined) throw new ApiError(404, 'USER_UNKNOWN', 'there is no such user any more');
        return { json: toUserWire(user), headers: NO_STORE };
      },
    }),
    defineRoute({
      method: 'PATCH',
      url: '/me',
      summary: 'Change my name, e-mail address or password',
      description:
        'A new password needs the old one and a session, and ends all other sessions. Tokens stay. What is left out stays.',
      access: { role: 'ordinary', scope: 'write' },
      cost: 'sign-in',
      body: Type.Object(
        {
          name: Type.Optional(NameField),
          email: Type.Optional(EmailField),
          password: Type.Optional(PasswordField),
          old_password: Type.Optional(PasswordField),
          revision: Type.Optional(RevisionField),
        },
        { additionalProperties: false },
      ),
      answers: { 200: UserWire },
      handle: async ({ body, caller, request }) => {
        const { userId, username } = caller!;
        const changes = {
          name: body.name === undefined ? undefined : toDisplayName(body.name),
          email: body.email === undefined ? undefined : (toEmail(body.email) ?? null),
        };
        if (body.password === undefined) {
          const user = await users.accounts.change(userId, changes, body.revision);
          return { json: toUserWire(user), headers: NO_STORE };
        }
        requireSession(caller!, 'a new password');
        if (body.old_password === undefined) {
          throw badRequest('PASSWORD_OLD_MISSING', 'a new password needs the one before, as old_password');
        }
        const password = newPassword(body.password, username);
        await checkPassword(
          { accounts: users.accounts, throttle },
          { username, password: body.old_password, address: request.ip },
        );
        const session = sessionValueOf(request);
        const user = await users.accounts.change(
          userId,
          {
            ...changes,
            password: {
              hash: await hashPassword(password),
              keepSession: session === undefined ? undefined : secretHash(session),
              keepTokens: true,
            },
          },
          body.revision,
        );
        return { json: toUserWire(user), headers: NO_STORE };
      },
    }),
  ];
}

/** A token must not make itself more than it is. @throws SESSION_NEEDED */
export function requireSession({ scopes }: Caller, what: string): void {
  if (scopes === undefined) return;
  throw new ApiError(403, 'SESSION_NEEDED', `${what} needs a session: sign in with user name and password`);
}
