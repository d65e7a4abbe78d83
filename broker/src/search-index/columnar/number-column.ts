import { CHUNK_MASK, CHUNK_ROWS, CHUNK_SHIFT, CHUNK_WORDS, type RowSet } from './chunks.ts';

/** How the numbers of a chunk are kept: the narrowest that gives back every one exactly. */
export const KIND = { int8: 0, int16: 1, int32: 2, float32: 3, float64: 4, int64: 5 } as const;
/** One of {@link KIND}, of which each takes more memory than those before it, or as much. */
export type Kind = (typeof KIND)[keyof typeof KIND];
type Values = Int8Array | Int16Array | Int32Array | Float32Array | Float64Array | BigInt64Array;

/** Rows with a value up to which a chunk keeps a list of them instead of a place for each row. */
const SPARSE_LIMIT = CHUNK_ROWS / 4;
const FIRST_CAPACITY = 8;

/** Between which numbers a value passes: closed intervals, for doubles and for 64-bit integers. */
export interface NumberInterval {
  /** [low, high]; low > high: no double passes. */
  readonly low: number;
  readonly high: number;
  readonly lowInteger: bigint;
  readonly highInteger: bigint;
}

/** A chunk of a column, as memory and disk have it. */
export interface NumberChunk {
  kind: Kind;
  /** Sparse: in the order of `rows`. Dense: by place in the chunk. */
  values: Values;
  /** Sparse: places with a value, ascending, `count` of them. Undefined: dense. */
  rows: Uint16Array | undefined;
  /** Dense: which places have a value. */
  present: RowSet | undefined;
  count: number;
  /** Bounds of the values, not tight while `isLoose`. Infinite for int64. */
  low: number;
  high: number;
  isLoose: boolean;
}

/** Working memory: a chunk as doubles, whatever its kind, so that the loops over it are all of one shape. */
const scratch = new Float64Array(CHUNK_ROWS);
const scratchIntegers = new Int32Array(CHUNK_ROWS);
const scratchSet = new Int32Array(CHUNK_WORDS);

/**
 * One number for each row, or none: floats as they are, integers exact to 64 bits.
 *
 * A chunk without values takes no memory, one with few takes 2 bytes beside each value.
 */
export class NumberColumn {
  readonly chunks: (NumberChunk | undefined)[] = [];
  /** Rows with a value. */
  count = 0;

  /** Sets the value of a row. @param value  finite, no minus nought; integers beyond 2^53 as bigint of 64 bits */
  set(row: number, value: number | bigint): void {
    const chunk = this.#chunkFor(row >>> CHUNK_SHIFT, value);
    if (typeof value === 'number' && chunk.kind !== KIND.int64) {
      this.#put(chunk, row & CHUNK_MASK, value);
      return;
    }
    if (chunk.kind !== KIND.int64) widen(chunk, KIND.int64);
    const slot = this.#slotFor(chunk, row & CHUNK_MASK);
    (chunk.values as BigInt64Array)[slot] = BigInt(value);
  }

  /**
   * Sets a value for many rows, the rows of one chunk best one after the other.
   *
   * @param values  finite, no minus nought
   * @param had  set to 1 for each that had a value before, to 0 for the others
   */
  setMany(rows: Int32Array, values: Float64Array, count: number, had: Uint8Array): void {
    let at = -1;
    let chunk: NumberChunk | undefined;
    for (let i = 0; i < count; i += 1) {
      const row = rows[i]!;
      const value = values[i]!;
      if (chunk === undefined || row >>> CHUNK_SHIFT !== at) {
        at = row >>> CHUNK_SHIFT;
        chunk = this.#chunkFor(at, value);
      }
      const before = this.count;
      if (chunk.kind === KIND.int64) this.set(row, value);
      else this.#put(chunk, row & CHUNK_MASK, value);
      had[i] = this.count === before ? 1 : 0;
    }
  }

