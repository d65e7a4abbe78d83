import { Type } from 'typebox';
import { createAccount, newPassword, toDisplayName, toEmail } from '../../user-data/new-account.ts';
import { hashPassword } from '../../user-data/password-hash.ts';
import { type Access, isAllowed } from '../access.ts';
import type { ApiContext } from '../api-context.ts';
import { ApiError, notFound } from '../api-error.ts';
import { defineRoute, type Route } from '../route.ts';
import {
  EmailField,
  IdParams,
  NameField,
  PageQuery,
  PasswordField,
  RevisionField,
  RoleField,
  UsernameField,
} from './request-schemas.ts';
import { NO_STORE, toUserWire, UserWire } from './user-wire.ts';

const ADMIN: Access = { role: 'admin', scope: 'admin' };

/** Accounts, for admins; and making one's own, where the operator opened registration. */
export function userRoutes({ users, config }: ApiContext): readonly Route[] {
  const isOpen = config.http.registration === 'open';
  return [
    defineRoute({
      method: 'GET',
      url: '/users',
      summary: 'All users, in the order in which they came',
      access: ADMIN,
      cost: 'cheap',
      query: PageQuery,
      answers: {
        200: Type.Object({
          users: Type.Array(UserWire),
          total: Type.Integer(),
          next: Type.Optional(Type.String({ description: 'Read on with `after`; there is none on the last page' })),
        }),
      },
      handle: async ({ query: { limit, after } }) => {
        const { items, total, next } = await users.accounts.list({ limit, cursor: after });
        return { json: { users: items.map(toUserWire), total, next }, headers: NO_STORE };
      },
    }),
    defineRoute({
      method: 'GET',
      url: '/users/:id',
      summary: 'A user',
      access: ADMIN,
      cost: 'cheap',
      params: IdParams,
      answers: { 200: UserWire },
      handle: async ({ params: { id } }) => {
        const user = await users.accounts.find(id);
        if (user === undefined) throw notFound('USER_UNKNOWN', 'there is no such user');
        return { json: toUserWire(user), headers: NO_STORE };
      },
    }),
    defineRoute({
      method: 'POST',
      url: '/users',
      summary: isOpen ? 'Make an account' : 'Make an account for somebody',
      description: isOpen
        ? 'Anyone may make one of the role ordinary; an admin of any role.'
        : 'Registration is closed here: an admin makes accounts.',
      access: isOpen ? 'anyone' : ADMIN,
      cost: 'sign-in',
      body: Type.Object(
        {
          username: UsernameField,
          password: PasswordField,
          name: Type.Optional(NameField),
          email: Type.Optional(EmailField),
          role: Type.Optional(RoleField),
        },
        { additionalProperties: false },
      ),
      answers: { 201: UserWire },
      handle: async ({ body: { username, password, name, email, role = 'ordinary' }, caller }) => {
        if (role !== 'ordinary' && !isAllowed(ADMIN, caller)) {
          throw new ApiError(403, 'NOT_ALLOWED', 'only an admin makes accounts of the roles staff and admin');
        }
        const user = await createAccount(users.accounts, { username, password, name, email, role });
        return { json: toUserWire(user), status: 201, headers: NO_STORE };
      },
    }),
    defineRoute({
      method: 'PATCH',
      url: '/users/:id',
      summary: 'Change a user',
      description:
        'Disabling her ends her sessions and revokes her tokens at once, and so does a new password. What is left out stays.',
      access: ADMIN,
      cost: 'sign-in',
      params: IdParams,
      body: Type.Object(
        {
          name: Type.Optional(NameField),
          email: Type.Optional(EmailField),
          role: Type.Optional(RoleField),
          disabled: Type.Optional(Type.Boolean()),
          password: Type.Optional(PasswordField),
          revision: Type.Optional(RevisionField),
        },
        { additionalProperties: false },
      ),
      answers: { 200: UserWire },
      handle: async ({ params: { id }, body }) => {
        const before = await users.accounts.find(id);
        if (before === undefined) throw notFound('USER_UNKNOWN', 'there is no such user');
        const password = body.password === undefined ? undefined : newPassword(body.password, before.username);
        const user = await users.accounts.change(
          id,
          {
            name: body.name === undefined ? undefined : toDisplayName(body.name),
            email: body.email === undefined ? undefined : (toEmail(body.email) ?? null),
            role: body.role,
            isDisabled: body.disabled,
            password: password === undefined ? undefined : { hash: await hashPassword(password), keepTokens: false },
          },
          body.revision,
        );
        return { json: toUserWire(user), headers: NO_STORE };
      },
    }),
  ];
}
