import { CHUNK_MASK, CHUNK_ROWS, CHUNK_SHIFT, CHUNK_WORDS, type RowSet } from './chunks.ts';
import { firstSlot } from './number-column.ts';

/** Upper halves of tails: the narrowest that gives them back. */
export type Highs = Uint8Array | Uint16Array | Int32Array;

/** Rows with a tail up to which a chunk keeps a list of them instead of a place for each row. */
const SPARSE_LIMIT = CHUNK_ROWS / 4;
const FIRST_CAPACITY = 8;

const kept = new Int32Array(CHUNK_WORDS);

/** A chunk of tails, as memory and disk have it. */
export interface TailChunk {
  /** Sparse: in the order of `rows`. Dense: by place in the chunk. */
  low: Int32Array;
  /** Undefined: nought, all of them. */
  high: Highs | undefined;
  /** Sparse: places with a tail, ascending, `count` of them. Undefined: dense. */
  rows: Uint16Array | undefined;
  count: number;
}

/**
 * Tails of texts by row: 64 bits in two halves. Which rows have one the codes of the text column say; in between there is
 * anything.
 */
export class TailColumn {
  readonly chunks: (TailChunk | undefined)[];
  /** The tail that was read last. */
  high = 0;
  low = 0;

  constructor(chunks: (TailChunk | undefined)[] = []) {
    this.chunks = chunks;
  }

  /** Sets the tail of a row. @param isNew  whether it had none before */
  set(row: number, high: number, low: number, isNew: boolean): void {
    const at = row >>> CHUNK_SHIFT;
    let chunk = this.chunks[at];
    if (chunk === undefined) {
      while (this.chunks.length <= at) this.chunks.push(undefined);
      chunk = { low: new Int32Array(FIRST_CAPACITY), high: undefined, rows: new Uint16Array(FIRST_CAPACITY), count: 0 };
      this.chunks[at] = chunk;
    }
    const slot = slotFor(chunk, row & CHUNK_MASK, isNew);
    chunk.low[slot] = low;
    let highs = chunk.high;
    if (highs === undefined) {
      if (high === 0) return;
      highs = widened(chunk, high);
    }
    // A store of its own for each kind: one that meets all of them is slower.
    if (highs instanceof Int32Array) highs[slot] = high;
    else if (high >>> (8 * highs.BYTES_PER_ELEMENT) !== 0) widened(chunk, high)[slot] = high;
    else if (highs instanceof Uint16Array) highs[slot] = high;
    else highs[slot] = high;
  }

  /** Takes the tail of a row away. @param row  with a tail */
  clear(row: number): void {
    const chunk = this.chunks[row >>> CHUNK_SHIFT]!;
    const { rows, count } = chunk;
    if (rows !== undefined) {
      const slot = firstSlot(rows, count, row & CHUNK_MASK);
      rows.copyWithin(slot, slot + 1, count);
      chunk.low.copyWithin(slot, slot + 1, count);
      chunk.high?.copyWithin(slot, slot + 1, count);
    }
    chunk.count -= 1;
    if (chunk.count === 0) this.chunks[row >>> CHUNK_SHIFT] = undefined;
  }

  /** Puts the tail of a row into {@link high} and {@link low}. @param row  with a tail */
  read(row: number): void {
    const chunk = this.chunks[row >>> CHUNK_SHIFT]!;
    const place = row & CHUNK_MASK;
    const slot = chunk.rows === undefined ? place : firstSlot(chunk.rows, chunk.count, place);
    this.low = chunk.low[slot]!;
    this.high = chunk.high === undefined ? 0 : chunk.high[slot]! | 0;
  }

  /** Keeps of a set of rows of a chunk those with a tail, and of those without one some. */
  restrictToTail(at: number, high: number, low: number, words: RowSet): void {
    const chunk = this.chunks[at];
    kept.fill(0);
    if (chunk !== undefined) {
      const { low: lows, rows, count } = chunk;
      const end = rows === undefined ? CHUNK_ROWS : count;
      // The engine looks for a number faster than a loop here does.
      for (let slot = lows.indexOf(low); slot >= 0 && slot < end; slot = lows.indexOf(low, slot + 1)) {
        const place = rows === undefined ? slot : rows[slot]!;
        if (highAt(chunk, slot) === high) kept[place >>> 5]! |= 1 << (place & 31);
      }
    }
    for (let w = 0; w < CHUNK_WORDS; w += 1) words[w]! &= kept[w]!;
  }