  /** Takes the value of a row away. @returns whether it had one */
  clear(row: number): boolean {
    const chunk = this.chunks[row >>> CHUNK_SHIFT];
    if (chunk === undefined) return false;
    const place = row & CHUNK_MASK;
    if (chunk.rows === undefined) {
      const present = chunk.present!;
      if ((present[place >>> 5]! & (1 << (place & 31))) === 0) return false;
      present[place >>> 5]! &= ~(1 << (place & 31));
    } else {
      const slot = firstSlot(chunk.rows, chunk.count, place);
      if (slot >= chunk.count || chunk.rows[slot] !== place) return false;
      chunk.rows.copyWithin(slot, slot + 1, chunk.count);
      chunk.values.copyWithin(slot, slot + 1, chunk.count);
    }
    chunk.count -= 1;
    chunk.isLoose = true;
    this.count -= 1;
    if (chunk.count === 0) this.chunks[row >>> CHUNK_SHIFT] = undefined;
    return true;
  }

  /** The value of a row, as it was set but for integers, which may come as either type; undefined where it has none. */
  get(row: number): number | bigint | undefined {
    const chunk = this.chunks[row >>> CHUNK_SHIFT];
    if (chunk === undefined) return undefined;
    const place = row & CHUNK_MASK;
    if (chunk.rows === undefined) {
      return (chunk.present![place >>> 5]! & (1 << (place & 31))) === 0 ? undefined : valueAt(chunk, place);
    }
    const slot = firstSlot(chunk.rows, chunk.count, place);
    return slot < chunk.count && chunk.rows[slot] === place ? valueAt(chunk, slot) : undefined;
  }

  /** The value of a row in a column of whole numbers of 32 bits from 0 on; -1 where it has none. */
  codeOf(row: number): number {
    const chunk = this.chunks[row >>> CHUNK_SHIFT];
    if (chunk === undefined) return -1;
    let slot = row & CHUNK_MASK;
    if (chunk.rows === undefined) {
      // Where every row has a value, which is common, the set is not waited for.
      const isFull = chunk.count === CHUNK_ROWS;
      if (!isFull && (chunk.present![slot >>> 5]! & (1 << (slot & 31))) === 0) return -1;
    } else {
      const place = slot;
      slot = firstSlot(chunk.rows, chunk.count, place);
      if (slot === chunk.count || chunk.rows[slot] !== place) return -1;
    }
    if (chunk.kind === KIND.int8) return (chunk.values as Int8Array)[slot]!;
    return chunk.kind === KIND.int32 ? (chunk.values as Int32Array)[slot]! : (chunk.values as Int16Array)[slot]!;
  }

  /** Keeps of a set of rows of a chunk those that have a value. */
  restrictToPresent(at: number, words: RowSet): void {
    const chunk = this.chunks[at];
    if (chunk === undefined) {
      words.fill(0);
      return;
    }
    const { present, rows, count } = chunk;
    if (present !== undefined) {
      for (let w = 0; w < CHUNK_WORDS; w += 1) words[w]! &= present[w]!;
      return;
    }
    scratchSet.fill(0);
    for (let i = 0; i < count; i += 1) scratchSet[rows![i]! >>> 5]! |= 1 << (rows![i]! & 31);
    for (let w = 0; w < CHUNK_WORDS; w += 1) words[w]! &= scratchSet[w]!;
  }

  /** Keeps of a set of rows of a chunk those whose value lies in an interval. */
  restrictToInterval(at: number, interval: NumberInterval, words: RowSet): void {
    const chunk = this.chunks[at];
    if (chunk === undefined) {
      words.fill(0);
      return;
    }
    if (chunk.kind === KIND.int64) {
      const { lowInteger, highInteger } = interval;
      const values = chunk.values as BigInt64Array;
      this.#restrictSlots(chunk, words, (slot) => values[slot]! >= lowInteger && values[slot]! <= highInteger);
      return;
    }
    const { low, high } = interval;
    if (chunk.isLoose) tighten(chunk);
    if (low > high || low > chunk.high || high < chunk.low) {
      words.fill(0);
      return;
    }
    if (low <= chunk.low && high >= chunk.high) {
      this.restrictToPresent(at, words);
      return;
    }
    if (chunk.rows !== undefined) {
      const values = chunk.values as Float64Array;
      this.#restrictSlots(chunk, words, (slot) => values[slot]! >= low && values[slot]! <= high);
      return;
    }
    const values = doublesOf(chunk);
    const present = chunk.present!;
    for (let w = 0; w < CHUNK_WORDS; w += 1) {
      let left = words[w]! & present[w]!;
      let kept = 0;
      if (left === -1) {
        const from = w << 5;
        for (let bit = 0; bit < 32; bit += 1) {
          const value = values[from + bit]!;
          if (value >= low && value <= high) kept |= 1 << bit;
        }
      } else {
        while (left !== 0) {
          const lowest = left & -left;
          const value = values[(w << 5) + 31 - Math.clz32(lowest)]!;
          if (value >= low && value <= high) kept |= lowest;
          left ^= lowest;
        }
      }
      words[w] = kept;
    }
  }

