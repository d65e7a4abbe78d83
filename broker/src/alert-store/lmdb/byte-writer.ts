/** Size of the memory blocks that values are written into [bytes]. */
const SLAB_BYTES = 1 << 20;
/** Blocks kept for reuse; more are given back to the garbage collector. */
const SPARE_SLABS = 24;

/** A block of memory with the views that writing needs, made once. */
export interface Slab {
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly uint32: Uint32Array;
  readonly float32: Float32Array;
  readonly float64: Float64Array;
  readonly bigInt64: BigInt64Array;
}

function makeSlab(bytes: number): Slab {
  const buffer = new ArrayBuffer((bytes + 7) & ~7);
  return {
    bytes: Buffer.from(buffer),
    view: new DataView(buffer),
    uint32: new Uint32Array(buffer),
    float32: new Float32Array(buffer),
    float64: new Float64Array(buffer),
    bigInt64: new BigInt64Array(buffer),
  };
}

/**
 * Writes keys and values one after the other into large blocks, without an allocation per field.
 *
 * Each value begins on a multiple of eight bytes, so that typed columns inside it can be written and read in place.
 * What `take` gives out is a view: it stays valid until the blocks of its batch (`detach`) are given back (`recycle`).
 */
export class ByteWriter {
  #slab: Slab = makeSlab(SLAB_BYTES);
  #used: Slab[] = [this.#slab];
  #spare: Slab[] = [];
  #start = 0;
  #position = 0;

