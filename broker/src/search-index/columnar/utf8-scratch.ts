const encoder = new TextEncoder();

/** Memory in which texts are put as UTF-8, one after the other, and which is used again for the next ones. */
export class Utf8Scratch {
  #bytes = new Uint8Array(256);
  #end = 0;

  /** What was put in lies from 0 to {@link end}; valid until more is. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  get end(): number {
    return this.#end;
  }

  /** Begins anew with a text. */
  load(text: string): void {
    this.#end = 0;
    this.append(text);
  }

  /** Begins anew with nothing. */
  clear(): void {
    this.#end = 0;
  }

  append(text: string): void {
    const from = this.#end;
    if (from + 3 * text.length > this.#bytes.length) this.#grow(2 * (from + 3 * text.length));
    const bytes = this.#bytes;
    for (let i = 0; i < text.length; i += 1) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) {
        this.#end = from + encoder.encodeInto(text, bytes.subarray(from)).written;
        return;
      }
      bytes[from + i] = unit;
    }
    this.#end = from + text.length;
  }

  appendByte(byte: number): void {
    if (this.#end === this.#bytes.length) this.#grow(2 * this.#bytes.length);
    this.#bytes[this.#end] = byte;
    this.#end += 1;
  }

  #grow(size: number): void {
    const larger = new Uint8Array(size);
    larger.set(this.#bytes.subarray(0, this.#end));
    this.#bytes = larger;
  }
}