  /** Keeps of a set of rows of a chunk those whose value is one of several. */
  restrictToValues(at: number, numbers: ReadonlySet<number>, integers: ReadonlySet<bigint>, words: RowSet): void {
    const chunk = this.chunks[at];
    if (chunk === undefined) {
      words.fill(0);
      return;
    }
    if (chunk.kind === KIND.int64) {
      const values = chunk.values as BigInt64Array;
      this.#restrictSlots(chunk, words, (slot) => integers.has(values[slot]!));
      return;
    }
    const values = chunk.values as Float64Array;
    this.#restrictSlots(chunk, words, (slot) => numbers.has(values[slot]!));
  }

  /** Keeps of a set of rows of a chunk those whose value, a whole number from 0 on, is marked. */
  restrictToMarked(at: number, marks: Uint8Array, words: RowSet): void {
    const chunk = this.chunks[at];
    if (chunk === undefined) {
      words.fill(0);
      return;
    }
    if (chunk.rows !== undefined) {
      const values = chunk.values as Int32Array;
      this.#restrictSlots(chunk, words, (slot) => marks[values[slot]!] === 1);
      return;
    }
    const values = integersOf(chunk);
    const present = chunk.present!;
    for (let w = 0; w < CHUNK_WORDS; w += 1) {
      const left = words[w]! & present[w]!;
      let kept = 0;
      if (left !== 0) {
        // Without a branch for each row, which would be guessed wrong too often; what is not asked for is taken out after.
        const from = w << 5;
        for (let bit = 0; bit < 32; bit += 1) kept |= marks[values[from + bit]!]! << bit;
      }
      words[w] = kept & left;
    }
  }

  /**
   * The values of a chunk as doubles by place; places without one hold what is given. Integers beyond 2^53 are rounded.
   */
  writeDoubles(at: number, missing: number, out: Float64Array): void {
    const chunk = this.chunks[at];
    if (chunk === undefined) {
      out.fill(missing);
      return;
    }
    const { kind, values, rows, present, count } = chunk;
    if (rows !== undefined) {
      out.fill(missing);
      for (let i = 0; i < count; i += 1) out[rows[i]!] = Number(values[i]!);
      return;
    }
    if (kind === KIND.int64) for (let i = 0; i < CHUNK_ROWS; i += 1) out[i] = Number(values[i]!);
    else out.set(values as Float64Array);
    if (count === CHUNK_ROWS) return;
    for (let w = 0; w < CHUNK_WORDS; w += 1) {
      let absent = ~present![w]!;
      while (absent !== 0) {
        const lowest = absent & -absent;
        out[(w << 5) + 31 - Math.clz32(lowest)] = missing;
        absent ^= lowest;
      }
    }
  }

  /** Values of rows as doubles; NaN where there is none. @param rows  ascending */
  gather(rows: Uint32Array): Float64Array {
    const out = new Float64Array(rows.length);
    const doubles = new Float64Array(CHUNK_ROWS);
    let current = -1;
    for (let i = 0; i < rows.length; i += 1) {
      const row = rows[i]!;
      if (row >>> CHUNK_SHIFT !== current) {
        current = row >>> CHUNK_SHIFT;
        this.writeDoubles(current, Number.NaN, doubles);
      }
      out[i] = doubles[row & CHUNK_MASK]!;
    }
    return out;
  }

  /** Whether some integer may be beyond what a double holds. */
  get hasLongIntegers(): boolean {
    return this.chunks.some((chunk) => chunk?.kind === KIND.int64);
  }

  /** Bytes in memory. */
  get memory(): number {
    let sum = 0;
    for (const chunk of this.chunks) {
      if (chunk === undefined) continue;
      sum += chunk.values.byteLength + (chunk.rows?.byteLength ?? 0) + (chunk.present?.byteLength ?? 0) + 200;
    }
    return sum;
  }

