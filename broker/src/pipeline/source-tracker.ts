/**
 * Which packets of a source are done.
 *
 * Lanes finish in any order; what may be told to the store is the ordinal below which nothing is missing.
 */
export class SourceTracker {
  readonly #open = new Set<number>();
  #next = 0;
  #lowWater: number;
  readonly #done: ReadonlySet<number>;

  /** @param lowWater, done  as the store knows them from an earlier run */
  constructor(lowWater = 0, done: ReadonlySet<number> = new Set()) {
    this.#lowWater = lowWater;
    this.#next = lowWater;
    this.#done = done;
  }

  /** Whether an earlier run has made the packet durable: it is passed over without a word in the ledger. */
  isDone(ordinal: number): boolean {
    return ordinal < this.#lowWater || this.#done.has(ordinal);
  }

  /** Notes that a packet goes into the pipeline; ordinals come in ascending order. */
  begin(ordinal: number): void {
    this.#open.add(ordinal);
    this.#next = ordinal + 1;
  }

  /** Notes that a packet was passed over. */
  pass(ordinal: number): void {
    this.#next = Math.max(this.#next, ordinal + 1);
  }

  /** Notes that a packet is durable. */
  finish(ordinal: number): void {
    this.#open.delete(ordinal);
  }

  /** The ordinal below which everything is durable. Sets iterate in order of insertion, so the first open one is the least. */
  get lowWater(): number {
    for (const first of this.#open) return first;
    return this.#next;
  }

  /** Packets on their way. */
  get open(): number {
    return this.#open.size;
  }
}
