import { AntaresError } from '../../model/errors.ts';

/**
 * Cuts an Avro object container that is too large to hold in memory into small ones: its header with one block each.
 *
 * Only the frame is read, never a record: metadata map, 16-byte marker, then blocks of (count, size, data, marker).
 *
 * @param chunks         the container's bytes, in pieces of any size
 * @param maxBlockBytes  blocks beyond this are not read [bytes]; neither is a header beyond it
 * @returns              containers that a reader of whole files can read, in order
 * @throws SOURCE_TRUNCATED, SOURCE_DAMAGED, PACKET_TOO_LARGE  after everything before the fault was yielded
 * @see Avro 1.11 specification, "Object Container Files"
 */
export async function* avroBlocks(
  chunks: AsyncIterable<Uint8Array>,
  maxBlockBytes: number,
): AsyncGenerator<Uint8Array> {
  const reader = new FrameReader(chunks, maxBlockBytes);
  try {
    await reader.take(4);
    for (;;) {
      const count = await reader.readLong();
      if (count === 0) break;
      if (count < 0) await reader.readLong();
      for (let i = 0; i < Math.abs(count); i += 1) {
        await reader.take(await reader.readLong());
        await reader.take(await reader.readLong());
      }
    }
    const marker = Buffer.from(await reader.take(16));
    const header = Buffer.from(reader.takeFrame());
    while (!(await reader.isAtEnd())) {
      await reader.readLong();
      await reader.take(await reader.readLong());
      const found = await reader.take(16);
      if (!marker.equals(found)) {
        throw new AntaresError(
          'SOURCE_DAMAGED',
          'expected the marker after a block of an Avro container, got something else',
        );
      }
      yield Buffer.concat([header, reader.takeFrame()]);
    }
  } finally {
    await reader.close();
  }
}

/** Reads Avro's frame from chunks, keeping the bytes since the last `takeFrame`. */
class FrameReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #maxFrameBytes: number;
  #frame: Buffer = Buffer.alloc(0);
  #filled = 0;
  #at = 0;
  #isOver = false;

  constructor(chunks: AsyncIterable<Uint8Array>, maxFrameBytes: number) {
    this.#chunks = chunks[Symbol.asyncIterator]();
    this.#maxFrameBytes = maxFrameBytes;
  }

  async isAtEnd(): Promise<boolean> {
    return !(await this.#fill(1));
  }

  /** The next `length` bytes, a view that holds until the next call. */
  async take(length: number): Promise<Buffer> {
    if (length < 0 || !Number.isSafeInteger(length)) {
      throw new AntaresError('SOURCE_DAMAGED', `expected the length of a part of an Avro container, got ${length}`);
    }
    if (this.#at + length > this.#maxFrameBytes) {
      throw new AntaresError(
        'PACKET_TOO_LARGE',
        `a block of an Avro container has ${this.#at + length} bytes, at most ${this.#maxFrameBytes} are read`,
      );
    }
    if (!(await this.#fill(length))) {
      throw new AntaresError('SOURCE_TRUNCATED', 'the Avro container ends within a block: it was cut off');
    }
    this.#at += length;
    return this.#frame.subarray(this.#at - length, this.#at);
  }

  /** A zig-zag variable-length integer, as far as a double is exact; counts and lengths are never larger. */
  async readLong(): Promise<number> {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 10; i += 1) {
      const byte = (await this.take(1))[0]!;
      value += (byte & 0x7f) * scale;
      scale *= 128;
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
    throw new AntaresError('SOURCE_DAMAGED', 'expected a number of at most ten bytes in an Avro container');
  }

  /** Everything since the last call. */
  takeFrame(): Buffer {
    const frame = Buffer.from(this.#frame.subarray(0, this.#at));
    this.#frame.copyWithin(0, this.#at, this.#filled);
    this.#filled -= this.#at;
    this.#at = 0;
    return frame;
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  async #fill(length: number): Promise<boolean> {
    while (this.#filled - this.#at < length) {
      if (this.#isOver) return false;
      const next = await this.#chunks.next();
      if (next.done === true) {
        this.#isOver = true;
        return false;
      }
      const needed = this.#filled + next.value.length;
      if (needed > this.#frame.length) {
        const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#frame.length));
        larger.set(this.#frame.subarray(0, this.#filled));
        this.#frame = larger;
      }
      this.#frame.set(next.value, this.#filled);
      this.#filled = needed;
    }
    return true;
  }
}
