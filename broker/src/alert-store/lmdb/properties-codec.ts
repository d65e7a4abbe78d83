import { AntaresError } from '../../model/errors.ts';
import type { Properties, PropertyValue } from '../../model/property.ts';
import {
  FLAG_SLOT,
  FLOAT_SLOT,
  INT_SLOT,
  PropertyTable,
  propertyName,
  propertyNumber,
  TEXT_SLOT,
} from '../../model/property-table.ts';
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
  /** Words by number of a property's name, and the other way round, where they were needed so far. */
  readonly #wordOf: (number | undefined)[] = [];
  readonly #numberOf: (number | undefined)[] = [];
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

  /**
   * Reads properties.
   *
   * @param tableFor  an empty table, given how many there are
   * @throws ALERT_STORE_DAMAGED  for more than there can be
   */
  read(reader: ByteReader, tableFor: (count: number) => PropertyTable): PropertyTable {
    const count = reader.varint();
    const left = reader.end - reader.position;
    // Each takes up a byte at least: a number that is none is not counted up to.
    if (count > left) throw propertiesCutShort(left, count);
    const table = tableFor(count);
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
      const number = this.#numberOfWord(Math.floor(code / 4));
      switch (code & 3) {
        case FLOAT:
          table.setFloat(number, float64s[floatAt++]!);
          break;
        case INT:
          table.setInt(number, bigInt64s[intAt++]!);
          break;
        case FLAG:
          table.setFlag(number, bytes[flagAt++] === 1);
          break;
        default:
          table.setText(number, reader.text());
      }
    }
    return table;
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
    if (properties instanceof PropertyTable) this.#takeTable(properties);
    else properties.forEach(this.#take);
  }

  #takeTable(table: PropertyTable): void {
    for (let slot = 0; slot < table.slots; slot += 1) {
      const type = table.typeAt(slot);
      if (type > FLAG_SLOT) continue;
      const word = this.#wordOfNumber(table.numberAt(slot));
      if (word === undefined) {
        this.#missing = true;
        continue;
      }
      if (type === FLOAT_SLOT) this.#takeFloat(word, table.floatAt(slot));
      else if (type === INT_SLOT) this.#takeInt(word, table.intAt(slot));
      else if (type === TEXT_SLOT) this.#takeText(word, table.textAt(slot));
      else this.#takeFlag(word, table.flagAt(slot));
    }
  }

  readonly #take = (value: PropertyValue, name: string): void => {
    const word = this.#wordOfNumber(propertyNumber(name));
    if (word === undefined) {
      this.#missing = true;
      return;
    }
    if (typeof value === 'number') this.#takeFloat(word, value);
    else if (typeof value === 'bigint') this.#takeInt(word, value);
    else if (typeof value === 'string') this.#takeText(word, value);
    else this.#takeFlag(word, value);
  };

  #takeFloat(word: number, value: number): void {
    this.#floats[this.#floatCount++] = value;
    this.#codes[this.#count++] = word * 4 + FLOAT;
  }

  #takeInt(word: number, value: bigint): void {
    this.#ints.push(value);
    this.#codes[this.#count++] = word * 4 + INT;
  }

  #takeText(word: number, value: string): void {
    this.#texts.push(value);
    this.#codes[this.#count++] = word * 4 + TEXT;
  }

  #takeFlag(word: number, value: boolean): void {
    this.#flags.push(value);
    this.#codes[this.#count++] = word * 4 + FLAG;
  }

  #wordOfNumber(number: number): number | undefined {
    const known = this.#wordOf[number];
    if (known !== undefined) return known;
    const word = this.#words.find(propertyName(number));
    if (word !== undefined) this.#wordOf[number] = word;
    return word;
  }

  #numberOfWord(word: number): number {
    const known = this.#numberOf[word];
    if (known !== undefined) return known;
    const number = propertyNumber(this.#words.textOf(word));
    this.#numberOf[word] = number;
    return number;
  }
}

/** Why properties cannot be read. @param left, length  bytes that there are, and that belong there */
export function propertiesCutShort(left: number, length: number): AntaresError {
  return new AntaresError(
    'ALERT_STORE_DAMAGED',
    `properties of a locus have ${Math.max(0, left)} bytes where ${length} belong; restore the store from a backup`,
  );
}
