import type { Chunk, ChunkPool } from '../../disk/chunk-pool.ts';

/**
 * Chunks of a pool that one source is read into.
 *
 * Chunks are numbered from 1 as they are handed to the consumer. The source gives them up when the consumer says up to
 * where it is done with them; the pool uses one again when nobody else holds it either.
 */
export class ChunkMemory {
  /** Number of the chunk that was handed out last; 0 before the first. */
  handedOut = 0;
  readonly #pool: ChunkPool;
  /** Chunks that are out, in order; the last has the number `handedOut`. */
  readonly #out: Chunk[] = [];

  constructor(pool: ChunkPool) {
    this.#pool = pool;
  }

  /** A chunk to read into; its content is whatever it was. It is handed out, or released by who took it. */
  take(): Chunk {
    return this.#pool.take();
  }

  /** Notes that a chunk that was taken goes to the consumer. */
  handOut(chunk: Chunk): void {
    this.handedOut += 1;
    this.#out.push(chunk);
  }

  /** The chunk, of those that are out, that bytes lie in; undefined when they lie elsewhere. */
  chunkOf(bytes: Uint8Array): Chunk | undefined {
    return this.#out.findLast((chunk) => chunk.bytes.buffer === bytes.buffer);
  }

  /** Gives up the chunks with numbers below `number`: the consumer does not look at them any more. */
  releaseBefore(number: number): void {
    while (this.#out.length > 0 && this.handedOut - this.#out.length + 1 < number) this.#out.shift()!.release();
  }

  /** Gives up all chunks that are out. */
  releaseAll(): void {
    this.releaseBefore(this.handedOut + 1);
  }
}
