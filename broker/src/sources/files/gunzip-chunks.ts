import { createGunzip, type Gunzip } from 'node:zlib';
import { AntaresError, errorCode } from '../../model/errors.ts';

/** Compressed bytes given to zlib at a time: each piece costs a trip to its thread and back. */
const PIECE_BYTES = 512 * 1024;
/** Output that waits for the consumer before zlib is halted; a piece of a bomb can make a thousand times its size. */
const MAX_HELD_BYTES = 4 * 1024 * 1024;
/** Size of zlib's output buffers, and so of most chunks. */
const OUTPUT_BYTES = 1024 * 1024;
/** Piece size near damage: what one piece may lose there. */
const CAREFUL_PIECE_BYTES = 256;
/** How far ahead of the damage the small pieces begin [decompressed bytes]. */
const CAREFUL_ZONE_BYTES = 4 * OUTPUT_BYTES;

/**
 * Decompresses gzip, of one member or many, while the consumer works on the chunk before: zlib runs in a thread of its own.
 *
 * When the data is damaged or ends early, zlib keeps back what it made since its last whole buffer. Where the input can be
 * read again, it is, and up to the damage nothing is lost.
 *
 * @param readInput  begins reading the compressed bytes from the start
 * @param canReread  whether `readInput` may be called twice
 * @returns          chunks of up to a megabyte, each memory of its own
 * @throws SOURCE_TRUNCATED, SOURCE_DAMAGED  after everything before the fault was yielded
 */
export async function* gunzipChunks(
  readInput: () => AsyncIterable<Uint8Array>,
  canReread: boolean,
): AsyncGenerator<Uint8Array> {
  let delivered = 0;
  try {
    for await (const chunk of inflate(readInput(), undefined)) {
      delivered += chunk.length;
      yield chunk;
    }
  } catch (error) {
    if (!isCompressionFault(error)) throw error;
    if (!canReread) throw toSourceFault(error);
    try {
      yield* inflate(readInput(), delivered);
    } catch (again) {
      throw isCompressionFault(again) ? toSourceFault(again) : again;
    }
  }
}

/** @param delivered  undefined at first; in the second pass, how much of the output the consumer has already */
async function* inflate(input: AsyncIterable<Uint8Array>, delivered: number | undefined): AsyncGenerator<Uint8Array> {
  const carefulFrom = delivered === undefined ? Number.POSITIVE_INFINITY : delivered - CAREFUL_ZONE_BYTES;
  const gunzip = createGunzip({ chunkSize: OUTPUT_BYTES });
  const output = new JoinedOutput(gunzip, delivered ?? 0);
  try {
    for await (const chunk of input) {
      let at = 0;
      while (at < chunk.length) {
        const step = output.position >= carefulFrom ? CAREFUL_PIECE_BYTES : PIECE_BYTES;
        // A copy: zlib may still read it when the consumer comes back, and the chunk is then free to be read into.
        const written = write(gunzip, Buffer.from(chunk.subarray(at, at + step)));
        at += step;
        let isWritten = false;
        const settled = written.then(
          () => {
            isWritten = true;
          },
          () => {
            isWritten = true;
          },
        );
        do {
          // Taken while zlib works on the piece, so that the consumer and zlib run side by side.
          yield* output.takeWhole();
          if (!isWritten) await output.whenFullOr(settled);
        } while (!isWritten);
        await written;
      }
    }
    yield* output.takeWhole();
    await end(gunzip);
    yield* output.takeAll();
  } catch (error) {
    yield* output.takeAll();
    throw error;
  } finally {
    gunzip.destroy();
  }
}

function write(gunzip: Gunzip, piece: Uint8Array): Promise<void> {
  return settle(gunzip, (done) => gunzip.write(piece, done));
}

function end(gunzip: Gunzip): Promise<void> {
  return settle(gunzip, (done) => {
    gunzip.once('end', () => done(null));
    gunzip.end();
  });
}

function settle(gunzip: Gunzip, start: (done: (error?: Error | null) => void) => void): Promise<void> {
  const promise = new Promise<void>((resolve, reject) => {
    if (gunzip.errored !== null) {
      reject(gunzip.errored);
      return;
    }
    const done = (error?: Error | null): void => {
      gunzip.off('error', done);
      if (error === null || error === undefined) resolve();
      else reject(gunzip.errored ?? error);
    };
    gunzip.once('error', done);
    start(done);
  });
  // The consumer may be slow to come back for it.
  promise.catch(() => {});
  return promise;
}

/**
 * Output as zlib hands it out, with neighbouring slices of one buffer joined: fewer, larger chunks, nothing copied.
 * Halts zlib when too much of it waits.
 */
class JoinedOutput {
  /** How much came so far. */
  position = 0;
  readonly #gunzip: Gunzip;
  #skip: number;
  #chunks: Buffer[] = [];
  #heldBytes = 0;
  #onFull: (() => void) | undefined;

  constructor(gunzip: Gunzip, skipBytes: number) {
    this.#gunzip = gunzip;
    this.#skip = skipBytes;
    gunzip.on('error', () => {});
    gunzip.on('data', (data: Buffer) => {
      this.position += data.length;
      const dropped = Math.min(this.#skip, data.length);
      this.#skip -= dropped;
      if (dropped === data.length) return;
      this.#add(data.subarray(dropped));
      this.#heldBytes += data.length - dropped;
      if (this.#heldBytes < MAX_HELD_BYTES) return;
      gunzip.pause();
      this.#onFull?.();
    });
  }

  /** Resolves when zlib was halted, or when something else has happened. */
  whenFullOr(event: Promise<void>): Promise<void> {
    if (this.#gunzip.isPaused()) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onFull = resolve;
      event.then(resolve);
    });
  }

  /** Chunks that will not grow any more. Lets zlib go on. */
  takeWhole(): Buffer[] {
    const last = this.#chunks.at(-1);
    // A slice that ends where its buffer ends is whole; one that does not may be continued by the next.
    const isWhole = last === undefined || last.byteOffset + last.length >= last.buffer.byteLength;
    return this.#take(isWhole ? this.#chunks.length : this.#chunks.length - 1);
  }

  takeAll(): Buffer[] {
    return this.#take(this.#chunks.length);
  }

  #take(count: number): Buffer[] {
    const taken = this.#chunks.splice(0, count);
    this.#heldBytes = this.#chunks[0]?.length ?? 0;
    if (this.#gunzip.isPaused()) this.#gunzip.resume();
    return taken;
  }

  #add(data: Buffer): void {
    const last = this.#chunks.at(-1);
    if (last !== undefined && last.buffer === data.buffer && last.byteOffset + last.length === data.byteOffset) {
      this.#chunks[this.#chunks.length - 1] = Buffer.from(last.buffer, last.byteOffset, last.length + data.length);
    } else {
      this.#chunks.push(data);
    }
  }
}

function isCompressionFault(error: unknown): boolean {
  return errorCode(error).startsWith('Z_');
}

function toSourceFault(error: unknown): AntaresError {
  return errorCode(error) === 'Z_BUF_ERROR'
    ? new AntaresError('SOURCE_TRUNCATED', 'the gzip stream ends early: the file was cut off', { cause: error })
    : new AntaresError('SOURCE_DAMAGED', 'the gzip stream is damaged', { cause: error });
}
