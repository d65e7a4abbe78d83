import type { SourceProgress } from '../alert-store.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

/**
 * How far one writer took in one source: a low-water mark, and what is done above it as runs of ordinals.
 *
 * Immutable. Written as the mark (8 bytes) and, for each run, the gap before it and its length, as varints.
 */
export class ProgressRow {
  readonly lowWater: number;
  /** Ascending half-open runs one after the other: first, end, first, end, … all at or above the mark. */
  readonly #runs: readonly number[];

  private constructor(lowWater: number, runs: readonly number[]) {
    this.lowWater = lowWater;
    this.#runs = runs;
  }

  /** Nothing done. A getter: the compiler's form of a static field that makes its own class runs before the class is there. */
  static get none(): ProgressRow {
    return new ProgressRow(0, []);
  }

  static read(reader: ByteReader): ProgressRow {
    const lowWater = reader.float64();
    const runs: number[] = [];
    let at = lowWater;
    while (reader.position < reader.end) {
      const first = at + reader.varint();
      at = first + reader.varint();
      runs.push(first, at);
    }
    return new ProgressRow(lowWater, runs);
  }

  write(writer: ByteWriter): void {
    writer.float64(this.lowWater);
    let at = this.lowWater;
    for (let i = 0; i < this.#runs.length; i += 2) {
      writer.varint(this.#runs[i]! - at);
      writer.varint(this.#runs[i + 1]! - this.#runs[i]!);
      at = this.#runs[i + 1]!;
    }
  }

  /**
   * With more ordinals done and the mark raised; a lower mark changes nothing, what is below the mark is dropped.
   *
   * @param ordinals  in any order, integers ≥ 0
   */
  with(ordinals: readonly number[], lowWater: number): ProgressRow {
    return this.#merge(runsOf(ordinals), lowWater);
  }

  /** Both together. */
  join(other: ProgressRow): ProgressRow {
    return this.#merge(other.#runs, other.lowWater);
  }

  toSourceProgress(): SourceProgress {
    const done = new Set<number>();
    for (let i = 0; i < this.#runs.length; i += 2) {
      for (let ordinal = this.#runs[i]!; ordinal < this.#runs[i + 1]!; ordinal += 1) done.add(ordinal);
    }
    return { lowWater: this.lowWater, done };
  }

  #merge(others: readonly number[], otherMark: number): ProgressRow {
    const mark = Math.max(this.lowWater, otherMark);
    const runs: number[] = [];
    let a = 0;
    let b = 0;
    while (a < this.#runs.length || b < others.length) {
      const isFirst = b >= others.length || (a < this.#runs.length && this.#runs[a]! <= others[b]!);
      const list = isFirst ? this.#runs : others;
      const index = isFirst ? a : b;
      const first = Math.max(mark, list[index]!);
      const end = list[index + 1]!;
      if (isFirst) a += 2;
      else b += 2;
      if (end <= first) continue;
      const last = runs.length - 1;
      if (last > 0 && runs[last]! >= first) runs[last] = Math.max(runs[last]!, end);
      else runs.push(first, end);
    }
    return new ProgressRow(mark, runs);
  }
}

function runsOf(ordinals: readonly number[]): number[] {
  const sorted = [...ordinals].sort((a, b) => a - b);
  const runs: number[] = [];
  for (const ordinal of sorted) {
    if (!Number.isSafeInteger(ordinal) || ordinal < 0)
      throw new TypeError(`an ordinal is an integer ≥ 0, got ${ordinal}`);
    const last = runs.length - 1;
    if (last > 0 && runs[last]! >= ordinal) runs[last] = Math.max(runs[last]!, ordinal + 1);
    else runs.push(ordinal, ordinal + 1);
  }
  return runs;
}
