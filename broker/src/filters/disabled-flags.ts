import { AntaresError } from '../model/errors.ts';

/** What another thread needs to see the same flags. Structured clone keeps the memory shared. */
export interface DisabledFlagsHandle {
  readonly names: readonly string[];
  readonly buffer: SharedArrayBuffer;
}

/**
 * Which filters are off, for all workers at once: a 32-bit flag each in shared memory, 0 on, 1 off.
 *
 * Made once in the main thread and attached to in each worker. A filter that crashes in one worker is off in all of them
 * from their next alert on, without a message having to arrive. Switching on again is an operator's act.
 */
export class DisabledFlags {
  readonly handle: DisabledFlagsHandle;
  readonly #flags: Int32Array;
  readonly #indexOf = new Map<string, number>();

  private constructor(handle: DisabledFlagsHandle) {
    this.handle = handle;
    this.#flags = new Int32Array(handle.buffer);
    for (const [index, name] of handle.names.entries()) this.#indexOf.set(name, index);
  }

  /**
   * Flags for a list of filters, all on.
   *
   * @throws FILTER_DUPLICATE  a name twice
   */
  static create(names: readonly string[]): DisabledFlags {
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) throw new AntaresError('FILTER_DUPLICATE', `the filter ${twice} is listed twice`);
    const bytes = Math.max(1, names.length) * Int32Array.BYTES_PER_ELEMENT;
    return new DisabledFlags({ names: [...names], buffer: new SharedArrayBuffer(bytes) });
  }

  /** The flags that another thread made. */
  static attach(handle: DisabledFlagsHandle): DisabledFlags {
    return new DisabledFlags(handle);
  }

  /** Index of a filter's flag; -1 for a filter that has none. */
  indexOf(name: string): number {
    return this.#indexOf.get(name) ?? -1;
  }

  /** Whether the filter of a flag is off. */
  isDisabledAt(index: number): boolean {
    return Atomics.load(this.#flags, index) !== 0;
  }

  isDisabled(name: string): boolean {
    return this.isDisabledAt(this.#require(name));
  }

  /** Switches a filter off. @returns whether this call did it: of several workers, one gets to say so */
  disable(name: string): boolean {
    return Atomics.compareExchange(this.#flags, this.#require(name), 0, 1) === 0;
  }

  /** Switches a filter on again. @returns whether it was off */
  enable(name: string): boolean {
    return Atomics.compareExchange(this.#flags, this.#require(name), 1, 0) === 1;
  }

  /** Names of the filters that are off, in order. */
  listDisabled(): string[] {
    return this.handle.names.filter((_, index) => this.isDisabledAt(index));
  }

  #require(name: string): number {
    const index = this.#indexOf.get(name);
    if (index !== undefined) return index;
    throw new AntaresError('FILTER_UNKNOWN', `no filter is called ${name}; there are ${this.handle.names.join(', ')}`);
  }
}
