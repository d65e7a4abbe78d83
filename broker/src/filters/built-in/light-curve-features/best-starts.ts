/** Starts whose gains differ by less than this share of them are the same curve: in one, say, a parameter does nothing. */
const ROUNDING = 1e-9;

/**
 * The starts of a fit that explain most of a light curve: of each shape its best time, and of the shapes the best. What a
 * start explains, its gain, is how much it lowers the weighted sum of squares, in any unit.
 *
 * A start that does not beat `gainToBeat` cannot be among them and need not be looked at closely. Holds its own memory:
 * cleared and filled for each fit.
 */
export class BestStarts {
  /** In: the gain of the start that is added. An array, since a number given to a function may cost an allocation. */
  readonly offered = new Float64Array(1);
  readonly #gains: Float64Array;
  /** Numbers of the times. */
  readonly #times: Int32Array;
  /** Shapes, best first. */
  readonly #shapes: Int32Array;
  /** Gain of the last when there are as many as wanted. */
  readonly #least = new Float64Array(1);
  #most = 0;
  #length = 0;

  /**
   * @param shapes    number of shapes
   * @param capacity  how many starts it can hold
   */
  constructor(shapes: number, capacity: number) {
    this.#gains = new Float64Array(shapes);
    this.#times = new Int32Array(shapes);
    this.#shapes = new Int32Array(capacity);
  }

  /** @param most  how many starts are wanted, at most the capacity */
  clear(most: number): void {
    this.#most = most;
    this.#length = 0;
    this.#gains.fill(Number.NEGATIVE_INFINITY);
    this.#least[0] = Number.NEGATIVE_INFINITY;
  }

  /** How many there are: fewer than wanted where others are the same curves. */
  get length(): number {
    return this.#length;
  }

  /** What a start of a shape has to beat: −infinite at first. */
  gainToBeat(shape: number): number {
    return Math.max(this.#gains[shape]!, this.#least[0]!);
  }

  /**
   * Keeps a start that beats what it has to, unless it is the same curve as one that is kept.
   *
   * @param time  number of its time
   */
  add(shape: number, time: number): void {
    const gain = this.offered[0]!;
    const gains = this.#gains;
    const shapes = this.#shapes;
    let place = this.#length;
    while (place > 0 && gains[shapes[place - 1]!]! < gain) place -= 1;
    const equal = (1 + ROUNDING) * gain;
    if (place > 0 && gains[shapes[place - 1]!]! <= equal) return;
    if (place < this.#length && gain <= (1 + ROUNDING) * gains[shapes[place]!]!) return;
    let freed = this.#length - 1;
    if (gains[shape]! > Number.NEGATIVE_INFINITY) while (shapes[freed] !== shape) freed -= 1;
    else if (this.#length < this.#most) {
      freed = this.#length;
      this.#length += 1;
    } else gains[shapes[freed]!] = Number.NEGATIVE_INFINITY;
    for (let i = freed; i > place; i -= 1) shapes[i] = shapes[i - 1]!;
    shapes[place] = shape;
    gains[shape] = gain;
    this.#times[shape] = time;
    if (this.#length === this.#most) this.#least[0] = gains[shapes[this.#most - 1]!]!;
  }

  /** Shape of the start of a rank, from 0 on. */
  shape(rank: number): number {
    return this.#shapes[rank]!;
  }

  /** Number of its time. */
  time(rank: number): number {
    return this.#times[this.#shapes[rank]!]!;
  }
}
