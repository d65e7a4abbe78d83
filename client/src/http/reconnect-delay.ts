const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/**
 * How long to wait before connecting again [ms], at most 30 s unless the server asks for more.
 *
 * @param interruptions  how many there were since something came, this one not counted
 * @param askedMs        what the server asked for (`retry:`, `Retry-After`); 0 for nothing
 * @param random         in [0, 1)
 */
export function reconnectDelayMs(interruptions: number, askedMs: number, random: number): number {
  const bound = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(interruptions, 10));
  return Math.max(askedMs, bound * (0.5 + random / 2));
}
