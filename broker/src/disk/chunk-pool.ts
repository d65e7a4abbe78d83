import { allocateSharedPages } from './page-memory.ts';

/**
 * Size of a chunk, and of one read of a large file [bytes]: large, so that most members of an archive lie within one and
 * need not be put together, small beside a block.
 */
export const CHUNK_BYTES = 4 * 1024 * 1024;

const WASM_PAGE_BYTES = 1 << 16;

/** What a chunk asks of whoever keeps it. */
export interface ChunkKeeper {
  /** Whether there is room for one more that is kept for longer. */
  canHold(): boolean;
  /** Called when nobody has the chunk any more. */
  takeBack(chunk: Chunk): void;
}

/**
 * Memory that begins at a page and that threads share. Who took it has it; so does everyone who holds it. When all have
 * released it, it is written again.
 */
export class Chunk {
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  readonly #keeper: ChunkKeeper;
  #users = 1;

  /** A chunk in the hands of one. Chunks come from `ChunkPool.take`. */
  constructor(bytes: Uint8Array<SharedArrayBuffer>, keeper: ChunkKeeper) {
    this.bytes = bytes;
    this.#keeper = keeper;
  }

  /**
   * Keeps the content as it is until `release`. Called while somebody has the chunk.
   *
   * @returns  false when so much is out that the bytes are to be copied instead: a few of them may keep much memory
   */
  hold(): boolean {
    if (this.#users === 0) throw new TypeError('a chunk can be held only while somebody has it');
    if (!this.#keeper.canHold()) return false;
    this.#users += 1;
    return true;
  }

  /** Gives it up: once for `take`, once for each `hold` that succeeded. */
  release(): void {
    if (this.#users === 0) throw new TypeError('a chunk was released more often than it was taken and held');
    this.#users -= 1;
    if (this.#users === 0) this.#keeper.takeBack(this);
  }

  /** Puts a chunk that nobody had into the hands of one. */
  reuse(): Chunk {
    this.#users = 1;
    return this;
  }
}

/** How a pool is set up. */
export interface ChunkPoolOptions {
  /** Beyond this, chunks are not held any more, and those that come back are dropped [bytes]. */
  readonly mostBytes: number;
  /** Size of a chunk [bytes], a multiple of 65,536. Default `CHUNK_BYTES`. */
  readonly chunkBytes?: number | undefined;
  /** Told when a memory will never be used again, so that other threads let go of it. */
  readonly onDrop?: ((memory: SharedArrayBuffer) => void) | undefined;
}

/**
 * Chunks that packets and messages pass through, used over and over by all sources and lanes: fresh memory costs more than
 * reading into it, and each memory that another thread has not seen makes its collector of garbage run.
 */
export class ChunkPool {
  readonly #chunkBytes: number;
  readonly #mostChunks: number;
  readonly #onDrop: (memory: SharedArrayBuffer) => void;
  readonly #free: Chunk[] = [];
  /** Chunks that are out; those of another size count as one. */
  #out = 0;

  constructor({ mostBytes, chunkBytes = CHUNK_BYTES, onDrop = () => undefined }: ChunkPoolOptions) {
    this.#chunkBytes = chunkBytes;
    this.#mostChunks = Math.floor(mostBytes / chunkBytes);
    this.#onDrop = onDrop;
  }

  /** How many chunks somebody has. */
  get out(): number {
    return this.#out;
  }

  /**
   * A chunk to write into; its content is whatever it was. Whoever takes it releases it.
   *
   * @param bytes  how much must fit. For more than a chunk it is made as large as need be, and dropped afterwards
   */
  take(bytes = 0): Chunk {
    this.#out += 1;
    // The one that was used last: it is likeliest to be in the processor's cache.
    const free = bytes <= this.#chunkBytes ? this.#free.pop() : undefined;
    if (free !== undefined) return free.reuse();
    const size = Math.ceil(Math.max(bytes, this.#chunkBytes) / WASM_PAGE_BYTES) * WASM_PAGE_BYTES;
    return new Chunk(allocateSharedPages(size), this);
  }

  /** See `ChunkKeeper`. */
  canHold(): boolean {
    return this.#out <= this.#mostChunks;
  }

  /** See `ChunkKeeper`. */
  takeBack(chunk: Chunk): void {
    this.#out -= 1;
    if (chunk.bytes.length === this.#chunkBytes && this.#out + this.#free.length < this.#mostChunks)
      this.#free.push(chunk);
    else this.#onDrop(chunk.bytes.buffer);
  }
}
