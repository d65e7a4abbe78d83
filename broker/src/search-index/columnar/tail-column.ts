import { CHUNK_MASK, CHUNK_ROWS, CHUNK_SHIFT, CHUNK_WORDS, type RowSet } from './chunks.ts';
import { firstSlot } from './number-column.ts';

/** Upper halves of tails: the narrowest that gives them back. */
export type Highs = Uint8Array | Uint16Array | Int32Array;

/** Rows with a tail up to which a chunk keeps a list of them instead of a place for each row. */
const SPARSE_LIMIT = CHUNK_ROWS / 4;
const FIRST_CAPACITY = 8;

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
    if (chunk === undefined) {
      words.fill(0);
      return;
    }
    const { rows, count } = chunk;
    if (rows === undefined) restrictDense(chunk, high, low, words);
    else {
      const kept = new Int32Array(CHUNK_WORDS);
      for (let i = 0; i < count; i += 1) {
        if (chunk.low[i] === low && highAt(chunk, i) === high) kept[rows[i]! >>> 5]! |= 1 << (rows[i]! & 31);
      }
      for (let w = 0; w < CHUNK_WORDS; w += 1) words[w]! &= kept[w]!;
    }
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

function restrictDense(chunk: TailChunk, high: number, low: number, words: RowSet): void {
  const lows = chunk.low;
  for (let w = 0; w < CHUNK_WORDS; w += 1) {
    if (words[w] === 0) continue;
    const from = w << 5;
    let kept = 0;
    for (let bit = 0; bit < 32; bit += 1) if (lows[from + bit] === low) kept |= 1 << bit;
    kept &= words[w]!;
    for (let left = kept; left !== 0; left &= left - 1) {
      const lowest = left & -left;
      if (highAt(chunk, from + 31 - Math.clz32(lowest)) !== high) kept ^= lowest;
    }
    words[w] = kept;
  }
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
