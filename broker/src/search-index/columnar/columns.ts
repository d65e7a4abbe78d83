import type { LocusId } from '../../model/ids.ts';
import type { LocusRef } from '../../model/locus.ts';
import { htmIdOf } from '../../sky/htm/locate.ts';
import {
  type FieldCatalog,
  HTM_FIELD_LEVEL,
  isLocusField,
  LOCUS_FIELDS,
  type LocusField,
  PROPERTY_PREFIX,
} from '../query/fields.ts';
import type { FieldDescription, KnownProperty } from '../search-index.ts';
import { ByteDictionary } from './byte-dictionary.ts';
import { CHUNK_MASK, CHUNK_SHIFT, CHUNK_WORDS, type RowSet } from './chunks.ts';
import { FieldColumns } from './field-columns.ts';
import { NumberColumn } from './number-column.ts';
import { SkyCells } from './sky-cells.ts';

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

  /** Fields that a document may be without: all but where it is. */
  get optionalFields(): readonly FieldColumns[] {
    return this.#optional;
  }

  /** Fields with a value in a row; see {@link setValueCount}. */
  valueCountOf(row: number): number {
    return this.#valueCounts[row]!;
  }

  /** Notes how many optional fields have a value in a row: whoever writes a document keeps it right. */
  setValueCount(row: number, count: number): void {
    this.#valueCounts[row] = count;
  }

  /** Finds or makes the row of a locus, and puts it where it is on the sky; its other fields stay as they are. */
  open(locusId: string, birthTrixel: number, ra: number, dec: number): number {
    const row = this.ids.findOrAdd(locusId);
    const isNew = this.ids.wasAdded;
    if (isNew) this.#begin(row);
    this.birthTrixels.set(row, birthTrixel);
    this.#place(row, ra, dec, isNew);
    return row;
  }

  /** The columns of a property, made if need be. */
  propertyField(name: string): FieldColumns {
    return this.#properties.get(name) ?? this.fieldOf(PROPERTY_PREFIX + name);
  }

  /** The columns of a field by its canonical name, made if need be. */
  fieldOf(name: string): FieldColumns {
    let field = this.fields.get(name);
    if (field === undefined) {
      field = new FieldColumns(name);
      this.#add(field);
    }
    return field;
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

  #place(row: number, ra: number, dec: number, isNew: boolean): void {
    if (!isNew && this.ra.get(row) === ra && this.dec.get(row) === dec) return;
    const htm16 = htmIdOf(ra, dec, HTM_FIELD_LEVEL);
    if (!isNew) this.cells.remove(row, this.htm16.get(row) as number);
    this.ra.set(row, ra + 0);
    this.dec.set(row, dec + 0);
    this.htm16.set(row, htm16);
    this.cells.add(row, htm16);
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
