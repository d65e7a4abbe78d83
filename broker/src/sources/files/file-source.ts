import { createHash } from 'node:crypto';
import { dirname, sep } from 'node:path';
import type { Readable } from 'node:stream';
import type { AntaresError } from '../../model/errors.ts';
import type { PacketSource, ReadingOptions, SourcePacket } from '../source.ts';
import { ChunkMemory } from './chunk-memory.ts';
import { fileChunks, readSmallFile, streamChunks } from './file-chunks.ts';
import { judgeName } from './packet-names.ts';
import { type Content, type FoundPacket, readContent } from './read-content.ts';

/** A file of a source. */
export interface SourceFile {
  /** Absolute. */
  readonly path: string;
  /** Path within the folder that was walked; undefined when the file itself was asked for. */
  readonly metAs: string | undefined;
  readonly size: number;
  readonly mtimeMs: number;
  /** Why it, or the folder that it stands for, cannot be read; found while listing. */
  readonly fault?: AntaresError | undefined;
}

/** How files are read. */
export interface FileSourceOptions {
  /** Packets beyond this size are refused unread [bytes]. Default 32 MiB, a hundred times the largest known. */
  readonly maxPacketBytes?: number | undefined;
}

const DEFAULT_MAX_PACKET_BYTES = 32 * 1024 * 1024;
/** Files up to this size are read at a stroke, several at a time. */
const SMALL_FILE_BYTES = 1024 * 1024;
const FILES_READ_AHEAD = 16;
const MAX_BATCH_PACKETS = 256;
const MAX_BATCH_BYTES = 4 * 1024 * 1024;

/** Identity of a file as it is now: absolute path, size and time of modification. */
export function fileId(file: SourceFile): string {
  return idOf([file]);
}

function idOf(files: readonly SourceFile[]): string {
  const hash = createHash('sha256');
  for (const { path, size, mtimeMs } of files) hash.update(`${path}\0${size}\0${mtimeMs}\0`);
  return `files:${hash.digest('hex').slice(0, 32)}`;
}

/** A source made of files on disk, one after the other: loose packets, containers, archives. */
export class FileSource implements PacketSource {
  readonly id: string;
  readonly name: string;
  readonly isResumable = true;
  readonly totalBytes: number;
  /** The files that it is made of, in the order of reading. */
  readonly files: readonly SourceFile[];
  bytesRead = 0;
  passedOver = 0;
  readonly #maxPacketBytes: number;
  #iteration: AsyncGenerator<readonly SourcePacket[]> | undefined;
  #isClosed = false;

  /** @param files  at least one */
  constructor(files: readonly SourceFile[], options: FileSourceOptions = {}) {
    if (files.length === 0) throw new TypeError('a file source needs a file');
    this.files = files;
    this.id = idOf(files);
    this.name = files.length === 1 ? files[0]!.path : commonFolder(files.map(({ path }) => path));
    this.totalBytes = files.reduce((sum, { size }) => sum + size, 0);
    this.#maxPacketBytes = options.maxPacketBytes ?? DEFAULT_MAX_PACKET_BYTES;
  }

  packets(fromOrdinal = 0, options: ReadingOptions = {}): AsyncIterable<readonly SourcePacket[]> {
    if (this.#iteration !== undefined) throw new TypeError(`${this.name} is being read already`);
    this.bytesRead = 0;
    this.passedOver = 0;
    const { index, ordinal } = this.#skipUnread(fromOrdinal);
    const memory = options.pool === undefined ? undefined : new ChunkMemory(options.pool);
    const iteration = inBatches(this.#found(index, memory), ordinal, fromOrdinal, () => this.#isClosed, memory);
    this.#iteration = iteration;
    return onceFinished(iteration, () => {
      this.#iteration = undefined;
      // Not when the source is closed: the consumer may be in the middle of a batch then.
      memory?.releaseAll();
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#iteration?.return(undefined);
  }

  /** Files before `fromOrdinal` that need not be opened to know that each holds one packet. */
  #skipUnread(fromOrdinal: number): { index: number; ordinal: number } {
    let index = 0;
    while (index < fromOrdinal && index < this.files.length && this.#isOnePacket(this.files[index]!)) {
      this.bytesRead += this.files[index]!.size;
      index += 1;
    }
    return { index, ordinal: index };
  }

  #isOnePacket(file: SourceFile): boolean {
    if (file.fault !== undefined) return true;
    // Compressed ones may be larger inside than the cap, and then come as many.
    return (
      file.metAs !== undefined &&
      judgeName(file.metAs) === 'packet' &&
      !/\.gz$/i.test(file.metAs) &&
      file.size <= this.#maxPacketBytes
    );
  }

  async *#found(firstIndex: number, memory: ChunkMemory | undefined): AsyncGenerator<FoundPacket[]> {
    const ahead = new Map<number, Promise<Uint8Array | undefined>>();
    let next = firstIndex;
    try {
      for (let index = firstIndex; index < this.files.length && !this.#isClosed; index += 1) {
        for (; next < this.files.length && next < index + FILES_READ_AHEAD; next += 1) {
          const file = this.files[next]!;
          if (file.fault !== undefined || file.size > SMALL_FILE_BYTES) continue;
          const reading = readSmallFile(file.path, SMALL_FILE_BYTES);
          reading.catch(() => {});
          ahead.set(next, reading);
        }
        const file = this.files[index]!;
        if (file.fault !== undefined) {
          yield [{ name: file.path, bytes: new Uint8Array(0), fault: file.fault }];
          continue;
        }
        const small = ahead.get(index);
        ahead.delete(index);
        yield* readContent(this.#contentOf(file, small, memory), {
          maxPacketBytes: this.#maxPacketBytes,
          onPassedOver: () => {
            this.passedOver += 1;
          },
        });
      }
    } finally {
      await Promise.allSettled(ahead.values());
    }
  }

