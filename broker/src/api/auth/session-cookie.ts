import type { FastifyRequest } from 'fastify';
import { isSessionValue } from '../../user-data/secret-value.ts';
import type { SessionTimes } from '../../user-data/sessions.ts';

const SESSION_COOKIE = 'antares_session';

/** A week without use, a month in any case. */
export const SESSION_TIMES: SessionTimes = { idleMs: 7 * 86_400_000, lifetimeMs: 30 * 86_400_000 };

/** The secret value that a browser sent; undefined where it sent none that could be one. */
export function sessionValueOf(request: FastifyRequest): string | undefined {
  const value = request.cookies[SESSION_COOKIE];
  return value !== undefined && isSessionValue(value) ? value : undefined;
}

/**
 * The header that gives a browser its session: not for scripts, not sent along from other sites, and over encrypted
 * connections only where the caller has one.
 *
 * @param value    undefined takes the cookie away
 * @param baseUrl  where the caller sees this server
 */
export function sessionCookie(value: string | undefined, baseUrl: string): string {
  const maxAge = value === undefined ? 0 : SESSION_TIMES.lifetimeMs / 1000;
  const secure = baseUrl.startsWith('https:') ? '; Secure' : '';
  return `${SESSION_COOKIE}=${value ?? ''}; Max-Age=${maxAge}; Path=/; HttpOnly; SameSite=Strict${secure}`;
}
