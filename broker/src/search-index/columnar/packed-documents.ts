import type { PropertyValue } from '../../model/property.ts';
import type { LocusDocument } from '../search-index.ts';

/** Which of the arrays of {@link PackedDocuments} a value is in, and as what. */
export const VALUE = {
  /** `numbers` */
  float: 0,
  /** `numbers`; an integer that a double holds */
  integer: 1,
  /** `numbers`, 1 or 0 */
  flag: 2,
  /** `longIntegers` */
  longInteger: 3,
  /** `texts` */
  text: 4,
} as const;
/** Bits of a code that say which {@link VALUE} it is. */
export const VALUE_BITS = 3;

const encoder = new TextEncoder();

/**
 * Documents on their way into the columns, from another thread too: values in arrays that change hands without a copy,
 * names and lists once. The receiver writes them into its columns as they are; documents, a Map each, would have to be
 * made there first.
 */
export interface PackedDocuments {
  readonly locusIds: readonly string[];
  readonly birthTrixels: Float64Array;
  /** ra, dec, ra, dec, … */
  readonly positions: Float64Array;
  /** Different lists of names. */
  readonly lists: readonly (readonly string[])[];
  /** tags, catalogs, watch lists of each document, as indexes of `lists`. */
  readonly listNumbers: Uint32Array;
  /** Different names of properties. */
  readonly names: readonly string[];
  /** Properties of each document. */
  readonly propertyCounts: Uint32Array;
  /** For each property: its name as an index of `names`, shifted by {@link VALUE_BITS}, plus its {@link VALUE}. */
  readonly codes: Uint32Array;
  /** Doubles, integers that a double holds, flags, in the order of their codes; some room may be left over. */
  readonly numbers: Float64Array;
  /** Larger integers, of 64 bits. */
  readonly longIntegers: BigInt64Array;
  /** UTF-8 of all texts, one after the other. */
  readonly texts: Uint8Array;
  /** Where each text ends. */
  readonly textEnds: Uint32Array;
}

/** Packs documents. */
export function packDocuments(documents: readonly LocusDocument[]): PackedDocuments {
  return new Packer(documents).packed;
}

/** The memory of packed documents that changes hands. */
export function transferListOf(packed: PackedDocuments): ArrayBuffer[] {
  const { birthTrixels, positions, listNumbers, propertyCounts } = packed;
  const { codes, numbers, longIntegers, texts, textEnds } = packed;
  const arrays = [birthTrixels, positions, listNumbers, propertyCounts, codes, numbers, longIntegers, texts, textEnds];
  return arrays.map(({ buffer }) => buffer as ArrayBuffer);
}

class Packer {
  readonly packed: PackedDocuments;
  readonly #names = new Interned<string>();
  /** By number of a name: the one that came after it the last time. Most loci have the same properties in the same order. */
  readonly #following: number[] = [];
  #previous = 0;
  readonly #codes: Uint32Array;
  readonly #numbers: Float64Array;
  #property = 0;
  #number = 0;
  readonly #longIntegers: bigint[] = [];
  #texts = new Uint8Array(4096);
  readonly #textEnds: number[] = [];
  #textEnd = 0;

  constructor(documents: readonly LocusDocument[]) {
    const count = documents.reduce((sum, { properties }) => sum + properties.size, 0);
    this.#codes = new Uint32Array(count);
    this.#numbers = new Float64Array(count);
    const lists = new Interned<readonly string[]>();
    const birthTrixels = new Float64Array(documents.length);
    const positions = new Float64Array(2 * documents.length);
    const listNumbers = new Uint32Array(3 * documents.length);
    const propertyCounts = new Uint32Array(documents.length);
    for (const [i, document] of documents.entries()) {
      birthTrixels[i] = document.ref.birthTrixel;
      positions[2 * i] = document.ra;
      positions[2 * i + 1] = document.dec;
      listNumbers[3 * i] = lists.numberOf(keyOf(document.tags), document.tags);
      listNumbers[3 * i + 1] = lists.numberOf(keyOf(document.catalogs), document.catalogs);
      listNumbers[3 * i + 2] = lists.numberOf(keyOf(document.watchLists), document.watchLists);
      propertyCounts[i] = document.properties.size;
      document.properties.forEach(this.#take);
    }
    this.packed = {
      locusIds: documents.map(({ ref }) => ref.locusId),
      birthTrixels,
      positions,
      lists: lists.values,
      listNumbers,
      names: this.#names.values,
      propertyCounts,
      codes: this.#codes,
      numbers: this.#numbers,
      longIntegers: BigInt64Array.from(this.#longIntegers),
      texts: this.#texts.slice(0, this.#textEnd),
      textEnds: Uint32Array.from(this.#textEnds),
    };
  }

  readonly #take = (value: PropertyValue, name: string): void => {
    let kind: number;
    if (typeof value === 'number') {
      kind = VALUE.float;
      this.#putNumber(value);
    } else if (typeof value === 'bigint') {
      const number = Number(value);
      if (Number.isSafeInteger(number)) {
        kind = VALUE.integer;
        this.#putNumber(number);
      } else {
        kind = VALUE.longInteger;
        this.#longIntegers.push(BigInt.asIntN(64, value));
      }
    } else if (typeof value === 'string') {
      kind = VALUE.text;
      this.#putText(value);
    } else {
      kind = VALUE.flag;
      this.#putNumber(value ? 1 : 0);
    }
    this.#codes[this.#property] = (this.#numberOf(name) << VALUE_BITS) + kind;
    this.#property += 1;
  };

  #numberOf(name: string): number {
    const guess = this.#following[this.#previous];
    if (guess !== undefined && this.#names.values[guess] === name) {
      this.#previous = guess;
      return guess;
    }
    const number = this.#names.numberOf(name, name);
    this.#following[this.#previous] = number;
    this.#previous = number;
    return number;
  }

  #putNumber(value: number): void {
    this.#numbers[this.#number] = value;
    this.#number += 1;
  }

  #putText(text: string): void {
    const most = this.#textEnd + 3 * text.length;
    if (most > this.#texts.length) {
      const larger = new Uint8Array(2 * most);
      larger.set(this.#texts);
      this.#texts = larger;
    }
    const texts = this.#texts;
    let end = this.#textEnd;
    for (let i = 0; i < text.length; i += 1) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) {
        end = this.#textEnd + encoder.encodeInto(text, texts.subarray(this.#textEnd)).written;
        break;
      }
      texts[end] = unit;
      end += 1;
    }
    this.#textEnd = end;
    this.#textEnds.push(end);
  }
}

function keyOf(list: readonly string[]): string {
  if (list.length === 0) return '';
  return list.length === 1 ? `1${list[0]}` : JSON.stringify(list);
}

/** Values under small numbers. */
class Interned<T> {
  readonly values: T[] = [];
  readonly #numbers = new Map<string, number>();

  numberOf(key: string, value: T): number {
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.values.length;
      this.#numbers.set(key, number);
      this.values.push(value);
    }
    return number;
  }
}
