import type { PropertyType } from '../../model/property.ts';
import { isLocusField, PROPERTY_PREFIX, SURVEY_PROPERTY } from '../query/fields.ts';
import type { FieldDescription, SortValue } from '../search-index.ts';
import { ByteDictionary } from './byte-dictionary.ts';
import { NumberColumn } from './number-column.ts';

/** Texts or lists of texts by row: codes of a dictionary. */
export class TextColumn {
  readonly codes: NumberColumn;
  readonly dictionary: ByteDictionary;

  constructor(codes = new NumberColumn(), dictionary = new ByteDictionary()) {
    this.codes = codes;
    this.dictionary = dictionary;
  }

  set(row: number, text: string): void {
    const before = this.codes.get(row) as number | undefined;
    const code = this.dictionary.exchange(before ?? -1, text);
    if (code !== before) this.codes.set(row, code);
  }

  /** @param texts  sorted, unique, not empty */
  setList(row: number, texts: readonly string[]): void {
    const before = this.codes.get(row) as number | undefined;
    const code = this.dictionary.exchangeList(before ?? -1, texts);
    if (code !== before) this.codes.set(row, code);
  }

  clear(row: number): void {
    const code = this.codes.get(row);
    if (code === undefined) return;
    this.codes.clear(row);
    this.dictionary.release(code as number);
  }
}

/** Kinds of columns that a field can have. */
export type ColumnKind = 'float' | 'int' | 'text' | 'flag';

/**
 * What is kept of one field: a column for each kind of value that it ever had, mostly one. A row has a value in one of
 * them at most.
 */
export class FieldColumns {
  readonly name: string;
  float: NumberColumn | undefined;
  int: NumberColumn | undefined;
  text: TextColumn | undefined;
  /** 1 and 0. */
  flag: NumberColumn | undefined;
  /** Types that it was said to have, before any value. */
  readonly declared = new Set<PropertyType>();
  /** The last put that gave it a value. */
  stamp = 0;

  constructor(name: string) {
    this.name = name;
  }

  setNumber(row: number, value: number): void {
    this.float ??= new NumberColumn();
    this.float.set(row, value);
    if (this.#isMixed('float')) this.#clearOthers(row, 'float');
  }

  /** @param value  of 64 bits */
  setInteger(row: number, value: number | bigint): void {
    this.int ??= new NumberColumn();
    this.int.set(row, value);
    if (this.#isMixed('int')) this.#clearOthers(row, 'int');
  }

  setText(row: number, value: string): void {
    this.text ??= new TextColumn();
    this.text.set(row, value);
    if (this.#isMixed('text')) this.#clearOthers(row, 'text');
  }

  setList(row: number, values: readonly string[]): void {
    this.text ??= new TextColumn();
    this.text.setList(row, values);
    if (this.#isMixed('text')) this.#clearOthers(row, 'text');
  }

  setFlag(row: number, value: boolean): void {
    this.flag ??= new NumberColumn();
    this.flag.set(row, value ? 1 : 0);
    if (this.#isMixed('flag')) this.#clearOthers(row, 'flag');
  }

  clear(row: number): void {
    this.#clearOthers(row, undefined);
  }

  /** Documents with a value. */
  get count(): number {
    return (this.float?.count ?? 0) + (this.int?.count ?? 0) + (this.text?.codes.count ?? 0) + (this.flag?.count ?? 0);
  }

  get holdsText(): boolean {
    return this.text !== undefined || this.declared.has('str');
  }

  get holdsNumbers(): boolean {
    return this.float !== undefined || this.int !== undefined || this.declared.has('float') || this.declared.has('int');
  }

  /** What a hit is sorted by: of a list the least element in ascending order, the greatest in descending. */
  sortValue(row: number, order: 'asc' | 'desc'): SortValue {
    const float = this.float?.get(row);
    if (float !== undefined) return float;
    const integer = this.int?.get(row);
    if (integer !== undefined) return BigInt(integer);
    const code = this.text?.codes.get(row);
    if (code !== undefined) {
      const elements = this.text!.dictionary.elementsOf(code as number);
      return order === 'asc' ? elements[0] : elements.at(-1);
    }
    const flag = this.flag?.get(row);
    return flag === undefined ? undefined : flag === 1;
  }

  describe(): FieldDescription {
    return { name: this.name, type: this.#type(), documents: this.count };
  }

  /** Bytes in memory. */
  get memory(): number {
    const numbers = [this.float, this.int, this.flag, this.text?.codes];
    return numbers.reduce((sum, column) => sum + (column?.memory ?? 0), this.text?.dictionary.memory ?? 0);
  }

  #type(): FieldDescription['type'] {
    if (this.name === 'ra' || this.name === 'dec') return 'position';
    if (this.name === 'htm16') return 'int';
    if (isLocusField(this.name) || this.name.startsWith(`${PROPERTY_PREFIX}${SURVEY_PROPERTY}.`)) return 'keyword';
    const counts: readonly (readonly [FieldDescription['type'], number])[] = [
      ['float', this.float?.count ?? 0],
      ['int', this.int?.count ?? 0],
      ['str', this.text?.codes.count ?? 0],
      ['bool', this.flag?.count ?? 0],
    ];
    const most = counts.reduce((best, each) => (each[1] > best[1] ? each : best));
    if (most[1] > 0) return most[0];
    if (this.declared.size > 0) return [...this.declared][0]!;
    return this.float !== undefined
      ? 'float'
      : this.int !== undefined
        ? 'int'
        : this.text !== undefined
          ? 'str'
          : 'bool';
  }

  /** Whether there are columns of other kinds. */
  #isMixed(kind: ColumnKind): boolean {
    return (
      (kind !== 'float' && this.float !== undefined) ||
      (kind !== 'int' && this.int !== undefined) ||
      (kind !== 'text' && this.text !== undefined) ||
      (kind !== 'flag' && this.flag !== undefined)
    );
  }

  #clearOthers(row: number, kept: ColumnKind | undefined): void {
    if (kept !== 'float' && this.float !== undefined) this.float.clear(row);
    if (kept !== 'int' && this.int !== undefined) this.int.clear(row);
    if (kept !== 'text' && this.text !== undefined) this.text.clear(row);
    if (kept !== 'flag' && this.flag !== undefined) this.flag.clear(row);
  }
}
