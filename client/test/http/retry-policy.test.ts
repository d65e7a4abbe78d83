import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reconnectDelayMs } from '../../src/http/reconnect-delay.ts';
import { DEFAULT_RETRY, parseRetryAfter, retryDelayMs } from '../../src/http/retry-policy.ts';

const SEED = 11;

describe('the wait before another try', () => {
  it('doubles from try to try, with chance in it, and ends with the tries', () => {
    const policy = { retries: 3, firstDelayMs: 100, longestDelayMs: 350 };
    expect([1, 2, 3, 4].map((attempt) => retryDelayMs(policy, attempt, undefined, 0))).toEqual([
      50,
      100,
      175,
      undefined,
    ]);
    expect([1, 2, 3].map((attempt) => retryDelayMs(policy, attempt, undefined, 0.5))).toEqual([75, 150, 262.5]);
  });

  it('is never shorter than asked for, and never longer than allowed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3 }),
        fc.nat(60_000),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (attempt, asked, random) => {
          const delay = retryDelayMs(DEFAULT_RETRY, attempt, asked, random);
          if (asked > DEFAULT_RETRY.longestDelayMs) expect(delay).toBeUndefined();
          else {
            expect(delay).toBeGreaterThanOrEqual(asked);
            expect(delay).toBeLessThanOrEqual(DEFAULT_RETRY.longestDelayMs);
          }
        },
      ),
      { seed: SEED },
    );
  });

  it('grows to half a minute when a connection breaks again and again', () => {
    expect([0, 1, 2, 6, 60].map((n) => reconnectDelayMs(n, 0, 0.999_999)).map(Math.round)).toEqual([
      500, 1000, 2000, 30_000, 30_000,
    ]);
    expect(reconnectDelayMs(0, 3000, 0)).toBe(3000);
  });
});

describe('Retry-After', () => {
  it('is seconds, or a date', () => {
    const now = Date.parse('2026-07-03T00:00:00Z');
    expect(parseRetryAfter('2', now)).toBe(2000);
    expect(parseRetryAfter('Fri, 03 Jul 2026 00:00:05 GMT', now)).toBe(5000);
    expect(parseRetryAfter('Thu, 02 Jul 2026 00:00:05 GMT', now)).toBe(0);
    expect([parseRetryAfter(null, now), parseRetryAfter('soon', now), parseRetryAfter('', now)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
