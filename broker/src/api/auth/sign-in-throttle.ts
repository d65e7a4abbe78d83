import { isIPv6 } from 'node:net';
import { foldedName } from '../../user-data/folded-name.ts';

/** From how many failures on a wait follows, how long the first is, and how long it can become by doubling. */
interface Rule {
  readonly free: number;
  readonly firstMs: number;
  readonly longestMs: number;
}

/**
 * One account from one address is guessed at by hand or by a program: slow it down soon. One account from everywhere
 * must not lock its owner out for long: never more than half a minute. One address may be a whole institute.
 */
const RULES = {
  pair: { free: 5, firstMs: 1_000, longestMs: 900_000 },
  account: { free: 20, firstMs: 1_000, longestMs: 30_000 },
  address: { free: 50, firstMs: 1_000, longestMs: 900_000 },
} as const satisfies Readonly<Record<string, Rule>>;

/** Failures are forgotten after so long without another [ms]. */
const FORGET_MS = 3_600_000;
/** Most that is remembered; what was not used for longest goes first. */
export const MAX_REMEMBERED = 30_000;

interface Entry {
  failures: number;
  atMs: number;
}

/** An attempt that may go on. It counts as failed until it is said to have succeeded, so that many at once gain nothing. */
export interface Attempt {
  /** Forgets the failures of this account from this address, and does not count the attempt. */
  succeeded(): void;
  /** Does not count the attempt: it could not be looked at. */
  withdrawn(): void;
}

/** Slows down who guesses passwords. In memory: a restart forgives, and several servers count each for itself. */
export class SignInThrottle {
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry>();

  /** @param now  clock [ms], of any origin */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** How much is remembered: accounts, addresses, and pairs of them. */
  get size(): number {
    return this.#entries.size;
  }

  /**
   * Begins an attempt to sign in.
   *
   * @param username  as it was typed; whether there is such a user makes no difference
   * @returns the attempt, or how long to wait first [ms]; an attempt that has to wait is not counted
   */
  enter(username: string, address: string): Attempt | { readonly waitMs: number } {
    const account = foldedName(username.slice(0, 200));
    const place = networkOf(address);
    const pair = `p${place} ${account}`;
    // Who signed in from here before is let past those who guess from elsewhere.
    const known = `k${place} ${account}`;
    const shared: readonly (readonly [string, Rule])[] = [
      ...(this.#entries.has(known) ? [] : [[`a${account}`, RULES.account] as const]),
      [`i${place}`, RULES.address],
    ];
    const keys: readonly (readonly [string, Rule])[] = [[pair, RULES.pair], ...shared];
    const waitMs = Math.max(...keys.map(([key, rule]) => this.#waitMs(key, rule)));
    if (waitMs > 0) return { waitMs };
    for (const [key] of keys) this.#count(key, 1);
    return {
      succeeded: () => {
        this.#entries.delete(pair);
        for (const [key] of shared) this.#count(key, -1);
        this.#entries.delete(known);
        this.#count(known, 1);
      },
      withdrawn: () => {
        for (const [key] of keys) this.#count(key, -1);
      },
    };
  }

  #waitMs(key: string, { free, firstMs, longestMs }: Rule): number {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.failures < free) return 0;
    const since = this.#now() - entry.atMs;
    if (since >= FORGET_MS) {
      this.#entries.delete(key);
      return 0;
    }
    return Math.max(0, Math.min(longestMs, firstMs * 2 ** Math.min(entry.failures - free, 30)) - since);
  }

  /** Many at a time: finding the first key of a map is slow after many first ones were taken out. */
  #forgetOldest(): void {
    let left = MAX_REMEMBERED / 10;
    for (const key of this.#entries.keys()) {
      if (left-- === 0) return;
      this.#entries.delete(key);
    }
  }

  #count(key: string, by: 1 | -1): void {
    const before = this.#entries.get(key);
    const isOld = before !== undefined && this.#now() - before.atMs >= FORGET_MS;
    const failures = (before === undefined || isOld ? 0 : before.failures) + by;
    // Put in again, so that the map is in the order of use.
    this.#entries.delete(key);
    if (failures > 0) this.#entries.set(key, { failures, atMs: by > 0 ? this.#now() : (before?.atMs ?? this.#now()) });
    if (this.#entries.size > MAX_REMEMBERED) this.#forgetOldest();
  }
}

/** The network of an address: who has an IPv6 address has the 2⁶⁴ of its network. */
function networkOf(address: string): string {
  if (!isIPv6(address) || /^::ffff:\d/i.test(address)) return address.replace(/^::ffff:/i, '');
  const [head = '', tail] = address.toLowerCase().split('%')[0]!.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups =
    tail === undefined ? left : [...left, ...Array(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right];
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
