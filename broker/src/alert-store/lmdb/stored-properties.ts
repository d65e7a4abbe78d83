import type { PropertyList, PropertyValue } from '../../model/property.ts';
import type { ByteReader } from './byte-reader.ts';
import { FLAG, FLOAT, INT, propertiesCutShort } from './properties-codec.ts';
import type { Words } from './words.ts';

/** Memory taken at a time: some fifty loci. */
const BLOCK_BYTES = 1 << 18;

/**
 * Stored properties of several loci, copied out of the driver's buffer as they are: they are made one at a time for whoever
 * goes through them, and no map of them is.
 */
export class StoredPropertiesMemory {
  readonly #words: Words;
  #block = new Block(BLOCK_BYTES);
  #end = 0;

  constructor(words: Words) {
    this.#words = words;
  }

  /** Takes the rest of a value, which is properties as `PropertiesCodec` writes them. */
  take(reader: ByteReader): PropertyList {
    // Doubles lie at multiples of eight from the beginning of the value, so they do here.
    const from = reader.position & ~7;
    const length = reader.end - from;
    if (this.#end + length > this.#block.bytes.length) {
      this.#block = new Block(Math.max(BLOCK_BYTES, (length + 7) & ~7));
      this.#end = 0;
    }
    const at = this.#end;
    this.#block.bytes.set(reader.bytes.subarray(from, reader.end), at);
    this.#end = (at + length + 7) & ~7;
    const size = reader.varint();
    // Each takes up a byte at least: a number that is none is not counted up to.
    if (size > length) throw propertiesCutShort(length, size);
    const codes = at + reader.position - from;
    let [floatCount, intCount, flagCount] = [0, 0, 0];
    for (let i = 0; i < size; i += 1) {
      const type = reader.varint() & 3;
      if (type === FLOAT) floatCount += 1;
      else if (type === INT) intCount += 1;
      else if (type === FLAG) flagCount += 1;
    }
    reader.align(8);
    const floats = at + reader.position - from;
    const ints = floats + 8 * floatCount;
    const flags = ints + 8 * intCount;
    const texts = flags + flagCount;
    reader.position += texts - floats;
    const places = { codes, floats, ints, flags, texts, end: at + length };
    return new StoredProperties(this.#words, this.#block, size, places);
  }
}

class Block {
  readonly bytes: Buffer;
  readonly float64s: Float64Array;
  readonly bigInt64s: BigInt64Array;

  /** @param size  [byte], a multiple of 8 */
  constructor(size: number) {
    this.bytes = Buffer.allocUnsafeSlow(size);
    this.float64s = new Float64Array(this.bytes.buffer);
    this.bigInt64s = new BigInt64Array(this.bytes.buffer);
  }
}

/** Where in a block the first code, float, integer, flag and text are, and the end [byte]. */
interface Places {
  readonly codes: number;
  readonly floats: number;
  readonly ints: number;
  readonly flags: number;
  readonly texts: number;
  readonly end: number;
}

/** Properties where {@link StoredPropertiesMemory} has them. */
class StoredProperties implements PropertyList {
  readonly size: number;
  readonly #words: Words;
  readonly #block: Block;
  readonly #places: Places;

  constructor(words: Words, block: Block, size: number, places: Places) {
    this.#words = words;
    this.#block = block;
    this.size = size;
    this.#places = places;
  }

  forEach(visit: (value: PropertyValue, name: string) => void): void {
    const words = this.#words;
    const { bytes, float64s, bigInt64s } = this.#block;
    const { codes, floats, ints, flags, texts, end } = this.#places;
    let float = floats >>> 3;
    let int = ints >>> 3;
    let flag = flags;
    let text = texts;
    let at = codes;
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
        if (text + length > end) throw propertiesCutShort(end - text, length);
        visit(bytes.toString('utf8', text, text + length), name);
        text += length;
      }
    }
  }
}
