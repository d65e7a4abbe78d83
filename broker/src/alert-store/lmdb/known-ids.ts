import { countDigits } from '../../model/decimal.ts';
import type { AlertId } from '../../model/ids.ts';
import type { NumberedIds } from '../../model/light-curve-builder.ts';
import { AlertIdParts, lowWordOf } from './alert-id-parts.ts';
import type { CurveBlock } from './curve-memory.ts';

/** Bit of a stem's flags. Another one was once set for stems beyond ASCII, and is passed over. */
export const HAS_NUMBER = 1;

/** Ids that are looked for, taken apart. */
const parts = new AlertIdParts();

/** The ids of a curve that was read, taken apart. */
export class KnownIds implements NumberedIds {
  rows = 0;
  readonly lows: Uint32Array;
  readonly highs: Uint32Array;
  readonly stemOfRow: Uint8Array;
  readonly stems: string[] = [];
  readonly flags: number[] = [];
  /** Where the curve lies. */
  readonly block: CurveBlock;

  /** @param at  where in the block's memory there is room for the ids [byte] */
  constructor(block: CurveBlock, at: number, capacity: number) {
    this.block = block;
    this.lows = new Uint32Array(block.memory, at, capacity);
    this.highs = new Uint32Array(block.memory, at + capacity * 4, capacity);
    this.stemOfRow = new Uint8Array(block.memory, at + capacity * 8, capacity);
  }

  textOf(row: number): AlertId {
    const stem = this.stemOfRow[row]!;
    const text = this.stems[stem]!;
    if ((this.flags[stem]! & HAS_NUMBER) === 0) return text as AlertId;
    return (text + decimalOf(this.lows[row]!, this.highs[row]!)) as AlertId;
  }

  find(prefix: string, billions: number, rest: number, from: number, to: number): number {
    const { lows, highs } = this;
    const low = lowWordOf(billions, rest);
    const high = billions >>> 0;
    const end = Math.min(to, this.rows);
    for (let row = from; row < end; row += 1) {
      if (lows[row] === low && highs[row] === high && this.#hasStem(row, prefix, HAS_NUMBER)) return row;
    }
    return -1;
  }

  findText(alertId: AlertId, from: number, to: number): number {
    parts.parse(alertId);
    const stem = alertId.slice(0, parts.stemLength);
    if (parts.hasNumber) return this.find(stem, parts.high, parts.low, from, to);
    const end = Math.min(to, this.rows);
    for (let row = from; row < end; row += 1) if (this.#hasStem(row, stem, 0)) return row;
    return -1;
  }

  compare(a: number, b: number): number {
    const [stemA, stemB] = [this.stemOfRow[a]!, this.stemOfRow[b]!];
    if (stemA === stemB) {
      const [lowA, lowB] = [this.lows[a]!, this.lows[b]!];
      const [highA, highB] = [highOf(lowA, this.highs[a]!), highOf(lowB, this.highs[b]!)];
      // Of one length: digits and numbers have the same order.
      if (highA > 0 && highB > 0 && countDigits(highA) === countDigits(highB)) {
        return highA - highB || (lowA & 0x3fff_ffff) - (lowB & 0x3fff_ffff);
      }
    } else {
      const [one, other] = [this.stems[stemA]!, this.stems[stemB]!];
      if (!one.startsWith(other) && !other.startsWith(one)) return one < other ? -1 : 1;
    }
    const [one, other] = [this.textOf(a), this.textOf(b)];
    return one < other ? -1 : Number(one > other);
  }

  #hasStem(row: number, text: string, flag: number): boolean {
    const stem = this.stemOfRow[row]!;
    return (this.flags[stem]! & HAS_NUMBER) === flag && this.stems[stem] === text;
  }
}

/** A number in decimal digits, from its words: see `AlertIdParts`. */
export function decimalOf(lowWord: number, highWord: number): string {
  const low = lowWord & 0x3fff_ffff;
  const high = highOf(lowWord, highWord);
  return high === 0 ? String(low) : high + String(low).padStart(9, '0');
}

/** The high part of a number from its words: see `AlertIdParts`. */
function highOf(lowWord: number, highWord: number): number {
  return highWord + (lowWord >>> 30) * 0x1_0000_0000;
}
