/** A growing buffer into which Avro primitives are written; Avro 1.11 specification, section "Binary Encoding". */
export class ByteSink {
  bytes: Uint8Array;
  /** Where the next byte goes: the number of bytes written since `clear`. */
  at = 0;
  #view: DataView;

  constructor(capacity = 1 << 16) {
    this.bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.bytes.buffer);
  }

  /** Forgets what was written; the memory stays. */
  clear(): void {
    this.at = 0;
  }

  /** A copy of what was written. */
  toBytes(): Uint8Array {
    return this.bytes.slice(0, this.at);
  }

  /** Makes sure that `count` more bytes fit. Every caller of the unchecked writers below asks first. */
  reserve(count: number): void {
    if (this.at + count <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.at + count));
    larger.set(this.bytes.subarray(0, this.at));
    this.bytes = larger;
    this.#view = new DataView(larger.buffer);
  }

  /** Raw bytes. */
  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  /** `bytes`: a length, then the bytes. */
  blob(bytes: Uint8Array): void {
    this.integer(bytes.length);
    this.raw(bytes);
  }

  /** `int` or `long` from a safe integer. */
  integer(value: number): void {
    // Twice the number must still be exact.
    if (value > 4503599627370495 || value < -4503599627370495) {
      this.long(BigInt(value));
      return;
    }
    this.reserve(10);
    const bytes = this.bytes;
    let at = this.at;
    let rest = value < 0 ? -2 * value - 1 : 2 * value;
    // Shifts are 32 bits wide; what is larger is divided until it fits.
    while (rest > 0x7fffffff) {
      bytes[at++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    while (rest > 127) {
      bytes[at++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    bytes[at++] = rest;
    this.at = at;
  }

  /** `long` from a bigint that fits 64 bits, or from a number where that is a safe integer. */
  long(value: bigint | number): void {
    if (typeof value === 'number') {
      this.integer(value);
      return;
    }
    this.reserve(10);
    const bytes = this.bytes;
    let at = this.at;
    let low = Number(BigInt.asIntN(32, value));
    let high = Number(BigInt.asIntN(32, value >> 32n));
    // Zigzag in two halves: (value << 1) ^ (value >> 63).
    const sign = high >> 31;
    high = (((high << 1) | (low >>> 31)) ^ sign) >>> 0;
    low = ((low << 1) ^ sign) >>> 0;
    while (high !== 0 || low > 127) {
      bytes[at++] = (low & 127) | 128;
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>>= 7;
    }
    bytes[at++] = low;
    this.at = at;
  }

  /** `float`. */
  float(value: number): void {
    this.reserve(4);
    this.#view.setFloat32(this.at, value, true);
    this.at += 4;
  }

  /** `double`. */
  double(value: number): void {
    this.reserve(8);
    this.#view.setFloat64(this.at, value, true);
    this.at += 8;
  }

  /** `boolean`. */
  boolean(value: boolean): void {
    this.reserve(1);
    this.bytes[this.at++] = value ? 1 : 0;
  }

  /** `string`. Survey text is ASCII but for names; what is not goes the long way. */
  string(value: string): void {
    const length = value.length;
    this.reserve(length + 10);
    const start = this.at;
    this.integer(length);
    const bytes = this.bytes;
    let at = this.at;
    for (let i = 0; i < length; i += 1) {
      const letter = value.charCodeAt(i);
      if (letter > 127) {
        this.at = start;
        this.blob(new TextEncoder().encode(value));
        return;
      }
      bytes[at++] = letter;
    }
    this.at = at;
  }
}
