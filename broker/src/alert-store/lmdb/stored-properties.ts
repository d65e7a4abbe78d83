import { AntaresError } from '../../model/errors.ts';
import type { PropertyList, PropertyValue } from '../../model/property.ts';
import type { ByteReader } from './byte-reader.ts';
import { FLAG, FLOAT, INT } from './properties-codec.ts';
import type { Words } from './words.ts';

const FIRST_BYTES = 1 << 16;

/**
 * Stored properties of several loci, copied out of the driver's buffer as they are: they are made one at a time for whoever
 * goes through them, and no map of them is.
 */
export class StoredPropertiesMemory {
  readonly words: Words;
  bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  float64s = new Float64Array(this.bytes.buffer);
  bigInt64s = new BigInt64Array(this.bytes.buffer);
  #end = 0;

  constructor(words: Words) {
    this.words = words;
  }

  /** Takes the rest of a value, which is properties as `PropertiesCodec` writes them. */
  take(reader: ByteReader): PropertyList {
    // Doubles lie at multiples of eight from the beginning of the value, so they do here.
    const from = reader.position & ~7;
    const at = this.#end;
    this.#reserve(at + reader.end - from);
    this.bytes.set(reader.bytes.subarray(from, reader.end), at);
    this.#end = (at + reader.end - from + 7) & ~7;
    const size = reader.varint();
    const codes = at + reader.position - from;
    let [floats, ints, flags] = [0, 0, 0];
    for (let i = 0; i < size; i += 1) {
      const type = reader.varint() & 3;
      if (type === FLOAT) floats += 1;
      else if (type === INT) ints += 1;
      else if (type === FLAG) flags += 1;
    }
    reader.align(8);
    const float = at + reader.position - from;
    reader.position += 8 * (floats + ints) + flags;
    const end = at + reader.end - from;
    return new StoredProperties(this, size, codes, float, float + 8 * floats, float + 8 * (floats + ints), flags, end);
  }

  #reserve(size: number): void {
    if (size <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow((2 * size + 7) & ~7);
    larger.set(this.bytes.subarray(0, this.#end));
    this.bytes = larger;
    this.float64s = new Float64Array(larger.buffer);
    this.bigInt64s = new BigInt64Array(larger.buffer);
  }
}

/** Properties where {@link StoredPropertiesMemory} has them. */
class StoredProperties implements PropertyList {
  readonly size: number;
  readonly #memory: StoredPropertiesMemory;
  /** Places of the first code, float, integer, flag, text, and of the end [byte]. */
  readonly #codes: number;
  readonly #floats: number;
  readonly #ints: number;
  readonly #flags: number;
  readonly #texts: number;
  readonly #end: number;

  constructor(
    memory: StoredPropertiesMemory,
    size: number,
    codes: number,
    floats: number,
    ints: number,
    flags: number,
    flagCount: number,
    end: number,
  ) {
    this.#memory = memory;
    this.size = size;
    this.#codes = codes;
    this.#floats = floats;
    this.#ints = ints;
    this.#flags = flags;
    this.#texts = flags + flagCount;
    this.#end = end;
  }

  forEach(visit: (value: PropertyValue, name: string) => void): void {
    const { words, bytes, float64s, bigInt64s } = this.#memory;
    let float = this.#floats >>> 3;
    let int = this.#ints >>> 3;
    let flag = this.#flags;
    let text = this.#texts;
    let at = this.#codes;
    for (let left = this.size; left > 0; left -= 1) {
      let code = 0;
      let scale = 1;
      let byte: number;
      do {
        byte = bytes[at]!;
        at += 1;
        code += (byte & 0x7f) * scale;
        scale *= 128;
      } while (byte >= 0x80);
      const name = words.textOf(Math.floor(code / 4));
      const type = code & 3;
      if (type === FLOAT) {
        visit(float64s[float]!, name);
        float += 1;
      } else if (type === INT) {
        visit(bigInt64s[int]!, name);
        int += 1;
      } else if (type === FLAG) {
        visit(bytes[flag] === 1, name);
        flag += 1;
      } else {
        let length = 0;
        scale = 1;
        do {
          byte = bytes[text]!;
          text += 1;
          length += (byte & 0x7f) * scale;
          scale *= 128;
        } while (byte >= 0x80);
        if (text + length > this.#end) throw cutShort(this.#end - text, length);
        visit(bytes.toString('utf8', text, text + length), name);
        text += length;
      }
    }
  }
}

function cutShort(left: number, length: number): AntaresError {
  return new AntaresError(
    'ALERT_STORE_DAMAGED',
    `a text of a locus has ${Math.max(0, left)} bytes where ${length} belong; restore the store from a backup`,
  );
}
