import { STEM_LIMIT } from './stems.ts';
import { hashOfTail } from './tail-set.ts';
import type { TextColumn } from './text-column.ts';

/** Parts that tails are dealt out to: each is then counted in memory that the processor has at hand. */
const PARTS = 256;

/**
 * How many different texts rows have in a column without lists.
 *
 * Ids are different in nearly every row: a table of them all would wait for memory with each. So tails are dealt out by hash
 * first, and each part is counted by itself, which takes a fifth of the time.
 */
export function countDifferentTexts(column: TextColumn, rows: Uint32Array): number {
  const { codes, dictionary, tails } = column;
  const seen = new Uint8Array(dictionary.size);
  const stems = new Uint8Array(rows.length);
  const highs = new Int32Array(rows.length);
  const lows = new Int32Array(rows.length);
  const sizes = new Uint32Array(PARTS);
  let different = 0;
  let count = 0;
  for (let i = 0; i < rows.length; i += 1) {
    const code = codes.codeOf(rows[i]!);
    if (code < 0) continue;
    if (code >= STEM_LIMIT) {
      if (seen[code] === 0) different += 1;
      seen[code] = 1;
      continue;
    }
    tails.read(rows[i]!);
    stems[count] = code;
    highs[count] = tails.high;
    lows[count] = tails.low;
    sizes[partOf(code, tails.high, tails.low)]! += 1;
    count += 1;
  }
  return different + countDifferentTails(stems, highs, lows, count, sizes);
}

function countDifferentTails(
  stems: Uint8Array,
  highs: Int32Array,
  lows: Int32Array,
  count: number,
  sizes: Uint32Array,
): number {
  const next = new Uint32Array(PARTS);
  for (let part = 1; part < PARTS; part += 1) next[part] = next[part - 1]! + sizes[part - 1]!;
  const dealtHighs = new Int32Array(count);
  const dealtLows = new Int32Array(count);
  const dealtStems = new Uint8Array(count);
  for (let i = 0; i < count; i += 1) {
    const part = partOf(stems[i]!, highs[i]!, lows[i]!);
    const at = next[part]!;
    dealtStems[at] = stems[i]!;
    dealtHighs[at] = highs[i]!;
    dealtLows[at] = lows[i]!;
    next[part] = at + 1;
  }
  const largest = sizes.reduce((most, size) => Math.max(most, size), 0);
  let capacity = 64;
  while (capacity < 2 * largest) capacity *= 2;
  /** Place + 1 of a tail of the part, by hash, open addressing. */
  const slots = new Int32Array(capacity);
  let different = 0;
  for (let part = 0; part < PARTS; part += 1) {
    slots.fill(0);
    const end = next[part]!;
    for (let i = end - sizes[part]!; i < end; i += 1) {
      let slot = (hashOfTail(dealtStems[i]!, dealtHighs[i]!, dealtLows[i]!) >>> 8) & (capacity - 1);
      let other = slots[slot]! - 1;
      while (
        other >= 0 &&
        (dealtLows[other] !== dealtLows[i] ||
          dealtHighs[other] !== dealtHighs[i] ||
          dealtStems[other] !== dealtStems[i])
      ) {
        slot = (slot + 1) & (capacity - 1);
        other = slots[slot]! - 1;
      }
      if (other >= 0) continue;
      slots[slot] = i + 1;
      different += 1;
    }
  }
  return different;
}

function partOf(stem: number, high: number, low: number): number {
  return hashOfTail(stem, high, low) & (PARTS - 1);
}
