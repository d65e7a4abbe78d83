import type { PropertyValue } from '../../model/property.ts';
import type { LocusDocument } from '../search-index.ts';

/**
 * Documents on their way to another thread: numbers in arrays that change hands without a copy, names and lists once. The
 * receiver writes them into its columns as they are; clones of documents, a Map each, would have to be made there first.
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
  /** For each property: its name as an index of `names`, times two, plus one where the value is in `others`. */
  readonly nameNumbers: Uint32Array;
  /** Values that are doubles, in order. */
  readonly numbers: Float64Array;
  /** All other values, in order. */
  readonly others: readonly Exclude<PropertyValue, number>[];
}

/** Packs documents. */
export function packDocuments(documents: readonly LocusDocument[]): PackedDocuments {
  const count = documents.reduce((sum, { properties }) => sum + properties.size, 0);
  const lists = new Interned<readonly string[]>();
  const names = new Interned<string>();
  const birthTrixels = new Float64Array(documents.length);
  const positions = new Float64Array(2 * documents.length);
  const listNumbers = new Uint32Array(3 * documents.length);
  const propertyCounts = new Uint32Array(documents.length);
  const nameNumbers = new Uint32Array(count);
  const numbers = new Float64Array(count);
  const others: Exclude<PropertyValue, number>[] = [];
  let property = 0;
  let number = 0;
  for (const [i, document] of documents.entries()) {
    birthTrixels[i] = document.ref.birthTrixel;
    positions[2 * i] = document.ra;
    positions[2 * i + 1] = document.dec;
    for (const [k, list] of [document.tags, document.catalogs, document.watchLists].entries()) {
      listNumbers[3 * i + k] = lists.numberOf(list.length === 1 ? `1${list[0]}` : JSON.stringify(list), list);
    }
    propertyCounts[i] = document.properties.size;
    for (const [name, value] of document.properties) {
      const nameNumber = 2 * names.numberOf(name, name);
      if (typeof value === 'number') {
        nameNumbers[property] = nameNumber;
        numbers[number] = value;
        number += 1;
      } else {
        nameNumbers[property] = nameNumber + 1;
        others.push(value);
      }
      property += 1;
    }
  }
  return {
    locusIds: documents.map(({ ref }) => ref.locusId),
    birthTrixels,
    positions,
    lists: lists.values,
    listNumbers,
    names: names.values,
    propertyCounts,
    nameNumbers,
    numbers: numbers.slice(0, number),
    others,
  };
}

/** The memory of packed documents that changes hands. */
export function transferListOf(packed: PackedDocuments): ArrayBuffer[] {
  const { birthTrixels, positions, listNumbers, propertyCounts, nameNumbers, numbers } = packed;
  return [birthTrixels, positions, listNumbers, propertyCounts, nameNumbers, numbers].map(
    ({ buffer }) => buffer as ArrayBuffer,
  );
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
