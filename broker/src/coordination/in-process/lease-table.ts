/*
 * One block of shared memory, seen by all threads:
 *
 *   tickets  u64: the next ticket
 *   words    u64 a slot: generation (16 bits) · phase (2) · expiry [ms of the process' clock] (46)
 *   holds    u64 a slot: its ticket
 *   counts   f64 a slot: how many keys it has
 *   keys     f64 × MAX_KEYS a slot, ascending
 *
 * The protocol is Lamport's bakery, with keys. A thread claims a free slot (phase CHOOSING), writes its keys, takes a
 * ticket, and puts the slot in the queue (QUEUED). It holds its keys when no queued slot with an older ticket has any of
 * them. No lock guards the table, so a thread may die at any instruction: its slot expires.
 *
 * Why it excludes: of two queued slots with a common key, let a have the older ticket. When b looked at a's slot it was
 * free, choosing or queued. Queued: b waits for it. Choosing: b waits until that is over, then it is queued. Free: a claimed
 * it after b's look, so a took its ticket after b took its own, which contradicts a's being older.
 *
 * Every change of a slot is one compare-and-swap of its word, and every new owner raises the generation; so what a thread
 * does to a slot that it lost meanwhile (it stood still, its lease ran out) fails instead of harming the next owner. Keys
 * are written in phase CHOOSING alone, and a slot whose owner seems to have died there is retired for good, because that
 * owner might yet wake up in the middle of writing.
 */

const FREE = 0n;
const CHOOSING = 1n;
const QUEUED = 2n;
const RETIRED = 3n;

const SLOTS = 128;
/** Keys that one lease can have. */
export const MAX_KEYS = 16_384;

const WORDS_AT = 8;
const HOLDS_AT = WORDS_AT + 8 * SLOTS;
const COUNTS_AT = HOLDS_AT + 8 * SLOTS;
const KEYS_AT = COUNTS_AT + 8 * SLOTS;
const TABLE_BYTES = KEYS_AT + 8 * SLOTS * MAX_KEYS;

/** How long a thread may take from claiming a slot to queueing it; it needs microseconds. */
const CHOOSING_MS = 2000;

const EXPIRY_MASK = (1n << 46n) - 1n;

/** A queued slot that must go before another one holds its keys. */
interface Blocker {
  readonly slot: number;
  readonly generation: bigint;
}

/** A place in the queue, as its owner knows it. */
export interface QueuedSlot {
  readonly slot: number;
  readonly generation: bigint;
  /** Also the fencing token. */
  readonly ticket: bigint;
  /** Older slots with a common key; no younger one is ever added. */
  blockers: readonly Blocker[];
}

/**
 * Makes the shared memory. Pages of it that nobody uses cost nothing.
 *
 * @param epoch  [s] higher than that of any table before; below 2³³
 */
export function createLeaseTable(epoch: bigint): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(TABLE_BYTES);
  // Tickets are fencing tokens, so they go on rising when the process starts again. A thousand million are enough for a process:
  // by the time that it has used them up, the clock by which the next epoch is chosen has moved on for days.
  new BigUint64Array(memory, 0, 1)[0] = epoch << 30n;
  return memory;
}

/** One thread's view of the table of leases. Nothing in it waits. */
export class LeaseTable {
  readonly #tickets: BigUint64Array;
  readonly #words: BigUint64Array;
  readonly #holds: BigUint64Array;
  readonly #counts: Float64Array;
  readonly #keys: Float64Array;

  constructor(memory: SharedArrayBuffer) {
    if (memory.byteLength !== TABLE_BYTES) throw new TypeError('this shared memory is no table of leases');
    this.#tickets = new BigUint64Array(memory, 0, 1);
    this.#words = new BigUint64Array(memory, WORDS_AT, SLOTS);
    this.#holds = new BigUint64Array(memory, HOLDS_AT, SLOTS);
    this.#counts = new Float64Array(memory, COUNTS_AT, SLOTS);
    this.#keys = new Float64Array(memory, KEYS_AT, SLOTS * MAX_KEYS);
  }

