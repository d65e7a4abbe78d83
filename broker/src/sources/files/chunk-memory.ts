import { allocatePages } from '../../disk/page-memory.ts';

/** Chunks kept for reading into again; one is being read into while the packets of the others are passed on. */
const MOST_FREE = 6;

/**
 * Memory that a file is read into, used over and over: fresh memory for every chunk costs more than reading into it, and
 * makes the collector of garbage run all the time.
 *
 * Chunks are numbered from 1 as they are handed to the consumer. They are taken back when the consumer says up to where it
 * is done with them.
 */
export class ChunkMemory {
  /** Number of the chunk that was handed out last; 0 before the first. */
  handedOut = 0;
  readonly #chunkBytes: number;
  readonly #free: Uint8Array[] = [];
  /** Chunks that are out, in order; the last has the number `handedOut`. */
  readonly #out: Uint8Array[] = [];

  /** @param chunkBytes  a multiple of 65,536 */
  constructor(chunkBytes: number) {
    this.#chunkBytes = chunkBytes;
  }

  /** A chunk to read into, which begins at a page; its content is whatever it was. */
  take(): Uint8Array {
    return this.#free.pop() ?? allocatePages(this.#chunkBytes);
  }

  /** Notes that a chunk that was taken goes to the consumer. */
  handOut(chunk: Uint8Array): void {
    this.handedOut += 1;
    this.#out.push(chunk);
  }

  /** Takes back the chunks with numbers below `number`: nobody looks at them any more. */
  releaseBefore(number: number): void {
    while (this.#out.length > 0 && this.handedOut - this.#out.length + 1 < number) {
      const chunk = this.#out.shift()!;
      if (this.#free.length < MOST_FREE) this.#free.push(chunk);
    }
  }
}
