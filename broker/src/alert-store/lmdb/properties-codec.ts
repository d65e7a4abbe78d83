import type { Properties, PropertyValue } from '../../model/property.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import type { Words } from './words.ts';

/** How a value is kept: the two lowest bits of its code. */
export const [FLOAT, INT, TEXT, FLAG] = [0, 1, 2, 3] as const;

/**
 * Writes and reads properties, in their order and with their types.
 *
 * `count`; for each property `word × 4 + type` as a varint; then, aligned to eight bytes, all floats, then all
 * integers (64 bits); then flags, a byte each; then texts. About ten bytes a number.
 */
export class PropertiesCodec {
  readonly #words: Words;
  #floats = new Float64Array(256);
  #codes = new Float64Array(256);
  readonly #ints: bigint[] = [];
  readonly #texts: string[] = [];
  readonly #flags: boolean[] = [];
  /** By word: the one that came after it the last time. Most loci have the same properties in the same order. */
  readonly #following: (number | undefined)[] = [];
  #previous = 0;
  #count = 0;
  #floatCount = 0;
  #missing = false;

  constructor(words: Words) {
    this.#words = words;
  }

  /** @throws TypeError  for an integer of more than 64 bits */
  write(writer: ByteWriter, properties: Properties): void {
    this.#collect(properties);
    if (this.#missing) {
      // All new names at once: each transaction of the dictionary costs a sync of the disk.
      this.#words.add(properties.keys());
      this.#collect(properties);
    }
    writer.varint(this.#count);
    for (let i = 0; i < this.#count; i += 1) writer.varint(this.#codes[i]!);
    writer.align(8);
    writer.float64s(this.#floats, this.#floatCount);
    for (const value of this.#ints) {
      if (!writer.int64(value)) throw new TypeError(`an integer property is of 64 bits, got ${value}`);
    }
    for (const value of this.#flags) writer.uint8(value ? 1 : 0);
    for (const value of this.#texts) writer.text(value);
  }

  read(reader: ByteReader): Properties {
    const properties: Properties = new Map();
    const count = reader.varint();
    if (count === 0) {
      reader.align(8);
      return properties;
    }
    const codes = this.#codesOf(count);
    let floatCount = 0;
    let intCount = 0;
    let flagCount = 0;
    for (let i = 0; i < count; i += 1) {
      const code = reader.varint();
      codes[i] = code;
      const type = code & 3;
      if (type === FLOAT) floatCount += 1;
      else if (type === INT) intCount += 1;
      else if (type === FLAG) flagCount += 1;
    }
    reader.align(8);
    const { float64s, bigInt64s, bytes } = reader;
    let floatAt = reader.position >>> 3;
    let intAt = floatAt + floatCount;
    let flagAt = (intAt + intCount) * 8;
    reader.position = flagAt + flagCount;
    for (let i = 0; i < count; i += 1) {
      const code = codes[i]!;
      const name = this.#words.textOf(Math.floor(code / 4));
      switch (code & 3) {
        case FLOAT:
          properties.set(name, float64s[floatAt++]!);
          break;
        case INT:
          properties.set(name, bigInt64s[intAt++]!);
          break;
        case FLAG:
          properties.set(name, bytes[flagAt++] === 1);
          break;
        default:
          properties.set(name, reader.text());
      }
    }
    return properties;
  }

  #codesOf(count: number): Float64Array {
    if (this.#codes.length < count) {
      this.#codes = new Float64Array(count * 2);
      this.#floats = new Float64Array(count * 2);
    }
    return this.#codes;
  }

  #collect(properties: Properties): void {
    this.#codesOf(properties.size);
    this.#count = 0;
    this.#floatCount = 0;
    this.#ints.length = 0;
    this.#texts.length = 0;
    this.#flags.length = 0;
    this.#missing = false;
    properties.forEach(this.#take);
  }

  #wordOf(name: string): number | undefined {
    const guess = this.#following[this.#previous];
    if (guess !== undefined && this.#words.textOf(guess) === name) {
      this.#previous = guess;
      return guess;
    }
    const word = this.#words.find(name);
    if (word !== undefined) {
      this.#following[this.#previous] = word;
      this.#previous = word;
    }
    return word;
  }

  readonly #take = (value: PropertyValue, name: string): void => {
    const word = this.#wordOf(name);
    if (word === undefined) {
      this.#missing = true;
      return;
    }
    let type: number;
    if (typeof value === 'number') {
      type = FLOAT;
      this.#floats[this.#floatCount++] = value;
    } else if (typeof value === 'bigint') {
      type = INT;
      this.#ints.push(value);
    } else if (typeof value === 'string') {
      type = TEXT;
      this.#texts.push(value);
    } else {
      type = FLAG;
      this.#flags.push(value);
    }
    this.#codes[this.#count++] = word * 4 + type;
  };
}