  /**
   * Enters the queue with keys.
   *
   * @param keys       ascending, each once, `MAX_KEYS` at most
   * @param patienceMs how long the place is kept while its owner waits
   * @returns          the place, blockers not looked for yet; undefined when all slots are taken
   */
  enter(keys: ArrayLike<number>, patienceMs: number): QueuedSlot | undefined {
    const first = Math.floor(Math.random() * SLOTS);
    for (let i = 0; i < SLOTS; i += 1) {
      const slot = (first + i) % SLOTS;
      const word = this.#current(slot);
      if (phaseOf(word) !== FREE) continue;
      const generation = (generationOf(word) + 1n) & 0xffffn;
      const claimed = wordOf(generation, CHOOSING, clockMs() + BigInt(CHOOSING_MS));
      if (Atomics.compareExchange(this.#words, slot, word, claimed) !== word) continue;
      this.#keys.set(keys, slot * MAX_KEYS);
      this.#counts[slot] = keys.length;
      const ticket = Atomics.add(this.#tickets, 0, 1n);
      this.#holds[slot] = ticket;
      const queued = wordOf(generation, QUEUED, clockMs() + BigInt(Math.ceil(patienceMs)));
      // Taken for dead in these microseconds: the slot is retired, try another.
      if (Atomics.compareExchange(this.#words, slot, claimed, queued) !== claimed) continue;
      return { slot, generation, ticket, blockers: [] };
    }
    return undefined;
  }

  /** Looks once for older slots with a common key. False while some slot is choosing: look again in a moment. */
  findBlockers(place: QueuedSlot): boolean {
    const blockers: Blocker[] = [];
    for (let slot = 0; slot < SLOTS; slot += 1) {
      if (slot === place.slot) continue;
      for (;;) {
        const word = this.#current(slot);
        const phase = phaseOf(word);
        if (phase === CHOOSING) return false;
        if (phase !== QUEUED) break;
        const isBlocker = this.#holds[slot]! < place.ticket && this.#shareKey(slot, place.slot);
        const after = Atomics.load(this.#words, slot);
        // What was read belongs to one owner, unless the slot changed hands meanwhile.
        if (generationOf(after) !== generationOf(word)) continue;
        if (isBlocker) blockers.push({ slot, generation: generationOf(word) });
        break;
      }
    }
    place.blockers = blockers;
    return true;
  }

  /** Whether all blockers are gone. */
  isFirst(place: QueuedSlot): boolean {
    place.blockers = place.blockers.filter(({ slot, generation }) => {
      const word = this.#current(slot);
      return phaseOf(word) === QUEUED && generationOf(word) === generation;
    });
    return place.blockers.length === 0;
  }

  /** Holds a place for `leaseMs` from now; false when it had expired. */
  extend({ slot, generation }: QueuedSlot, leaseMs: number): boolean {
    for (;;) {
      const word = this.#current(slot);
      if (phaseOf(word) !== QUEUED || generationOf(word) !== generation) return false;
      const extended = wordOf(generation, QUEUED, clockMs() + BigInt(Math.ceil(leaseMs)));
      if (Atomics.compareExchange(this.#words, slot, word, extended) === word) return true;
    }
  }

  /** Whether a place is still its owner's. */
  isMine({ slot, generation }: QueuedSlot): boolean {
    const word = this.#current(slot);
    return phaseOf(word) === QUEUED && generationOf(word) === generation;
  }

  /** Gives a place back, if it is still its owner's. */
  leave({ slot, generation }: QueuedSlot): void {
    for (;;) {
      const word = Atomics.load(this.#words, slot);
      if (phaseOf(word) !== QUEUED || generationOf(word) !== generation) return;
      if (Atomics.compareExchange(this.#words, slot, word, wordOf(generation, FREE, 0n)) === word) return;
    }
  }

  /** The word of a slot, after what has expired was taken from its owner. */
  #current(slot: number): bigint {
    for (;;) {
      const word = Atomics.load(this.#words, slot);
      const phase = phaseOf(word);
      if (phase === FREE || phase === RETIRED || (word & EXPIRY_MASK) > clockMs()) return word;
      const without = wordOf(generationOf(word), phase === CHOOSING ? RETIRED : FREE, 0n);
      if (Atomics.compareExchange(this.#words, slot, word, without) === word) return without;
    }
  }

  #shareKey(one: number, other: number): boolean {
    const keys = this.#keys;
    let i = one * MAX_KEYS;
    let j = other * MAX_KEYS;
    const iEnd = i + this.#counts[one]!;
    const jEnd = j + this.#counts[other]!;
    if (i === iEnd || j === jEnd || keys[iEnd - 1]! < keys[j]! || keys[jEnd - 1]! < keys[i]!) return false;
    while (i < iEnd && j < jEnd) {
      const a = keys[i]!;
      const b = keys[j]!;
      if (a === b) return true;
      if (a < b) i += 1;
      else j += 1;
    }
    return false;
  }
}

function wordOf(generation: bigint, phase: bigint, expiryMs: bigint): bigint {
  return (generation << 48n) | (phase << 46n) | expiryMs;
}

function generationOf(word: bigint): bigint {
  return word >> 48n;
}

function phaseOf(word: bigint): bigint {
  return (word >> 46n) & 3n;
}

/** A clock that all threads share and nobody sets [ms]. */
function clockMs(): bigint {
  return process.hrtime.bigint() / 1_000_000n;
}
