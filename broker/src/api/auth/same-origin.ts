import type { FastifyRequest } from 'fastify';
import { ApiError } from '../api-error.ts';

/** Methods that change nothing. */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whether a request changes something. */
export function isChanging(request: FastifyRequest): boolean {
  return !SAFE.has(request.method);
}

/**
 * Refuses what a page of another site sent with this browser's cookie.
 *
 * Browsers say where a request comes from: `Sec-Fetch-Site`, or the older `Origin`. No page can set either.
 *
 * @param baseUrl  where the caller sees this server
 * @param isSilenceAllowed  neither header came: a program, not a browser; with a cookie it must say its origin
 * @throws ORIGIN_FOREIGN
 */
export function requireSameOrigin(request: FastifyRequest, baseUrl: string, isSilenceAllowed: boolean): void {
  const site = request.headers['sec-fetch-site'];
  const { origin } = request.headers;
  const isSame =
    site === undefined
      ? origin === undefined
        ? isSilenceAllowed
        : isOriginOf(origin, baseUrl)
      : site === 'same-origin';
  if (isSame) return;
  throw new ApiError(
    403,
    'ORIGIN_FOREIGN',
    'with a session, changes are taken from our own pages only (Origin or Sec-Fetch-Site says which); programs send a token',
  );
}

function isOriginOf(origin: string, baseUrl: string): boolean {
  try {
    return new URL(origin).origin === new URL(baseUrl).origin;
  } catch {
    return false;
  }
}
