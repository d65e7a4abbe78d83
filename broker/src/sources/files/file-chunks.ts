import { type FileHandle, open } from 'node:fs/promises';
import { CHUNK_BYTES, type Chunk } from '../../disk/chunk-pool.ts';
import { openDirectly } from '../../disk/open-directly.ts';
import { AntaresError, errorCode, errorMessage } from '../../model/errors.ts';
import type { ChunkMemory } from './chunk-memory.ts';

/** Counts what was read, for a progress bar. */
export interface ReadCounter {
  bytesRead: number;
}

interface ReadChunk {
  readonly chunk: Chunk | undefined;
  readonly bytes: Uint8Array;
}

/**
 * The bytes of a file in order, a few megabytes at a time, the next piece being read while the consumer works on this one.
 *
 * @param memory  where to read into; without it each chunk is memory of its own, never used again
 * @throws SOURCE_UNREADABLE  when it cannot be opened, or a read fails
 */
export async function* fileChunks(
  path: string,
  counter: ReadCounter,
  memory?: ChunkMemory,
): AsyncGenerator<Uint8Array> {
  const reader = await FileReader.open(path, memory !== undefined).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  const readNext = async (): Promise<ReadChunk> => {
    const chunk = memory?.take();
    const buffer = chunk?.bytes ?? Buffer.allocUnsafeSlow(CHUNK_BYTES);
    try {
      return { chunk, bytes: buffer.subarray(0, await reader.read(buffer)) };
    } catch (error) {
      chunk?.release();
      throw error;
    }
  };
  let ahead: Promise<ReadChunk> | undefined;
  try {
    ahead = readNext();
    for (;;) {
      let read: ReadChunk;
      try {
        read = await ahead;
      } catch (cause) {
        throw unreadable(path, cause);
      }
      if (read.bytes.length === 0) return;
      ahead = readNext();
      // It may fail while the consumer still holds the chunk before; it is awaited above, on the next round.
      ahead.catch(() => {});
      counter.bytesRead += read.bytes.length;
      if (read.chunk !== undefined) memory?.handOut(read.chunk);
      yield read.bytes;
    }
  } finally {
    // Not before it is read: until then the system writes into the chunk.
    const unused = await ahead?.catch(() => undefined);
    unused?.chunk?.release();
    await reader.close();
  }
}

/**
 * Reads a file from its beginning, past the system's cache where that is wanted and known.
 *
 * An archive is read once: copying gigabytes of it into the cache costs more than reading them, and drives out the index
 * of the store.
 */
class FileReader {
  readonly #path: string;
  #handle: FileHandle;
  #isDirect: boolean;
  #position = 0;

  private constructor(path: string, handle: FileHandle, isDirect: boolean) {
    this.#path = path;
    this.#handle = handle;
    this.#isDirect = isDirect;
  }

  static async open(path: string, wantsDirect: boolean): Promise<FileReader> {
    const direct = wantsDirect ? await openDirectly(path, 'read') : undefined;
    return new FileReader(path, direct ?? (await open(path)), direct !== undefined);
  }

  /** Fills a buffer, as far as the file goes. @returns bytes read; 0 at the end */
  async read(buffer: Uint8Array): Promise<number> {
    let bytesRead: number;
    try {
      ({ bytesRead } = await this.#handle.read(buffer, 0, buffer.length, this.#position));
    } catch (error) {
      if (!this.#isDirect || errorCode(error) !== 'EINVAL') throw error;
      // A disk with larger pages, memory that does not lie as it should, or a file that grew behind its last page.
      const direct = this.#handle;
      this.#handle = await open(this.#path);
      this.#isDirect = false;
      await direct.close();
      ({ bytesRead } = await this.#handle.read(buffer, 0, buffer.length, this.#position));
    }
    this.#position += bytesRead;
    return bytesRead;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** The bytes of a stream in order, counted. @throws SOURCE_UNREADABLE when it fails */
export async function* streamChunks(
  stream: AsyncIterable<Uint8Array>,
  name: string,
  counter: ReadCounter,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stream) {
      counter.bytesRead += chunk.length;
      yield chunk;
    }
  } catch (cause) {
    throw unreadable(name, cause);
  }
}

/** All of a file of at most `maxBytes`; undefined when it is larger. @throws SOURCE_UNREADABLE */
export async function readSmallFile(path: string, maxBytes: number): Promise<Uint8Array | undefined> {
  try {
    const handle = await open(path);
    try {
      const { size } = await handle.stat();
      if (size > maxBytes) return undefined;
      const buffer = Buffer.allocUnsafeSlow(size);
      let filled = 0;
      while (filled < size) {
        const { bytesRead } = await handle.read(buffer, filled, size - filled, filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return buffer.subarray(0, filled);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(name: string, cause: unknown): AntaresError {
  return new AntaresError('SOURCE_UNREADABLE', `cannot read ${name}: ${errorMessage(cause)}`, { cause });
}
