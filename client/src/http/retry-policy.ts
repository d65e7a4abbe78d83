/** When a failed request is made again. */
export interface RetryPolicy {
  /** How often at most, after the first try; 0 for never. */
  readonly retries: number;
  /** Upper bound of the first wait [ms]; each next one is twice as long. */
  readonly firstDelayMs: number;
  /** Longest wait [ms]. A server that asks for a longer one gets its error passed on. */
  readonly longestDelayMs: number;
}

/** Four tries within about four seconds; a server may ask for up to 30 s between them. */
export const DEFAULT_RETRY: RetryPolicy = { retries: 3, firstDelayMs: 500, longestDelayMs: 30_000 };

/**
 * Statuses after which the same request may succeed: too many requests; the server, or a gateway before it, is not up.
 */
export function isPassing(status: number): boolean {
  return status === 429 || status === 502 || status === 503 || status === 504;
}

/**
 * How long to wait before a try [ms].
 *
 * Exponential, and anywhere between half of that and all of it, so that many clients that failed together do not come
 * back together. What the server asked for is the least.
 *
 * @param attempt       how many tries have failed, ≥ 1
 * @param retryAfterMs  what the server asked for
 * @param random        in [0, 1)
 * @returns             undefined: do not try again
 */
export function retryDelayMs(
  policy: RetryPolicy,
  attempt: number,
  retryAfterMs: number | undefined,
  random: number,
): number | undefined {
  if (attempt > policy.retries) return undefined;
  if (retryAfterMs !== undefined && retryAfterMs > policy.longestDelayMs) return undefined;
  const bound = Math.min(policy.longestDelayMs, policy.firstDelayMs * 2 ** (attempt - 1));
  return Math.max(retryAfterMs ?? 0, bound * (0.5 + random / 2));
}

/**
 * A `Retry-After` header: seconds, or a date.
 *
 * @param nowMs  Unix ms
 * @returns      ms, ≥ 0; undefined where there is none that can be read
 */
export function parseRetryAfter(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  if (/^\s*\d+(\.\d+)?\s*$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
