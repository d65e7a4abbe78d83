import type { Properties, PropertyValue } from '../model/property.ts';

/** Most names that are remembered; more come only from a survey that invents them. */
const MOST_NAMES = 20_000;
const LARGEST_HEAD_BYTES = 9;

/**
 * Writes properties as a MessagePack map: numbers as doubles, 64-bit integers as such.
 *
 * An alert's message has some two hundred of them, always under the same names. A general packer converts each name anew;
 * here its bytes are kept, which takes a third of the time.
 */
export class PropertyPacker {
  readonly #names = new Map<string, PackedName>();
  /** The name that was put last: the one after it is mostly the one that came after it the last time. */
  #last: PackedName = { name: '', bytes: new Uint8Array(0), next: undefined };
  #bytes = Buffer.allocUnsafeSlow(32 * 1024);
  #view = viewOf(this.#bytes);

  /** @returns the maps, one after the other in memory that the next call writes over */
  pack(maps: readonly Properties[]): Uint8Array[] {
    const ends: number[] = [];
    let at = 0;
    for (const properties of maps) {
      at = this.#putCount(at, properties.size);
      for (const [name, value] of properties) at = this.#putValue(this.#putName(at, name), value);
      ends.push(at);
    }
    return ends.map((end, i) => this.#bytes.subarray(i === 0 ? 0 : ends[i - 1]!, end));
  }

  #putCount(at: number, count: number): number {
    this.#reserve(at + LARGEST_HEAD_BYTES);
    this.#bytes[at] = 0xdf;
    this.#view.setUint32(at + 1, count);
    return at + 5;
  }

  #putName(at: number, name: string): number {
    const guess = this.#last.next;
    const packed = guess !== undefined && guess.name === name ? guess : this.#find(name);
    this.#last = packed;
    const { bytes } = packed;
    this.#reserve(at + bytes.length);
    const target = this.#bytes;
    // Some thirty bytes: a call of `set` takes longer.
    for (let i = 0; i < bytes.length; i += 1) target[at + i] = bytes[i]!;
    return at + bytes.length;
  }

  #find(name: string): PackedName {
    let packed = this.#names.get(name);
    if (packed === undefined) {
      packed = { name, bytes: Uint8Array.from(packText(name)), next: undefined };
      if (this.#names.size >= MOST_NAMES) return packed;
      this.#names.set(name, packed);
    }
    this.#last.next = packed;
    return packed;
  }

  #putValue(at: number, value: PropertyValue): number {
    this.#reserve(at + LARGEST_HEAD_BYTES);
    switch (typeof value) {
      case 'number':
        this.#bytes[at] = 0xcb;
        this.#view.setFloat64(at + 1, value);
        return at + 9;
      case 'bigint':
        this.#bytes[at] = 0xd3;
        this.#view.setBigInt64(at + 1, value);
        return at + 9;
      case 'boolean':
        this.#bytes[at] = value ? 0xc3 : 0xc2;
        return at + 1;
      default: {
        // At most three bytes a unit of UTF-16; the length stands before the text and is known after.
        this.#reserve(at + 5 + 3 * value.length);
        const length = this.#bytes.write(value, at + 5, 'utf8');
        this.#bytes[at] = 0xdb;
        this.#view.setUint32(at + 1, length);
        return at + 5 + length;
      }
    }
  }

  #reserve(size: number): void {
    if (size <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * size);
    larger.set(this.#bytes);
    this.#bytes = larger;
    this.#view = viewOf(larger);
  }
}

/** A name as it is written. */
interface PackedName {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** The name that came after it the last time. */
  next: PackedName | undefined;
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

function packText(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  const head = Buffer.alloc(5);
  head[0] = 0xdb;
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}
