/** A memory on its way to another thread: the memory itself the first time, its number from then on. */
export interface SentMemory {
  readonly number: number;
  readonly memory?: SharedArrayBuffer | undefined;
}

/**
 * Names memories to another thread by number.
 *
 * A shared memory that arrives is a new object each time, with its whole size counted as memory of that thread: a worker
 * that got twenty megabytes with every block collected its garbage all the time.
 */
export class MemorySender {
  readonly #numbers = new Map<SharedArrayBuffer, number>();
  #next = 0;

  /** What to send for a memory. Everything that is made here is sent, and in this order. */
  send(memory: SharedArrayBuffer): SentMemory {
    const known = this.#numbers.get(memory);
    if (known !== undefined) return { number: known };
    const number = this.#next++;
    this.#numbers.set(memory, number);
    return { number, memory };
  }

  /** Forgets a memory. @returns the number to tell the receiver to forget; undefined when it never got it */
  forget(memory: SharedArrayBuffer): number | undefined {
    const number = this.#numbers.get(memory);
    this.#numbers.delete(memory);
    return number;
  }
}

/** The other side of `MemorySender`. */
export class MemoryReceiver {
  readonly #memories = new Map<number, SharedArrayBuffer>();

  /** How many memories are known. */
  get size(): number {
    return this.#memories.size;
  }

  /** The memory that was sent: the same object for the same number. */
  receive({ number, memory }: SentMemory): SharedArrayBuffer {
    if (memory !== undefined) this.#memories.set(number, memory);
    const known = this.#memories.get(number);
    if (known === undefined) throw new TypeError(`memory ${number} was never sent, or was forgotten`);
    return known;
  }

  /** Lets go of a memory that will not be named again. */
  forget(number: number): void {
    this.#memories.delete(number);
  }
}