  /**
   * Keeps of a set of rows of a chunk those whose lower half is marked, and of those without a tail some.
   *
   * @param marks  by {@link markOf}
   */
  restrictToMarked(at: number, marks: Uint8Array, words: RowSet): void {
    const chunk = this.chunks[at];
    kept.fill(0);
    if (chunk !== undefined) {
      const { low, rows, count } = chunk;
      if (rows === undefined) {
        for (let i = 0; i < CHUNK_ROWS; i += 1) kept[i >>> 5]! |= marks[markOf(low[i]!)]! << (i & 31);
      } else {
        for (let i = 0; i < count; i += 1) kept[rows[i]! >>> 5]! |= marks[markOf(low[i]!)]! << (rows[i]! & 31);
      }
    }
    for (let w = 0; w < CHUNK_WORDS; w += 1) words[w]! &= kept[w]!;
  }

  /** Bytes in memory. */
  get memory(): number {
    let sum = 0;
    for (const chunk of this.chunks) {
      if (chunk === undefined) continue;
      sum += chunk.low.byteLength + (chunk.high?.byteLength ?? 0) + (chunk.rows?.byteLength ?? 0) + 200;
    }
    return sum;
  }
}

/** Marks for {@link TailColumn.restrictToMarked}. */
export const TAIL_MARKS = 1 << 14;

/** Which of so many marks stands for a lower half, and for one of so many others. */
export function markOf(low: number): number {
  return Math.imul(low, 0x9e3779b1) >>> 18;
}

function highAt({ high }: TailChunk, slot: number): number {
  return high === undefined ? 0 : high[slot]! | 0;
}

/** The slot of a place that is about to be written. */
function slotFor(chunk: TailChunk, place: number, isNew: boolean): number {
  const { rows, count } = chunk;
  if (rows === undefined) {
    if (isNew) chunk.count += 1;
    return place;
  }
  const slot = count > 0 && rows[count - 1]! < place ? count : firstSlot(rows, count, place);
  if (!isNew) return slot;
  chunk.count += 1;
  if (count === SPARSE_LIMIT) {
    makeDense(chunk);
    return place;
  }
  if (count === rows.length) resize(chunk, Math.min(SPARSE_LIMIT, Math.ceil(1.5 * count)));
  if (slot < count) {
    chunk.rows!.copyWithin(slot + 1, slot, count);
    chunk.low.copyWithin(slot + 1, slot, count);
    chunk.high?.copyWithin(slot + 1, slot, count);
  }
  chunk.rows![slot] = place;
  return slot;
}

function resize(chunk: TailChunk, capacity: number): void {
  const low = new Int32Array(capacity);
  low.set(chunk.low);
  const rows = new Uint16Array(capacity);
  rows.set(chunk.rows!);
  if (chunk.high !== undefined) {
    const high = newHighs(chunk.high.BYTES_PER_ELEMENT, capacity)!;
    high.set(chunk.high);
    chunk.high = high;
  }
  chunk.low = low;
  chunk.rows = rows;
}

function makeDense(chunk: TailChunk): void {
  const rows = chunk.rows!;
  const low = new Int32Array(CHUNK_ROWS);
  const high = newHighs(chunk.high?.BYTES_PER_ELEMENT ?? 0, CHUNK_ROWS);
  for (let i = 0; i < rows.length; i += 1) {
    low[rows[i]!] = chunk.low[i]!;
    if (high !== undefined) high[rows[i]!] = chunk.high![i]!;
  }
  chunk.low = low;
  chunk.high = high;
  chunk.rows = undefined;
}

/** Upper halves that have room for one more. */
function widened(chunk: TailChunk, high: number): Highs {
  const wider = newHighs(high >>> 8 === 0 ? 1 : high >>> 16 === 0 ? 2 : 4, chunk.low.length)!;
  if (chunk.high !== undefined) wider.set(chunk.high);
  chunk.high = wider;
  return wider;
}

/** An array for upper halves. @param width  bytes of each; 0 for none @param buffer  where they lie, from `offset` on */
export function newHighs(
  width: number,
  length: number,
  buffer = new ArrayBuffer(width * length),
  offset = 0,
): Highs | undefined {
  switch (width) {
    case 0:
      return undefined;
    case 1:
      return new Uint8Array(buffer, offset, length);
    case 2:
      return new Uint16Array(buffer, offset, length);
    default:
      return new Int32Array(buffer, offset, length);
  }
}
