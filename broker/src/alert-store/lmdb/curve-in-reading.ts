import { LIGHT_CURVE_COLUMNS } from '../../model/light-curve.ts';
import { LightCurveBuilder } from '../../model/light-curve-builder.ts';
import type { CurveMemory } from './curve-memory.ts';
import { KnownIds } from './known-ids.ts';

/** Room for new points in a curve that was read. */
const SPARE_ROWS = 8;

/** A curve while its chunks are read: the columns of the builder are parts of one block of memory. */
export class CurveInReading {
  readonly builder = new LightCurveBuilder(0);
  /** Rows that there is room for. */
  readonly capacity: number;
  /** All columns, `capacity` values each, in the order of `LIGHT_CURVE_COLUMNS`. */
  readonly columns: Float64Array;
  /** The same memory as words. */
  readonly words: Uint32Array;
  readonly ids: KnownIds;

  /** @param rows  rows that will be read */
  constructor(rows: number, memory: CurveMemory) {
    const capacity = (rows + SPARE_ROWS + 7) & ~7;
    const doubles = LIGHT_CURVE_COLUMNS.length * capacity;
    const taken = memory.take(doubles * 8 + capacity * 11);
    const { memory: block, offset } = taken;
    this.capacity = capacity;
    this.columns = new Float64Array(block, offset, doubles);
    this.words = new Uint32Array(block, offset, doubles * 2);
    const { builder } = this;
    let at = offset + doubles * 8;
    this.ids = new KnownIds(taken, at, capacity);
    this.builder.adoptIds(this.ids);
    at += capacity * 9;
    builder.kind = new Uint8Array(block, at, capacity);
    builder.surveyNumber = new Uint8Array(block, at + capacity, capacity);
    for (let i = 0; i < LIGHT_CURVE_COLUMNS.length; i += 1) {
      builder[LIGHT_CURVE_COLUMNS[i]!] = new Float64Array(block, offset + i * capacity * 8, capacity);
    }
  }
}
