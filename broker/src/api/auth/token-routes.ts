import { Type } from 'typebox';
import { toDisplayName } from '../../user-data/new-account.ts';
import { newToken, secretHash } from '../../user-data/secret-value.ts';
import type { Token } from '../../user-data/tokens.ts';
import { SCOPES } from '../access.ts';
import type { ApiContext } from '../api-context.ts';
import { ApiError, badRequest, notFound } from '../api-error.ts';
import type { WireValue } from '../json-text.ts';
import { defineRoute, type Route } from '../route.ts';
import { requireSession } from './me-routes.ts';
import { IdParams } from './request-schemas.ts';
import { NO_STORE, toIsoTime } from './user-wire.ts';

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 90;
const MAX_DAYS = 365;

const ScopeField = Type.Union([
  Type.Literal('read'),
  Type.Literal('write'),
  Type.Literal('filters'),
  Type.Literal('admin'),
]);

const TOKEN_PARTS = {
  id: Type.String({ format: 'uuid' }),
  name: Type.String(),
  scopes: Type.Array(Type.String()),
  created_at: Type.String({ format: 'date-time' }),
  expires_at: Type.String({ format: 'date-time' }),
  last_used_at: Type.Optional(Type.String({ format: 'date-time', description: 'To about a minute' })),
};
const TokenWire = Type.Object(TOKEN_PARTS);

/** Tokens, for programs. */
export function tokenRoutes({ users }: ApiContext): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      url: '/tokens',
      summary: 'My tokens, newest first',
      description: 'Expired ones are listed for a week.',
      access: { role: 'ordinary', scope: 'read' },
      cost: 'cheap',
      answers: { 200: Type.Object({ tokens: Type.Array(TokenWire) }) },
      handle: async ({ caller }) => ({
        json: { tokens: (await users.tokens.list(caller!.userId)).map(toTokenWire) },
        headers: NO_STORE,
      }),
    }),
    defineRoute({
      method: 'POST',
      url: '/tokens',
      summary: 'Make a token',
      description: `The answer holds the token itself: this one time only. It needs a session. It expires after ${DEFAULT_DAYS} days unless said otherwise.`,
      access: { role: 'ordinary', scope: 'write' },
      cost: 'cheap',
      body: Type.Object(
        {
          name: Type.String({ minLength: 1, maxLength: 100, description: 'What it is for' }),
          scopes: Type.Array(ScopeField, {
            minItems: 1,
            maxItems: SCOPES.length,
            uniqueItems: true,
          }),
          expires_in_days: Type.Integer({ minimum: 1, maximum: MAX_DAYS, default: DEFAULT_DAYS }),
        },
        { additionalProperties: false },
      ),
      answers: { 201: Type.Object({ ...TOKEN_PARTS, token: Type.String() }) },
      handle: async ({ body, caller }) => {
        requireSession(caller!, 'making a token');
        const name = toDisplayName(body.name);
        if (name === '') throw badRequest('TOKEN_NAME_INVALID', 'expected a name that says what the token is for');
        if (body.scopes.includes('admin') && caller!.role === 'ordinary') {
          throw new ApiError(403, 'SCOPE_NOT_ALLOWED', 'a token with the scope admin needs the role staff or admin');
        }
        const secret = newToken();
        const token = await users.tokens.create(caller!.userId, {
          name,
          scopes: body.scopes,
          tokenHash: secretHash(secret),
          lifetimeMs: body.expires_in_days * DAY_MS,
        });
        return { json: { ...toTokenWire(token), token: secret }, status: 201, headers: NO_STORE };
      },
    }),
    defineRoute({
      method: 'DELETE',
      url: '/tokens/:id',
      summary: 'Revoke a token',
      description: 'It is refused from this moment on.',
      access: { role: 'ordinary', scope: 'write' },
      cost: 'cheap',
      params: IdParams,
      handle: async ({ params: { id }, caller }) => {
        if (!(await users.tokens.revoke(caller!.userId, id))) {
          throw notFound('TOKEN_UNKNOWN', 'you have no token of this id');
        }
        return { content: '', type: 'application/json; charset=utf-8', status: 204, headers: NO_STORE };
      },
    }),
  ];
}

function toTokenWire(token: Token): { readonly [key: string]: WireValue } {
  return {
    id: token.id,
    name: token.name,
    scopes: token.scopes,
    created_at: toIsoTime(token.createdAtMs),
    expires_at: toIsoTime(token.expiresAtMs),
    last_used_at: token.lastUsedAtMs === undefined ? undefined : toIsoTime(token.lastUsedAtMs),
  };
}
