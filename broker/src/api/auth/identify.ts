import type { FastifyRequest } from 'fastify';
import { isToken, secretHash } from '../../user-data/secret-value.ts';
import type { Caller } from '../access.ts';
import type { ApiContext } from '../api-context.ts';
import { ApiError } from '../api-error.ts';
import { baseUrlOf } from '../links.ts';
import { isChanging, requireSameOrigin } from './same-origin.ts';
import { sessionValueOf } from './session-cookie.ts';

/**
 * Who calls: by the token in `Authorization`, else by the session in the cookie; undefined where nobody signed in.
 *
 * A token that is bad is an error, also for what anyone may read: a program should learn at once that it is not who it
 * thinks. A session that is over is nobody: browsers keep cookies for long.
 *
 * @throws TOKEN_INVALID, ORIGIN_FOREIGN
 */
export async function identify(context: ApiContext, request: FastifyRequest): Promise<Caller | undefined> {
  const { authorization } = request.headers;
  if (authorization !== undefined) return byToken(context, authorization);
  const value = sessionValueOf(request);
  if (value === undefined) return undefined;
  if (isChanging(request)) requireSameOrigin(request, baseUrlOf(request, context.config.http.publicUrl), false);
  const found = await context.users.sessions.use(secretHash(value));
  if (found === undefined) return undefined;
  const { id, username, role } = found.user;
  return { userId: id, username, role, scopes: undefined };
}

async function byToken(context: ApiContext, authorization: string): Promise<Caller> {
  const text = /^bearer +(\S+) *$/i.exec(authorization)?.[1] ?? '';
  const found = isToken(text) ? await context.users.tokens.use(secretHash(text)) : undefined;
  if (found === undefined) {
    throw new ApiError(
      401,
      'TOKEN_INVALID',
      'the token is unknown, expired or revoked; expected Authorization: Bearer ant_…, with one that you made',
      { 'www-authenticate': 'Bearer realm="antares", error="invalid_token"' },
    );
  }
  const { id, username, role } = found.user;
  return { userId: id, username, role, scopes: found.token.scopes };
}