  #contentOf(
    file: SourceFile,
    small: Promise<Uint8Array | undefined> | undefined,
    memory: ChunkMemory | undefined,
  ): Content {
    const source = this;
    let isCounted = false;
    return {
      name: file.path,
      metAs: file.metAs,
      canReread: true,
      async *chunks() {
        const whole = await small;
        // Read again after damage: not to be counted twice.
        const counter = isCounted ? { bytesRead: 0 } : source;
        isCounted = true;
        if (whole === undefined) {
          for await (const chunk of fileChunks(file.path, counter, memory)) {
            if (source.#isClosed) return;
            yield chunk;
          }
        } else {
          counter.bytesRead += whole.length;
          if (whole.length > 0) yield whole;
        }
      },
    };
  }
}

/** A source that can be read once only: standard input, a named pipe. */
export class StreamSource implements PacketSource {
  readonly id: string;
  readonly name: string;
  readonly isResumable = false;
  readonly totalBytes = undefined;
  bytesRead = 0;
  passedOver = 0;
  readonly #open: () => Readable;
  readonly #maxPacketBytes: number;
  #stream: Readable | undefined;
  #iteration: AsyncGenerator<readonly SourcePacket[]> | undefined;
  #isClosed = false;

  /**
   * @param name  for people
   * @param id    different for every run
   * @param open  begins reading
   */
  constructor(name: string, id: string, open: () => Readable, options: FileSourceOptions = {}) {
    this.name = name;
    this.id = id;
    this.#open = open;
    this.#maxPacketBytes = options.maxPacketBytes ?? DEFAULT_MAX_PACKET_BYTES;
  }

  packets(fromOrdinal = 0): AsyncIterable<readonly SourcePacket[]> {
    if (this.#stream !== undefined) throw new TypeError(`${this.name} can be read once only`);
    const stream = this.#open();
    this.#stream = stream;
    const content: Content = {
      name: this.name,
      metAs: undefined,
      canReread: false,
      chunks: () => streamChunks(stream, this.name, this),
    };
    const found = readContent(content, {
      maxPacketBytes: this.#maxPacketBytes,
      onPassedOver: () => {
        this.passedOver += 1;
      },
    });
    const iteration = inBatches(found, 0, fromOrdinal, () => this.#isClosed);
    this.#iteration = iteration;
    return onceFinished(iteration, () => {
      this.#iteration = undefined;
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    // First, or a read that waits for a terminal or an idle pipe would keep the iteration from ending.
    this.#stream?.destroy();
    await this.#iteration?.return(undefined).catch(() => {});
  }
}

/**
 * Numbers what is found, leaves out what comes before `fromOrdinal`, and packs small finds into larger batches.
 *
 * @param memory  told how far the consumer is: what is found together are views of the chunk that was handed out last, or
 *                memory of their own
 */
async function* inBatches(
  found: AsyncIterable<FoundPacket[]>,
  firstOrdinal: number,
  fromOrdinal: number,
  isClosed: () => boolean,
  memory?: ChunkMemory,
): AsyncGenerator<readonly SourcePacket[]> {
  let ordinal = firstOrdinal;
  let batch: SourcePacket[] = [];
  let batchBytes = 0;
  let firstChunk = 0;
  for await (const finds of found) {
    if (isClosed()) return;
    const receivedAtMs = Date.now();
    for (const { name, bytes, fault } of finds) {
      if (ordinal >= fromOrdinal) {
        if (batch.length > 0 && batchBytes + bytes.length > MAX_BATCH_BYTES) {
          yield batch;
          batch = [];
          batchBytes = 0;
        }
        if (batch.length === 0 && memory !== undefined) firstChunk = memory.handedOut;
        batch.push({ bytes, chunk: memory?.chunkOf(bytes), ordinal, name, receivedAtMs, fault });
        batchBytes += bytes.length;
        if (batch.length >= MAX_BATCH_PACKETS || batchBytes >= MAX_BATCH_BYTES) {
          yield batch;
          batch = [];
          batchBytes = 0;
        }
      }
      ordinal += 1;
    }
    memory?.releaseBefore(batch.length === 0 ? memory.handedOut + 1 : firstChunk);
  }
  if (batch.length > 0 && !isClosed()) yield batch;
}

function onceFinished<T>(generator: AsyncGenerator<T>, finished: () => void): AsyncIterable<T> {
  return (async function* () {
    try {
      yield* generator;
    } finally {
      finished();
    }
  })();
}

function commonFolder(paths: readonly string[]): string {
  let common = dirname(paths[0]!);
  for (const path of paths) {
    while (path !== common && !path.startsWith(common.endsWith(sep) ? common : common + sep)) common = dirname(common);
  }
  return common;
}
