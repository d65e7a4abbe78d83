import { open } from 'node:fs/promises';
import { AntaresError, errorMessage } from '../../model/errors.ts';

/** Counts what was read, for a progress bar. */
export interface ReadCounter {
  bytesRead: number;
}

/** One read's worth: large, so that most members of an archive lie within one, small beside a worker's memory. */
const CHUNK_BYTES = 2 * 1024 * 1024;

/**
 * The bytes of a file in order, a few megabytes at a time, the next piece being read while the consumer works on this one.
 *
 * Each chunk is memory of its own, never used again: packets may be views of it.
 *
 * @throws SOURCE_UNREADABLE  when it cannot be opened, or a read fails
 */
export async function* fileChunks(
  path: string,
  counter: ReadCounter,
  chunkBytes = CHUNK_BYTES,
): AsyncGenerator<Uint8Array> {
  const handle = await open(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  let position = 0;
  const readNext = async (): Promise<Uint8Array> => {
    const buffer = Buffer.allocUnsafeSlow(chunkBytes);
    const { bytesRead } = await handle.read(buffer, 0, chunkBytes, position);
    position += bytesRead;
    return buffer.subarray(0, bytesRead);
  };
  let ahead: Promise<Uint8Array> | undefined;
  try {
    ahead = readNext();
    for (;;) {
      let chunk: Uint8Array;
      try {
        chunk = await ahead;
      } catch (cause) {
        throw unreadable(path, cause);
      }
      if (chunk.length === 0) return;
      ahead = readNext();
      // It may fail while the consumer still holds the chunk before; it is awaited above, on the next round.
      ahead.catch(() => {});
      counter.bytesRead += chunk.length;
      yield chunk;
    }
  } finally {
    await ahead?.catch(() => {});
    await handle.close();
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
