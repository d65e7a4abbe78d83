/** Points from which to search, best first. Holds its own memory: cleared and filled for each fit. */
export class StartQueue {
  readonly #size: number;
  readonly #cost: Float64Array;
  readonly #start: Float64Array;
  #length = 0;

  /**
   * @param capacity  how many starts it can hold
   * @param size      number of parameters of a start
   */
  constructor(capacity: number, size: number) {
    this.#size = size;
    this.#cost = new Float64Array(capacity);
    this.#start = new Float64Array(capacity * size);
  }

  clear(): void {
    this.#length = 0;
  }

  /** Adds a start. One without a finite cost is left out. */
  add(cost: number, q: Float64Array): void {
    if (!Number.isFinite(cost)) return;
    this.#cost[this.#length] = cost;
    for (let i = 0; i < this.#size; i += 1) this.#start[this.#length * this.#size + i] = q[i]!;
    this.#length += 1;
  }

  /**
   * Takes out the start of lowest cost; the earliest of equals.
   *
   * @param q  out: the start
   * @returns  its cost; NaN when there is none
   */
  takeBest(q: Float64Array): number {
    let best = -1;
    let lowest = Number.POSITIVE_INFINITY;
    for (let k = 0; k < this.#length; k += 1) {
      if (this.#cost[k]! < lowest) {
        lowest = this.#cost[k]!;
        best = k;
      }
    }
    if (best < 0) return Number.NaN;
    for (let i = 0; i < this.#size; i += 1) q[i] = this.#start[best * this.#size + i]!;
    this.#cost[best] = Number.POSITIVE_INFINITY;
    return lowest;
  }
}
