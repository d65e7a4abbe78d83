import type { PropertyType } from '../../model/property.ts';
import { isLocusField, PROPERTY_PREFIX, SURVEY_PROPERTY } from '../query/fields.ts';
import type { FieldDescription, SortValue } from '../search-index.ts';
import { NumberColumn } from './number-column.ts';
import { TextColumn } from './text-column.ts';

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

  constructor(name: string) {
    this.name = name;
  }

  /** The column of its texts, made if need be. */
  get texts(): TextColumn {
    this.text ??= new TextColumn();
    return this.text;
  }

  /**
   * Sets numbers of many rows.
   *
   * @param values  finite, no minus nought
   * @param had  set to 1 for each row that had a value before, of any kind, to 0 for the others
   */
  setNumbers(
    kind: 'float' | 'int' | 'flag',
    rows: Int32Array,
    values: Float64Array,
    count: number,
    had: Uint8Array,
  ): void {
    this[kind] ??= new NumberColumn();
    this[kind].setMany(rows, values, count, had);
    this.#clearOthersOfMany(rows, count, kind, had);
  }

  /** Sets an integer that no double holds. @param value  of 64 bits @returns whether it had a value before */
  setLongInteger(row: number, value: bigint): boolean {
    this.int ??= new NumberColumn();
    const { count } = this.int;
    this.int.set(row, value);
    return this.#clearOthers(row, 'int') || this.int.count === count;
  }

  /** Sets texts of many rows. See {@link TextColumn.setMany}. */
  setTexts(
    rows: Int32Array,
    bytes: Uint8Array,
    starts: ArrayLike<number>,
    ends: ArrayLike<number>,
    count: number,
    had: Uint8Array,
  ): void {
    this.texts.setMany(rows, bytes, starts, ends, count, had);
    this.#clearOthersOfMany(rows, count, 'text', had);
  }

  /** Sets a list. @param values  sorted, unique, not empty @returns whether it had a value before */
  setList(row: number, values: readonly string[]): boolean {
    const hadText = this.texts.setList(row, values);
    return this.#clearOthers(row, 'text') || hadText;
  }

  /** Takes the value of a row away. @returns whether it had one */
  clear(row: number): boolean {
    return this.#clearOthers(row, undefined);
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
    const elements = this.text?.elementsOf(row) ?? [];
    if (elements.length > 0) return order === 'asc' ? elements[0] : elements.at(-1);
    const flag = this.flag?.get(row);
    return flag === undefined ? undefined : flag === 1;
  }

  describe(): FieldDescription {
    return { name: this.name, type: this.#type(), documents: this.count };
  }

  /** Bytes in memory. */
  get memory(): number {
    const columns = [this.float, this.int, this.flag, this.text];
    return columns.reduce((sum, column) => sum + (column?.memory ?? 0), 0);
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

  /** @returns whether there was a value to take away */
  #clearOthers(row: number, kept: ColumnKind | undefined): boolean {
    let had = false;
    if (kept !== 'float' && this.float?.clear(row) === true) had = true;
    if (kept !== 'int' && this.int?.clear(row) === true) had = true;
    if (kept !== 'text' && this.text?.clear(row) === true) had = true;
    if (kept !== 'flag' && this.flag?.clear(row) === true) had = true;
    return had;
  }

  #clearOthersOfMany(rows: Int32Array, count: number, kept: ColumnKind, had: Uint8Array): void {
    if (!this.#isMixed(kept)) return;
    for (let i = 0; i < count; i += 1) if (this.#clearOthers(rows[i]!, kept)) had[i] = 1;
  }
}