  #chunkFor(at: number, value: number | bigint): NumberChunk {
    let chunk = this.chunks[at];
    if (chunk === undefined) {
      while (this.chunks.length <= at) this.chunks.push(undefined);
      chunk = newChunk(kindOf(value));
      this.chunks[at] = chunk;
    }
    return chunk;
  }

  /** Sets a value in a chunk that is not of 64-bit integers. */
  #put(chunk: NumberChunk, place: number, value: number): void {
    if (!holds(chunk.kind, value)) widen(chunk, joined(chunk.kind, kindOf(value)));
    const slot = this.#slotFor(chunk, place);
    // A store of its own for each kind: one that meets all of them is ten times as slow.
    if (chunk.kind === KIND.float64) (chunk.values as Float64Array)[slot] = value;
    else if (chunk.kind === KIND.int32) (chunk.values as Int32Array)[slot] = value;
    else if (chunk.kind === KIND.int16) (chunk.values as Int16Array)[slot] = value;
    else if (chunk.kind === KIND.int8) (chunk.values as Int8Array)[slot] = value;
    else (chunk.values as Float32Array)[slot] = value;
    if (value < chunk.low) chunk.low = value;
    if (value > chunk.high) chunk.high = value;
  }

  /** The slot of a place that is about to be written. */
  #slotFor(chunk: NumberChunk, place: number): number {
    if (chunk.rows === undefined) {
      if (chunk.count === CHUNK_ROWS) {
        chunk.isLoose = true;
        return place;
      }
      const present = chunk.present!;
      const bit = 1 << (place & 31);
      if ((present[place >>> 5]! & bit) === 0) {
        present[place >>> 5]! |= bit;
        chunk.count += 1;
        this.count += 1;
      } else {
        chunk.isLoose = true;
      }
      return place;
    }
    const { count } = chunk;
    const isLast = count > 0 && chunk.rows[count - 1]! < place;
    const slot = isLast ? count : firstSlot(chunk.rows, count, place);
    if (slot < count && chunk.rows[slot] === place) {
      chunk.isLoose = true;
      return slot;
    }
    this.count += 1;
    if (count === SPARSE_LIMIT) {
      makeDense(chunk);
      chunk.present![place >>> 5]! |= 1 << (place & 31);
      chunk.count += 1;
      return place;
    }
    if (count === chunk.rows.length) grow(chunk);
    if (slot < count) {
      chunk.rows.copyWithin(slot + 1, slot, count);
      chunk.values.copyWithin(slot + 1, slot, count);
    }
    chunk.rows[slot] = place;
    chunk.count += 1;
    return slot;
  }

  #restrictSlots(chunk: NumberChunk, words: RowSet, passes: (slot: number) => boolean): void {
    if (chunk.rows === undefined) {
      const present = chunk.present!;
      for (let w = 0; w < CHUNK_WORDS; w += 1) {
        let left = words[w]! & present[w]!;
        let kept = 0;
        while (left !== 0) {
          const lowest = left & -left;
          if (passes((w << 5) + 31 - Math.clz32(lowest))) kept |= lowest;
          left ^= lowest;
        }
        words[w] = kept;
      }
      return;
    }
    scratchSet.fill(0);
    for (let i = 0; i < chunk.count; i += 1) {
      const place = chunk.rows[i]!;
      if ((words[place >>> 5]! & (1 << (place & 31))) !== 0 && passes(i)) {
        scratchSet[place >>> 5]! |= 1 << (place & 31);
      }
    }
    words.set(scratchSet);
  }
}

/** Values of a dense chunk of whole numbers of 32 bits; valid until the next call. */
function integersOf(chunk: NumberChunk): Int32Array {
  if (chunk.kind === KIND.int32) return chunk.values as Int32Array;
  scratchIntegers.set(chunk.values as Int16Array);
  return scratchIntegers;
}

/** The value in a slot: a read of its own for each kind. */
function valueAt({ kind, values }: NumberChunk, slot: number): number | bigint {
  if (kind === KIND.float64) return (values as Float64Array)[slot]!;
  if (kind === KIND.int32) return (values as Int32Array)[slot]!;
  if (kind === KIND.int16) return (values as Int16Array)[slot]!;
  if (kind === KIND.int8) return (values as Int8Array)[slot]!;
  if (kind === KIND.float32) return (values as Float32Array)[slot]!;
  return (values as BigInt64Array)[slot]!;
}

/** Values of a dense chunk that is not int64, as doubles; valid until the next call. */
function doublesOf(chunk: NumberChunk): Float64Array {
  if (chunk.kind === KIND.float64) return chunk.values as Float64Array;
  scratch.set(chunk.values as Int32Array);
  return scratch;
}

