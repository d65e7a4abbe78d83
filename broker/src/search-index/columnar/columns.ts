import type { LocusId } from '../../model/ids.ts';
import type { LocusRef } from '../../model/locus.ts';
import type { PropertyValue } from '../../model/property.ts';
import { htmIdOf } from '../../sky/htm/locate.ts';
import { checkPosition } from '../check-position.ts';
import {
  type FieldCatalog,
  HTM_FIELD_LEVEL,
  isLocusField,
  LOCUS_FIELDS,
  type LocusField,
  PROPERTY_PREFIX,
  SURVEY_PROPERTY,
} from '../query/fields.ts';
import { compareText } from '../query/text-order.ts';
import type { FieldDescription, KnownProperty, LocusDocument } from '../search-index.ts';
import { surveyLists } from '../survey-lists.ts';
import { ByteDictionary } from './byte-dictionary.ts';
import { CHUNK_MASK, CHUNK_SHIFT, CHUNK_WORDS, type RowSet } from './chunks.ts';
import { FieldColumns } from './field-columns.ts';
import { NumberColumn } from './number-column.ts';
import type { PackedDocuments } from './packed-documents.ts';
import { SkyCells } from './sky-cells.ts';

const SURVEY_FIELD = PROPERTY_PREFIX + SURVEY_PROPERTY;

/**
 * All documents, column by column: what the searches of this adapter read.
 *
 * A document is a row. Its number is the code of the locus id in a dictionary; a row that is removed is given to the next
 * new locus, so numbers stay dense.
 */
export class Columns implements FieldCatalog {
  readonly ids: ByteDictionary;
  readonly birthTrixels: NumberColumn;
  readonly fields = new Map<string, FieldColumns>();
  readonly #properties = new Map<string, FieldColumns>();
  /** Fields that a document may be without: all but where it is. */
  #optional: readonly FieldColumns[] = [];
  readonly ra: NumberColumn;
  readonly dec: NumberColumn;
  readonly htm16: NumberColumn;
  readonly cells = new SkyCells();
  /** Rows in use, by chunk. */
  readonly live: RowSet[] = [];
  /** What puts locus ids in order, mostly: see {@link idSortKey}. */
  #idKeys = new Float64Array(1024);
  /** Fields with a value, by row: an update that replaces as many has nothing to take away. */
  #valueCounts = new Uint16Array(1024);
  /** Of the row that is being written: fields that were given a value, and those of them that had one before. */
  #given = 0;
  #replaced = 0;
  /** Counts the documents that were put. */
  #stamp = 0;
  /** Whether the row that is being written is new. */
  #isNew = false;
  #names: readonly string[] | undefined;

  constructor(ids = new ByteDictionary(), birthTrixels = new NumberColumn(), fields: readonly FieldColumns[] = []) {
    this.ids = ids;
    this.birthTrixels = birthTrixels;
    for (const name of Object.keys(LOCUS_FIELDS)) this.#add(new FieldColumns(name));
    for (const field of fields) this.#add(field);
    const numbersOf = (name: LocusField): NumberColumn => {
      const field = this.fields.get(name)!;
      field.float ??= new NumberColumn();
      return field.float;
    };
    this.ra = numbersOf('ra');
    this.dec = numbersOf('dec');
    this.htm16 = numbersOf('htm16');
    for (let row = 0; row < ids.size; row += 1) if (ids.isLive(row)) this.#begin(row);
    this.#countValues();
    for (let row = 0; row < ids.size; row += 1) {
      const htm16 = this.htm16.get(row);
      if (htm16 !== undefined) this.cells.add(row, htm16 as number);
    }
  }

