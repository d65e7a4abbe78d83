import type { Cone } from '../../sky/cone.ts';
import { coverRanges } from '../../sky/htm/cover.ts';
import { toUnitVector } from '../../sky/position.ts';

/** HTM level of the cells: 0.35 degrees across, half a million of them. */
const CELL_LEVEL = 8;
const CELLS = 8 * 4 ** CELL_LEVEL;
/** First HTM id of that level. */
const FIRST_CELL = CELLS;
/** Ids of level 16 in a cell. */
const IDS_PER_CELL = 4 ** (16 - CELL_LEVEL);
/** Wider cones are answered by looking at every row: their cover alone would take as long. */
const WIDEST_ARCSEC = 15 * 3600;

/** Rows by where they are on the sky: for each cell a chain of rows. */
export class SkyCells {
  readonly #heads = new Int32Array(CELLS);
  /** Row + 1 of the next and the previous of the chain; 0 at the ends. */
  #next = new Int32Array(1024);
  #previous = new Int32Array(1024);

  /** @param htm16  HTM id of level 16 of where the row is */
  add(row: number, htm16: number): void {
    if (row >= this.#next.length) this.#grow(row);
    const cell = cellOf(htm16);
    const head = this.#heads[cell]!;
    this.#next[row] = head;
    this.#previous[row] = 0;
    if (head > 0) this.#previous[head - 1] = row + 1;
    this.#heads[cell] = row + 1;
  }

  /** @param htm16  where the row was added */
  remove(row: number, htm16: number): void {
    const [next, previous] = [this.#next[row]!, this.#previous[row]!];
    if (next > 0) this.#previous[next - 1] = previous;
    if (previous > 0) this.#next[previous - 1] = next;
    else this.#heads[cellOf(htm16)] = next;
  }

  /** Rows of all cells that a cone meets, in no order; undefined where the cone is too wide to be worth it. */
  rowsNear(cone: Cone): number[] | undefined {
    if (cone.radiusArcsec > WIDEST_ARCSEC) return undefined;
    const { x, y, z } = toUnitVector(cone.ra, cone.dec);
    const rows: number[] = [];
    for (const { first, end } of coverRanges(x, y, z, cone.radiusArcsec, CELL_LEVEL)) {
      for (let cell = first - FIRST_CELL; cell < end - FIRST_CELL; cell += 1) {
        for (let row = this.#heads[cell]!; row > 0; row = this.#next[row - 1]!) rows.push(row - 1);
      }
    }
    return rows;
  }

  /** Bytes in memory. */
  get memory(): number {
    return this.#heads.byteLength + this.#next.byteLength + this.#previous.byteLength;
  }

  #grow(row: number): void {
    const capacity = Math.max(row + 1, Math.ceil(1.5 * this.#next.length));
    const next = new Int32Array(capacity);
    next.set(this.#next);
    const previous = new Int32Array(capacity);
    previous.set(this.#previous);
    this.#next = next;
    this.#previous = previous;
  }
}

function cellOf(htm16: number): number {
  return Math.floor(htm16 / IDS_PER_CELL) - FIRST_CELL;
}