function newChunk(kind: Kind): NumberChunk {
  return {
    kind,
    values: newValues(kind, FIRST_CAPACITY),
    rows: new Uint16Array(FIRST_CAPACITY),
    present: undefined,
    count: 0,
    low: kind === KIND.int64 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY,
    high: kind === KIND.int64 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY,
    isLoose: false,
  };
}

/** An array for values of a kind. */
export function newValues(kind: number, length: number): Values {
  switch (kind) {
    case KIND.int8:
      return new Int8Array(length);
    case KIND.int16:
      return new Int16Array(length);
    case KIND.int32:
      return new Int32Array(length);
    case KIND.float32:
      return new Float32Array(length);
    case KIND.float64:
      return new Float64Array(length);
    default:
      return new BigInt64Array(length);
  }
}

function kindOf(value: number | bigint): Kind {
  if (typeof value === 'bigint') return KIND.int64;
  if ((value | 0) !== value) return Math.fround(value) === value ? KIND.float32 : KIND.float64;
  if (isInt8(value)) return KIND.int8;
  return isInt16(value) ? KIND.int16 : KIND.int32;
}

/** Whether a kind gives back a number exactly. */
function holds(kind: Kind, value: number): boolean {
  if (kind === KIND.float64) return true;
  if (kind === KIND.float32) return Math.fround(value) === value;
  if (kind === KIND.int32) return (value | 0) === value;
  return kind === KIND.int16 ? isInt16(value) : isInt8(value);
}

function isInt8(value: number): boolean {
  return (value << 24) >> 24 === value;
}

function isInt16(value: number): boolean {
  return (value << 16) >> 16 === value;
}

/** The narrowest kind that holds the values of both. */
function joined(a: Kind, b: Kind): Kind {
  if (a === b) return a;
  const [less, more] = a < b ? [a, b] : [b, a];
  return less === KIND.int32 && more === KIND.float32 ? KIND.float64 : more;
}

function widen(chunk: NumberChunk, kind: Kind): void {
  const values = newValues(kind, chunk.values.length);
  if (kind === KIND.int64) {
    for (let i = 0; i < values.length; i += 1) values[i] = BigInt(chunk.values[i]!);
    chunk.low = Number.NEGATIVE_INFINITY;
    chunk.high = Number.POSITIVE_INFINITY;
  } else {
    (values as Float64Array).set(chunk.values as Float64Array);
  }
  chunk.values = values;
  chunk.kind = kind;
}

function makeDense(chunk: NumberChunk): void {
  const values = newValues(chunk.kind, CHUNK_ROWS);
  const present = new Int32Array(CHUNK_WORDS);
  for (let i = 0; i < chunk.count; i += 1) {
    const place = chunk.rows![i]!;
    values[place] = chunk.values[i]!;
    present[place >>> 5]! |= 1 << (place & 31);
  }
  chunk.values = values;
  chunk.present = present;
  chunk.rows = undefined;
}

function grow(chunk: NumberChunk): void {
  const capacity = Math.min(SPARSE_LIMIT, Math.ceil(1.5 * chunk.values.length));
  const values = newValues(chunk.kind, capacity);
  (values as Float64Array).set(chunk.values as Float64Array);
  const rows = new Uint16Array(capacity);
  rows.set(chunk.rows!);
  chunk.values = values;
  chunk.rows = rows;
}

/** Finds the bounds again after values were replaced. */
function tighten(chunk: NumberChunk): void {
  chunk.isLoose = false;
  if (chunk.kind === KIND.int64) return;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const note = (value: number): void => {
    if (value < low) low = value;
    if (value > high) high = value;
  };
  if (chunk.rows === undefined) {
    const values = doublesOf(chunk);
    for (let place = 0; place < CHUNK_ROWS; place += 1) {
      if ((chunk.present![place >>> 5]! & (1 << (place & 31))) !== 0) note(values[place]!);
    }
  } else {
    for (let i = 0; i < chunk.count; i += 1) note(chunk.values[i] as number);
  }
  chunk.low = low;
  chunk.high = high;
}

/** The first slot of ascending places whose place is not below another. */
export function firstSlot(rows: Uint16Array, count: number, place: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rows[middle]! < place) low = middle + 1;
    else high = middle;
  }
  return low;
}