  /** Begins a value. */
  begin(): void {
    this.#position = (this.#position + 7) & ~7;
    if (this.#position + 512 > this.#slab.bytes.length) this.#nextSlab(SLAB_BYTES);
    this.#start = this.#position;
  }

  /** The value written since `begin`, as a view. */
  take(): Uint8Array {
    return new Uint8Array(this.#slab.bytes.buffer, this.#start, this.#position - this.#start);
  }

  /** Forgets everything written: for keys of reads, which nobody holds on to. */
  reset(): void {
    this.#position = 0;
    this.#start = 0;
  }

  /** The blocks written so far; writing goes on in others. */
  detach(): Slab[] {
    const used = this.#used;
    this.#used = [];
    this.#nextSlab(SLAB_BYTES);
    return used;
  }

  /** Takes blocks back whose views nobody reads any more. */
  recycle(slabs: readonly Slab[]): void {
    for (const slab of slabs) {
      if (slab.bytes.length === SLAB_BYTES && this.#spare.length < SPARE_SLABS) this.#spare.push(slab);
    }
  }

  uint8(value: number): void {
    this.#ensure(1);
    this.#slab.bytes[this.#position++] = value;
  }

  /** Big-endian, so that keys sort by it. */
  uint16(value: number): void {
    this.#ensure(2);
    this.#slab.view.setUint16(this.#position, value);
    this.#position += 2;
  }

  /** Big-endian. */
  uint24(value: number): void {
    this.uint8(value >>> 16);
    this.uint16(value & 0xffff);
  }

  /** Big-endian. */
  uint32(value: number): void {
    this.#ensure(4);
    this.#slab.view.setUint32(this.#position, value);
    this.#position += 4;
  }

  /** Big-endian; integer in [0, 2^40). */
  uint40(value: number): void {
    this.uint8(Math.floor(value / 0x1_0000_0000));
    this.uint32(value >>> 0);
  }

  /** Big-endian; integer in [0, 2^48). */
  uint48(value: number): void {
    this.uint16(Math.floor(value / 0x1_0000_0000));
    this.uint32(value >>> 0);
  }

  /** Big-endian. */
  uint64(value: bigint): void {
    this.#ensure(8);
    this.#slab.view.setBigUint64(this.#position, value);
    this.#position += 8;
  }

  /** Little-endian, at any position. */
  float64(value: number): void {
    this.#ensure(8);
    this.#slab.view.setFloat64(this.#position, value, true);
    this.#position += 8;
  }

  /** Eight bytes that sort as the number does: for keys. */
  sortableFloat64(value: number): void {
    this.#ensure(8);
    const { view } = this.#slab;
    view.setFloat64(this.#position, value);
    const high = view.getUint32(this.#position);
    if (high >>> 31 === 1) {
      view.setUint32(this.#position, ~high >>> 0);
      view.setUint32(this.#position + 4, ~view.getUint32(this.#position + 4) >>> 0);
    } else {
      view.setUint32(this.#position, (high | 0x8000_0000) >>> 0);
    }
    this.#position += 8;
  }

  /** Seven bits a byte, low ones first; integer in [0, 2^53). */
  varint(value: number): void {
    if (!(value >= 0)) throw new TypeError(`expected a count, got ${value}`);
    this.#ensure(8);
    const { bytes } = this.#slab;
    let rest = value;
    while (rest >= 0x8000_0000) {
      bytes[this.#position++] = (rest & 0x7f) | 0x80;
      rest = Math.floor(rest / 128);
    }
    while (rest >= 0x80) {
      bytes[this.#position++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    bytes[this.#position++] = rest;
  }

  /** UTF-8 without a length. */
  rawText(text: string): void {
    const { length } = text;
    this.#ensure(length * 3);
    const { bytes } = this.#slab;
    const start = this.#position;
    for (let i = 0; i < length; i += 1) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) {
        this.#position = start + bytes.write(text, start, 'utf8');
        return;
      }
      bytes[start + i] = code;
    }
    this.#position = start + length;
  }

  /** UTF-8 with its length in bytes before it. */
  text(text: string): void {
    const { length } = text;
    if (length < 0x80) {
      // One byte is kept for the length; only where the text is not ASCII may that turn out too little.
      this.#ensure(length * 3 + 8);
      const at = this.#position + 1;
      this.#position = at;
      this.rawText(text);
      const written = this.#position - at;
      if (written < 0x80) {
        this.#slab.bytes[at - 1] = written;
        return;
      }
      this.#position = at - 1;
    }
    this.varint(Buffer.byteLength(text));
    this.rawText(text);
  }

  /** Bytes as they are. */
  raw(source: Uint8Array): void {
    this.#ensure(source.length);
    this.#slab.bytes.set(source, this.#position);
    this.#position += source.length;
  }

  /** Fills up to a multiple of four or eight bytes from the beginning of the value. */
  align(bytes: 4 | 8): void {
    this.#ensure(8);
    while ((this.#position - this.#start) % bytes !== 0) this.#slab.bytes[this.#position++] = 0;
  }

  /** Little-endian doubles; aligned to eight bytes beforehand by the caller. */
  float64s(values: Float64Array, count: number): void {
    this.#ensure(count * 8);
    const target = this.#slab.float64;
    const at = this.#position >>> 3;
    for (let i = 0; i < count; i += 1) target[at + i] = values[i]!;
    this.#position += count * 8;
  }

  /** One 64-bit integer; aligned to eight bytes beforehand by the caller. @returns whether it was in range */
  int64(value: bigint): boolean {
    this.#ensure(8);
    const { bigInt64 } = this.#slab;
    const at = this.#position >>> 3;
    bigInt64[at] = value;
    this.#position += 8;
    return bigInt64[at] === value;
  }

  /** Little-endian floats; aligned to four bytes beforehand by the caller. */
  float32s(values: Float64Array, count: number): void {
    this.#ensure(count * 4);
    const target = this.#slab.float32;
    const at = this.#position >>> 2;
    for (let i = 0; i < count; i += 1) target[at + i] = values[i]!;
    this.#position += count * 4;
  }

  /** Little-endian words, every `step`-th one from `first`; aligned to four bytes beforehand by the caller. */
  words(values: Uint32Array, first: number, step: number, count: number): void {
    this.#ensure(count * 4);
    const target = this.#slab.uint32;
    const at = this.#position >>> 2;
    for (let i = 0, from = first; i < count; i += 1, from += step) target[at + i] = values[from]!;
    this.#position += count * 4;
  }

  #ensure(bytes: number): void {
    if (this.#position + bytes > this.#slab.bytes.length) this.#move(bytes);
  }

  /** Continues the value that is being written in another block, with room to spare. */
  #move(bytes: number): void {
    const from = this.#slab;
    const written = this.#position - this.#start;
    const start = this.#start;
    this.#nextSlab(Math.max(SLAB_BYTES, (written + bytes) * 2));
    this.#slab.bytes.set(from.bytes.subarray(start, start + written), 0);
    this.#start = 0;
    this.#position = written;
  }

  #nextSlab(bytes: number): void {
    this.#slab = bytes === SLAB_BYTES ? (this.#spare.pop() ?? makeSlab(SLAB_BYTES)) : makeSlab(bytes);
    this.#used.push(this.#slab);
    this.#start = 0;
    this.#position = 0;
  }
}
