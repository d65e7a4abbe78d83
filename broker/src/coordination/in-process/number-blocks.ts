import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { AntaresError } from '../../model/errors.ts';

/** Years that have a counter. */
const FIRST_YEAR = 1900;
const YEARS = 300;
/** Numbers made durable at a time: one small write for so many loci; a crash leaves a gap of this at most. */
const BLOCK = 100_000n;
/** BigInt64 words: the mutex, then next number and end of the durable block of each year. */
const NEXT = 1;
const ENDS = NEXT + YEARS;
const FILE = 'locus-numbers.json';

/**
 * Counters of locus numbers, one a year, shared by threads and durable.
 *
 * Before a number of a block is given out, the end of that block is on the disk; after a restart counting goes on from
 * there. So a number is given out once, and a crash costs numbers, of which there is no want.
 */
export class NumberBlocks {
  readonly #words: BigInt64Array;
  readonly #directory: string;

  constructor(buffer: SharedArrayBuffer, directory: string) {
    this.#words = new BigInt64Array(buffer);
    this.#directory = directory;
  }

  /** Memory for the counters, as the directory says they stand. @throws COORDINATION_STATE_DAMAGED */
  static allocate(directory: string): SharedArrayBuffer {
    const buffer = new SharedArrayBuffer((ENDS + YEARS) * BigInt64Array.BYTES_PER_ELEMENT);
    const words = new BigInt64Array(buffer).fill(1n, NEXT);
    words[0] = 0n;
    for (const [year, end] of Object.entries(readEnds(join(directory, FILE)))) {
      words[NEXT + Number(year) - FIRST_YEAR] = BigInt(end);
      words[ENDS + Number(year) - FIRST_YEAR] = BigInt(end);
    }
    return buffer;
  }

  /** Takes numbers. @returns the first */
  next(year: number, count: number): bigint {
    const index = year - FIRST_YEAR;
    if (!Number.isInteger(year) || index < 0 || index >= YEARS) {
      throw new TypeError(
        `locus numbers are counted for the years ${FIRST_YEAR} to ${FIRST_YEAR + YEARS - 1}, not ${year}`,
      );
    }
    if (!Number.isInteger(count) || count < 1 || count > 100_000)
      throw new TypeError(`1 to 100000 numbers at a time, not ${count}`);
    const words = this.#words;
    while (Atomics.compareExchange(words, 0, 0n, 1n) !== 0n);
    try {
      const first = words[NEXT + index]!;
      const after = first + BigInt(count);
      if (after > words[ENDS + index]!) {
        words[ENDS + index] = after + BLOCK;
        this.#writeEnds();
      }
      words[NEXT + index] = after;
      return first;
    } finally {
      Atomics.store(words, 0, 0n);
    }
  }

  #writeEnds(): void {
    const ends: Record<string, string> = {};
    for (let i = 0; i < YEARS; i += 1) {
      const end = this.#words[ENDS + i]!;
      if (end > 1n) ends[FIRST_YEAR + i] = end.toString();
    }
    const path = join(this.#directory, FILE);
    const temporary = `${path}.new`;
    const file = openSync(temporary, 'w', 0o640);
    try {
      writeSync(file, JSON.stringify(ends));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
    const directory = openSync(this.#directory, 'r');
    try {
      fsyncSync(directory);
    } finally {
      closeSync(directory);
    }
  }
}

function readEnds(path: string): Record<string, string> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
  try {
    const ends = JSON.parse(text) as Record<string, string>;
    for (const [year, end] of Object.entries(ends))
      if (!/^\d{4}$/.test(year) || !/^\d+$/.test(end)) throw new TypeError(`${year}: ${end}`);
    return ends;
  } catch (error) {
    throw new AntaresError(
      'COORDINATION_STATE_DAMAGED',
      `${path} does not hold locus numbers by year; restore it, or numbers would be given out twice`,
      { cause: error },
    );
  }
}
