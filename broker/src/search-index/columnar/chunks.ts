/** Rows of a chunk: small enough that one without values costs nothing, large enough that loops over it are long. */
export const CHUNK_ROWS = 4096;
/** 32-bit words of a set of rows of a chunk. */
export const CHUNK_WORDS = CHUNK_ROWS / 32;
/** Row number → chunk: `row >>> CHUNK_SHIFT`. */
export const CHUNK_SHIFT = 12;
/** Row number → place in its chunk: `row & CHUNK_MASK`. */
export const CHUNK_MASK = CHUNK_ROWS - 1;

/** A set of rows of one chunk, a bit each. */
export type RowSet = Int32Array;

/** Number of rows in a set. */
export function countRows(words: RowSet): number {
  let count = 0;
  for (let w = 0; w < words.length; w += 1) count += bitCount(words[w]!);
  return count;
}

/** Whether a set has no row. */
export function isEmptySet(words: RowSet): boolean {
  for (let w = 0; w < words.length; w += 1) if (words[w] !== 0) return false;
  return true;
}

function bitCount(word: number): number {
  let v = word - ((word >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
