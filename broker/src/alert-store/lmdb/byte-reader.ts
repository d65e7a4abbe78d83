import { AntaresError } from '../../model/errors.ts';

/** Read buffers of at least this size are the driver's shared one, worth keeping views of [bytes]. */
const SHARED_BUFFER_BYTES = 0x10000;

interface Views {
  readonly memory: ArrayBufferLike;
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly uint32s: Uint32Array;
  readonly float32s: Float32Array;
  readonly float64s: Float64Array;
  readonly bigInt64s: BigInt64Array;
}

function makeViews(memory: ArrayBufferLike): Views {
  const whole = memory.byteLength & ~7;
  return {
    memory,
    bytes: Buffer.from(memory as ArrayBuffer),
    view: new DataView(memory),
    uint32s: new Uint32Array(memory, 0, whole >>> 2),
    float32s: new Float32Array(memory, 0, whole >>> 2),
    float64s: new Float64Array(memory, 0, whole >>> 3),
    bigInt64s: new BigInt64Array(memory, 0, whole >>> 3),
  };
}

/**
 * Reads values back: the counterpart of `ByteWriter`.
 *
 * A value that lies at the beginning of the driver's shared read buffer is read in place, so it must be read to its
 * end before the next look-up. Anything else is copied first, so that typed columns are aligned.
 */
export class ByteReader {
  bytes!: Buffer;
  view!: DataView;
  uint32s!: Uint32Array;
  float32s!: Float32Array;
  float64s!: Float64Array;
  bigInt64s!: BigInt64Array;
  /** Next byte, counted from the beginning of the value. */
  position = 0;
  /** Length of the value. */
  end = 0;
  #current: Views;
  #shared: Views | undefined;
  #own: Views;

  constructor() {
    this.#own = makeViews(new ArrayBuffer(0x8000));
    this.#current = this.#own;
    this.#show(this.#own);
  }

  /** Begins a value. */
  load(value: Uint8Array): void {
    const memory = value.buffer;
    let views: Views;
    if (value.byteOffset === 0 && memory.byteLength >= SHARED_BUFFER_BYTES) {
      if (this.#shared?.memory !== memory) this.#shared = makeViews(memory);
      views = this.#shared;
    } else {
      if (this.#own.memory.byteLength < value.length)
        this.#own = makeViews(new ArrayBuffer((value.length * 2 + 7) & ~7));
      this.#own.bytes.set(value, 0);
      views = this.#own;
    }
    if (views !== this.#current) this.#show(views);
    this.position = 0;
    this.end = value.length;
  }

  uint8(): number {
    return this.bytes[this.position++]!;
  }

  /** Big-endian. */
  uint32(): number {
    const value = this.view.getUint32(this.position);
    this.position += 4;
    return value;
  }

  /** Big-endian, 48 bits. */
  uint48(): number {
    const value = this.view.getUint16(this.position) * 0x1_0000_0000 + this.view.getUint32(this.position + 2);
    this.position += 6;
    return value;
  }

  float64(): number {
    const value = this.view.getFloat64(this.position, true);
    this.position += 8;
    return value;
  }

  varint(): number {
    const { bytes } = this;
    let byte = bytes[this.position++]!;
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    let scale = 128;
    do {
      byte = bytes[this.position++]!;
      value += (byte & 0x7f) * scale;
      scale *= 128;
    } while (byte >= 0x80);
    return value;
  }

  /** Text with its length before it. */
  text(): string {
    const length = this.varint();
    return this.rawText(length);
  }

  /** The next `length` bytes as text. */
  rawText(length: number): string {
    const start = this.position;
    this.position = start + length;
    return this.bytes.toString('utf8', start, start + length);
  }

  /** The next `length` bytes, copied. */
  raw(length: number): Uint8Array {
    const start = this.position;
    this.position = start + length;
    return new Uint8Array(this.bytes.subarray(start, start + length));
  }

  align(bytes: 4 | 8): void {
    this.position = (this.position + bytes - 1) & ~(bytes - 1);
  }

  /**
   * Checks that the value was not shorter than what was read of it.
   *
   * @throws ALERT_STORE_DAMAGED
   */
  finish(what: string): void {
    if (this.position > this.end) {
      throw new AntaresError(
        'ALERT_STORE_DAMAGED',
        `${what} has ${this.end} bytes where at least ${this.position} belong; restore the store from a backup`,
      );
    }
  }

  #show(views: Views): void {
    this.#current = views;
    this.bytes = views.bytes;
    this.view = views.view;
    this.uint32s = views.uint32s;
    this.float32s = views.float32s;
    this.float64s = views.float64s;
    this.bigInt64s = views.bigInt64s;
  }
}
