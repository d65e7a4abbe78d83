import { CHUNK_WORDS, isEmptySet, type RowSet } from './chunks.ts';

/** A query made ready for the columns as they are; valid until the next change. */
export interface Matcher {
  /** Keeps of a set of rows of a chunk those that match. */
  restrict(chunk: number, words: RowSet): void;
  /** How much there is to do for a row; cheap ones go first. */
  readonly cost: number;
}

/** Matches no row. */
export const NONE: Matcher = { cost: 0, restrict: (_, words) => words.fill(0) };
/** Matches every row. */
export const ALL: Matcher = { cost: 0, restrict: () => undefined };

/** Rows that match all of some matchers. */
export function allOf(parts: readonly Matcher[]): Matcher {
  if (parts.length === 0) return ALL;
  if (parts.length === 1) return parts[0]!;
  const sorted = [...parts].sort((a, b) => a.cost - b.cost);
  return {
    cost: sum(parts),
    restrict: (chunk, words) => {
      for (const [i, part] of sorted.entries()) {
        if (i > 0 && isEmptySet(words)) return;
        part.restrict(chunk, words);
      }
    },
  };
}

/** Rows that a matcher does not match. */
export function noneOf(part: Matcher): Matcher {
  const matched = new Int32Array(CHUNK_WORDS);
  return {
    cost: part.cost + 0.5,
    restrict: (chunk, words) => {
      matched.set(words);
      part.restrict(chunk, matched);
      for (let w = 0; w < CHUNK_WORDS; w += 1) words[w]! &= ~matched[w]!;
    },
  };
}

/** Rows that match at least one of some matchers. */
export function anyOf(parts: readonly Matcher[]): Matcher {
  const left = new Int32Array(CHUNK_WORDS);
  const matched = new Int32Array(CHUNK_WORDS);
  const found = new Int32Array(CHUNK_WORDS);
  return {
    cost: sum(parts),
    restrict: (chunk, words) => {
      left.set(words);
      found.fill(0);
      for (const part of parts) {
        matched.set(left);
        part.restrict(chunk, matched);
        let remaining = 0;
        for (let w = 0; w < CHUNK_WORDS; w += 1) {
          found[w]! |= matched[w]!;
          left[w]! &= ~matched[w]!;
          remaining |= left[w]!;
        }
        if (remaining === 0) break;
      }
      words.set(found);
    },
  };
}

/** As {@link anyOf}, without those that match no row anyway. */
export function eitherOf(parts: readonly Matcher[]): Matcher {
  const useful = parts.filter((part) => part !== NONE);
  if (useful.length === 0) return NONE;
  return useful.length === 1 ? useful[0]! : anyOf(useful);
}

/** Rows that match a number of matchers at least. */
export function someOf(parts: readonly Matcher[], minimum: number): Matcher {
  const matched = new Int32Array(CHUNK_WORDS);
  const counts = new Uint16Array(32 * CHUNK_WORDS);
  return {
    cost: sum(parts),
    restrict: (chunk, words) => {
      counts.fill(0);
      for (const part of parts) {
        matched.set(words);
        part.restrict(chunk, matched);
        forEachRow(matched, (place) => {
          counts[place]! += 1;
        });
      }
      forEachRow(words, (place) => {
        if (counts[place]! < minimum) words[place >>> 5]! &= ~(1 << (place & 31));
      });
    },
  };
}

function sum(parts: readonly Matcher[]): number {
  return parts.reduce((total, { cost }) => total + cost, 0);
}

/** Calls with the place of each row of a set, ascending; the callback may take the row out. */
export function forEachRow(words: RowSet, visit: (place: number) => void): void {
  for (let w = 0; w < CHUNK_WORDS; w += 1) {
    let left = words[w]!;
    while (left !== 0) {
      const lowest = left & -left;
      visit((w << 5) + 31 - Math.clz32(lowest));
      left ^= lowest;
    }
  }
}
