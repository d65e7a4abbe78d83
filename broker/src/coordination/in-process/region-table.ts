/** Slots of the table: with some hundred regions locked at a time, few share one. */
const SLOTS = 1 << 16;
/** Int32 words: the mutex, the token counter, then holder and end of lease of each slot. */
const MUTEX = 0;
const COUNTER = 1;
const HOLDERS = 2;
const ENDS = HOLDERS + SLOTS;

/**
 * Who holds which sky regions, in memory that threads share.
 *
 * A region's slot is a hash of its id. Changes are made under a mutex that is held for microseconds: a thread that finds
 * it taken spins. Ends of leases are milliseconds since the table was made, by the clock that all threads share.
 */
export class RegionTable {
  readonly #words: Int32Array;

  constructor(buffer: SharedArrayBuffer) {
    this.#words = new Int32Array(buffer);
  }

  /** Memory for a table. */
  static allocate(): SharedArrayBuffer {
    return new SharedArrayBuffer((ENDS + SLOTS) * Int32Array.BYTES_PER_ELEMENT);
  }

  /** Slots of regions, each once. */
  slotsOf(regions: readonly number[]): number[] {
    // Ids may have 52 bits: fold the high part in, then spread (Fibonacci hashing).
    return [
      ...new Set(
        regions.map((region) => (Math.imul(Math.floor(region / 2 ** 32) ^ (region | 0), 0x9e3779b1) >>> 0) % SLOTS),
      ),
    ];
  }

  /** A number higher than all before; never 0, which means free. */
  nextToken(): number {
    const token = (Atomics.add(this.#words, COUNTER, 1) + 1) & 0x7fffffff;
    return token === 0 ? this.nextToken() : token;
  }

  /** Takes all slots or none. */
  tryLock(slots: readonly number[], token: number, leaseMs: number): boolean {
    const words = this.#words;
    this.#enter();
    try {
      const now = nowMs();
      for (const slot of slots) {
        if (words[HOLDERS + slot] !== 0 && ((words[ENDS + slot]! - now) | 0) > 0) return false;
      }
      for (const slot of slots) {
        words[HOLDERS + slot] = token;
        words[ENDS + slot] = (now + leaseMs) | 0;
      }
      return true;
    } finally {
      this.#leave();
    }
  }

  /** Frees the slots that are still in the hands of the token. */
  unlock(slots: readonly number[], token: number): void {
    const words = this.#words;
    this.#enter();
    for (const slot of slots) if (words[HOLDERS + slot] === token) words[HOLDERS + slot] = 0;
    this.#leave();
  }

  #enter(): void {
    while (Atomics.compareExchange(this.#words, MUTEX, 0, 1) !== 0);
  }

  #leave(): void {
    Atomics.store(this.#words, MUTEX, 0);
  }
}

/** Milliseconds of the system's clock, modulo 2^32: differences, taken modulo 2^32 too, are right for leases below 24 days. */
function nowMs(): number {
  return Date.now() | 0;
}