  /** Works out how many fields of each row have a value, after a snapshot was read. */
  #countValues(): void {
    const words = new Int32Array(CHUNK_WORDS);
    for (const { float, int, flag, text } of this.#optional) {
      for (const column of [float, int, flag, text?.codes]) {
        if (column === undefined || column.count === 0) continue;
        for (let chunk = 0; chunk < column.chunks.length; chunk += 1) {
          words.fill(-1);
          column.restrictToPresent(chunk, words);
          for (let w = 0; w < CHUNK_WORDS; w += 1) {
            for (let left = words[w]!; left !== 0; left &= left - 1) {
              this.#valueCounts[(chunk << CHUNK_SHIFT) + (w << 5) + 31 - Math.clz32(left & -left)]! += 1;
            }
          }
        }
      }
    }
  }

  /** Number of documents. */
  get count(): number {
    return this.ids.live;
  }

  /** Adds documents or replaces those of the same loci; none where one of them cannot be. */
  put(documents: readonly LocusDocument[]): void {
    for (const { ref, ra, dec } of documents) checkPosition(ref.locusId, ra, dec);
    for (const document of documents) this.#put(document);
  }

  /** As {@link put}, of documents from another thread, without making them first. */
  putPacked(packed: PackedDocuments): void {
    const { locusIds, birthTrixels, positions, listNumbers, names, nameNumbers, numbers, others } = packed;
    const lists = packed.lists.map(sortedTexts);
    for (let i = 0; i < locusIds.length; i += 1) checkPosition(locusIds[i]!, positions[2 * i]!, positions[2 * i + 1]!);
    /** By number of the name; found when the first value comes. */
    const fields: (FieldColumns | undefined)[] = names.map(() => undefined);
    let property = 0;
    let number = 0;
    let other = 0;
    for (let i = 0; i < locusIds.length; i += 1) {
      const row = this.#open(locusIds[i]!, birthTrixels[i]!, positions[2 * i]!, positions[2 * i + 1]!);
      this.#setList(row, 'tags', lists[listNumbers[3 * i]!]!);
      this.#setList(row, 'catalogs', lists[listNumbers[3 * i + 1]!]!);
      this.#setList(row, 'watch_lists', lists[listNumbers[3 * i + 2]!]!);
      for (let left = packed.propertyCounts[i]!; left > 0; left -= 1) {
        const nameNumber = nameNumbers[property]!;
        const at = nameNumber >>> 1;
        property += 1;
        let value: PropertyValue;
        if ((nameNumber & 1) === 0) {
          value = numbers[number]!;
          number += 1;
        } else {
          value = others[other]!;
          other += 1;
        }
        if (!isValue(value)) continue;
        fields[at] ??= this.#propertyField(names[at]!);
        this.#setProperty(row, fields[at], value);
      }
      this.#close(row);
    }
  }

  /** Takes a document out; an unknown one is passed over. */
  remove(locusId: string): void {
    const row = this.ids.find(locusId);
    if (row < 0) return;
    this.cells.remove(row, this.htm16.get(row) as number);
    for (const field of this.fields.values()) field.clear(row);
    this.birthTrixels.clear(row);
    this.#valueCounts[row] = 0;
    this.live[row >>> CHUNK_SHIFT]![(row & CHUNK_MASK) >>> 5]! &= ~(1 << (row & 31));
    this.ids.release(row);
  }

  refOf(row: number): LocusRef {
    return { locusId: this.ids.textOf(row) as LocusId, birthTrixel: this.birthTrixels.get(row) as number };
  }

  /** A number that grows with the locus id, not strictly: ids of different keys are in the order of their keys. */
  idKeyOf(row: number): number {
    return this.#idKeys[row]!;
  }

  /** Makes properties known before a document has them. */
  define(properties: readonly KnownProperty[]): void {
    for (const { name, type } of properties) {
      if (this.fields.has(PROPERTY_PREFIX + name)) continue;
      const field = new FieldColumns(PROPERTY_PREFIX + name);
      field.declared.add(type);
      this.#add(field);
    }
  }

  has(name: string): boolean {
    return this.fields.has(name);
  }

  names(): readonly string[] {
    this.#names ??= [...this.fields.keys()].sort();
    return this.#names;
  }

  holdsText(name: string): boolean {
    if (isLocusField(name)) return LOCUS_FIELDS[name] === 'keyword';
    return this.fields.get(name)?.holdsText === true;
  }

  holdsNumbers(name: string): boolean {
    if (isLocusField(name)) return LOCUS_FIELDS[name] !== 'keyword';
    return this.fields.get(name)?.holdsNumbers === true;
  }

  descriptions(): FieldDescription[] {
    return this.names().map((name) => {
      const description = this.fields.get(name)!.describe();
      return name === 'locus_id' ? { ...description, documents: this.count } : description;
    });
  }

  /** Bytes in memory, by what they hold. */
  memory(): Record<string, number> {
    const result: Record<string, number> = {
      ids: this.ids.memory + this.#idKeys.byteLength + this.#valueCounts.byteLength + this.birthTrixels.memory,
      cells: this.cells.memory,
    };
    for (const [name, field] of this.fields) result[name] = field.memory;
    return result;
  }

  #put({ ref, ra, dec, tags, catalogs, watchLists, properties }: LocusDocument): void {
    const row = this.#open(ref.locusId, ref.birthTrixel, ra, dec);
    this.#setList(row, 'tags', sortedTexts(tags));
    this.#setList(row, 'catalogs', sortedTexts(catalogs));
    this.#setList(row, 'watch_lists', sortedTexts(watchLists));
    for (const [name, value] of properties) {
      if (isValue(value)) this.#setProperty(row, this.#propertyField(name), value);
    }
    this.#close(row);
  }

  /** Finds or makes the row of a locus, and begins to write it. */
  #open(locusId: string, birthTrixel: number, ra: number, dec: number): number {
    this.#stamp += 1;
    this.#given = 0;
    this.#replaced = 0;
    let row = this.ids.find(locusId);
    this.#isNew = row < 0;
    if (this.#isNew) {
      row = this.ids.acquire(locusId);
      this.#begin(row);
    }
    this.birthTrixels.set(row, birthTrixel);
    this.#place(row, ra, dec, this.#isNew);
    return row;
  }

  /** Takes away what the document before had and this one has not. */
  #close(row: number): void {
    const before = this.#valueCounts[row]!;
    this.#valueCounts[row] = this.#given;
    if (this.#replaced === before) return;
    for (const field of this.#optional) if (field.stamp !== this.#stamp) field.clear(row);
  }

  /** Notes that a field was given a value. @param count  its documents before */
  #note(field: FieldColumns, count: number): void {
    if (field.stamp === this.#stamp) return;
    field.stamp = this.#stamp;
    this.#given += 1;
    if (field.count === count) this.#replaced += 1;
  }

  /** The columns of a property; undefined for the one whose lists are fields of their own. */
  #propertyField(name: string): FieldColumns | undefined {
    const known = this.#properties.get(name);
    if (known !== undefined || name === SURVEY_PROPERTY) return known;
    const field = new FieldColumns(PROPERTY_PREFIX + name);
    this.#add(field);
    return field;
  }

  #setProperty(row: number, known: FieldColumns | undefined, value: PropertyValue): void {
    let field = known;
    if (field === undefined || field.name === SURVEY_FIELD) {
      const lists = typeof value === 'string' ? surveyLists(value) : undefined;
      if (lists !== undefined) {
        for (const [name, list] of lists) this.#setList(row, name, sortedTexts(list));
        return;
      }
      if (field === undefined) {
        field = new FieldColumns(SURVEY_FIELD);
        this.#add(field);
      }
    }
    const { count } = field;
    switch (typeof value) {
      case 'number':
        field.setNumber(row, value + 0);
        break;
      case 'string':
        field.setText(row, value);
        break;
      case 'boolean':
        field.setFlag(row, value);
        break;
      default: {
        const number = Number(value);
        field.setInteger(row, Number.isSafeInteger(number) ? number : BigInt.asIntN(64, value));
      }
    }
    this.#note(field, count);
  }

  #place(row: number, ra: number, dec: number, isNew: boolean): void {
    if (!isNew && this.ra.get(row) === ra && this.dec.get(row) === dec) return;
    const htm16 = htmIdOf(ra, dec, HTM_FIELD_LEVEL);
    if (!isNew) this.cells.remove(row, this.htm16.get(row) as number);
    this.ra.set(row, ra + 0);
    this.dec.set(row, dec + 0);
    this.htm16.set(row, htm16);
    this.cells.add(row, htm16);
  }

  /** @param texts  sorted, unique */
  #setList(row: number, name: string, texts: readonly string[]): void {
    if (texts.length === 0) return;
    let field = this.fields.get(name);
    if (field === undefined) {
      field = new FieldColumns(name);
      this.#add(field);
    }
    const { count } = field;
    field.setList(row, texts);
    this.#note(field, count);
  }

  #begin(row: number): void {
    const at = row >>> CHUNK_SHIFT;
    while (this.live.length <= at) this.live.push(new Int32Array(CHUNK_WORDS));
    this.live[at]![(row & CHUNK_MASK) >>> 5]! |= 1 << (row & 31);
    if (row >= this.#idKeys.length) {
      const larger = new Float64Array(Math.max(row + 1, Math.ceil(1.5 * this.#idKeys.length)));
      larger.set(this.#idKeys);
      this.#idKeys = larger;
      const counts = new Uint16Array(larger.length);
      counts.set(this.#valueCounts);
      this.#valueCounts = counts;
    }
    this.#idKeys[row] = idSortKey(this.ids.bytes, this.ids.startOf(row), this.ids.endOf(row));
  }

  #add(field: FieldColumns): void {
    this.fields.set(field.name, field);
    if (field.name.startsWith(PROPERTY_PREFIX)) this.#properties.set(field.name.slice(PROPERTY_PREFIX.length), field);
    this.#optional = [...this.fields.values()].filter(({ name }) => !isPlace(name));
    this.#names = undefined;
  }
}

/** Numbers that are none are missing values. */
function isValue(value: PropertyValue): boolean {
  return typeof value !== 'number' || Number.isFinite(value);
}

/** Texts in their order, each once. */
function sortedTexts(texts: readonly string[]): readonly string[] {
  for (let i = 1; i < texts.length; i += 1) {
    if (compareText(texts[i - 1]!, texts[i]!) >= 0) return [...new Set(texts)].sort(compareText);
  }
  return texts;
}

function isPlace(name: string): boolean {
  return name === 'ra' || name === 'dec' || name === 'htm16' || name === 'locus_id';
}

const [A, N, T] = [0x41, 0x4e, 0x54];

/**
 * The beginning of an id as a number: whether it begins with less than, exactly, or more than `ANT`, then six letters of
 * eight bits. Most ids differ there, and numbers compare faster than bytes.
 */
export function idSortKey(bytes: Uint8Array, start: number, end: number): number {
  const isAnt = end - start >= 3 && bytes[start] === A && bytes[start + 1] === N && bytes[start + 2] === T;
  const from = isAnt ? start + 3 : start;
  let key = 0;
  for (let i = 0; i < 6; i += 1) key = key * 256 + (from + i < end ? bytes[from + i]! : 0);
  if (isAnt) return key + 2 ** 48;
  return isBelowAnt(bytes, start, end) ? key : key + 2 * 2 ** 48;
}

function isBelowAnt(bytes: Uint8Array, start: number, end: number): boolean {
  const ant = [A, N, T];
  for (let i = 0; i < 3; i += 1) {
    if (start + i >= end) return true;
    const difference = bytes[start + i]! - ant[i]!;
    if (difference !== 0) return difference < 0;
  }
  return false;
}
