/**
 * A model that is linear in some of its parameters and not in the others.
 *
 * It picks the best linear parameters for given non-linear ones by itself, within their bounds.
 */
export interface SeparableModel {
  /**
   * The model at non-linear parameters q and the best linear ones for them.
   *
   * @param q     non-linear parameters, within the bounds given to `minimise`
   * @param n     number of points
   * @param rows  out: rows of n end to end: the derivatives of the residuals, first by the linear parameters, zeros for
   *              one that sits on a bound, then by the non-linear ones; the residuals (model − data)/error
   */
  evaluate(q: Float64Array, n: number, rows: Float64Array): void;
}

/** A search stops when a step lowers chi-square by less than this fraction of it, or promises no more. */
const RELATIVE_IMPROVEMENT = 1e-5;
/** A search is given up when even this many times the gain that its step promises would not make it the best. */
const HOPED_GAINS = 2;
/** Evaluations after which a promise is believed. */
const LEAST_EVALUATIONS = 2;
/** What a step that fails raises the damping by; twice as much for each further one in a row. */
const FIRST_GROWTH = 4;
const LEAST_DAMPING = 1e-9;
const MOST_DAMPING = 1e9;

// Places in the work space of numbers that go from one method, or step, to another: as arguments, or as variables that
// may hold more than numbers for all that the compiler knows, they would cost allocations.
const DAMPING = 0;
const CHI2 = 1;
const PREDICTED_GAIN = 2;
const GROWTH = 3;
const PLACES = 4;

/**
 * Levenberg-Marquardt over the non-linear parameters of a separable model, within a box (variable projection, in
 * Kaufman's form: the step is that of all parameters together, damped in the non-linear ones only).
 *
 * The same input gives the same answer; the number of model evaluations is bounded; no parameter leaves its bounds. A
 * parameter on a bound that wants to leave the box is held; a step that leaves it is cut. Damping follows the gain
 * ratio. Holds its own work space: one instance, many fits.
 *
 * Against damping all parameters alike: half the iterations, and fewer starts that get stuck.
 *
 * @see Golub & Pereyra 2003, doi:10.1088/0266-5611/19/2/201; Nielsen 1999, IMM-REP-1999-05
 */
export class SeparableLeastSquares {
  readonly #linear: number;
  readonly #firstDamping: number;
  readonly #size: number;
  /** Rows of derivatives and residuals, made even by one of zeros. */
  readonly #height: number;
  /** Products of each row with those up to its own and its neighbour: the Gauss-Newton matrix, then the gradient. */
  readonly #normal: Float64Array;
  readonly #factor: Float64Array;
  readonly #step: Float64Array;
  readonly #trial: Float64Array;
  readonly #isHeld: Uint8Array;
  readonly #passed = new Float64Array(PLACES);
  /** Of the best point met, and of the one tried: derivatives, then residuals. */
  #rows = new Float64Array(0);
  #trialRows = new Float64Array(0);

  /**
   * @param linear        number of linear parameters
   * @param nonLinear     number of the others
   * @param firstDamping  of a search, relative to the curvature: the lower, the bolder its first steps
   */
  constructor(linear: number, nonLinear: number, firstDamping: number) {
    const size = linear + nonLinear;
    this.#linear = linear;
    this.#firstDamping = firstDamping;
    this.#size = size;
    this.#height = size + 1 + ((size + 1) % 2);
    this.#normal = new Float64Array(this.#height * this.#height);
    this.#factor = new Float64Array(size * size);
    this.#step = new Float64Array(size);
    this.#trial = new Float64Array(nonLinear);
    this.#isHeld = new Uint8Array(size);
  }

  /**
   * Lowers chi-square from where q is.
   *
   * @param q               in: start, within the bounds; out: the best non-linear parameters met
   * @param lower           bounds of q
   * @param n               number of points
   * @param maxEvaluations  of the model, ≥ 1
   * @param chi2ToBeat      a search that promises no less is given up
   * @returns               chi-square at q; NaN when the model is not finite at the start
   */
  minimise(
    model: SeparableModel,
    q: Float64Array,
    lower: Float64Array,
    upper: Float64Array,
    n: number,
    maxEvaluations: number,
    chi2ToBeat: number,
  ): number {
    if (this.#rows.length < n * this.#height) this.#reserve(n);
    const linear = this.#linear;
    const nonLinear = this.#size - linear;
    const trial = this.#trial;
    const step = this.#step;
    const passed = this.#passed;
    const normal = this.#normal;
    const gradient = this.#size * this.#height + linear;
    model.evaluate(q, n, this.#rows);
    this.#sumSquares(this.#rows, n);
    let chi2 = passed[CHI2]!;
    if (!Number.isFinite(chi2)) return Number.NaN;
    this.#linearise(n);
    passed[DAMPING] = this.#firstDamping;
    passed[GROWTH] = FIRST_GROWTH;
    for (let evaluations = 1; evaluations < maxEvaluations && chi2 > 0; evaluations += 1) {
      for (let i = 0; i < nonLinear; i += 1) {
        const g = normal[gradient + i]!;
        this.#isHeld[linear + i] = (q[i]! <= lower[i]! && g > 0) || (q[i]! >= upper[i]! && g < 0) ? 1 : 0;
      }
      this.#solve();
      let isMoved = false;
      for (let i = 0; i < nonLinear; i += 1) {
        trial[i] = Math.min(upper[i]!, Math.max(lower[i]!, q[i]! + step[linear + i]!));
        if (trial[i] !== q[i]) isMoved = true;
      }
      if (!isMoved) break;
      this.#predictGain();
      const promised = passed[PREDICTED_GAIN]!;
      if (promised <= RELATIVE_IMPROVEMENT * chi2) break;
      if (evaluations >= LEAST_EVALUATIONS && chi2 - HOPED_GAINS * promised > chi2ToBeat) break;
      model.evaluate(trial, n, this.#trialRows);
      this.#sumSquares(this.#trialRows, n);
      const trialChi2 = passed[CHI2]!;
      const gain = chi2 - trialChi2;
      if (gain > 0) {
        for (let i = 0; i < nonLinear; i += 1) q[i] = trial[i]!;
        const isDone = gain <= RELATIVE_IMPROVEMENT * chi2;
        chi2 = trialChi2;
        if (isDone) break;
        const rows = this.#rows;
        this.#rows = this.#trialRows;
        this.#trialRows = rows;
        this.#linearise(n);
        const ratio = 2 * (gain / promised) - 1;
        const factor = Math.max(1 / 5, 1 - ratio * ratio * ratio);
        passed[DAMPING] = Math.max(LEAST_DAMPING, passed[DAMPING]! * factor);
        passed[GROWTH] = FIRST_GROWTH;
      } else {
        passed[DAMPING] = passed[DAMPING]! * passed[GROWTH]!;
        passed[GROWTH] = passed[GROWTH]! * 2;
        if (passed[DAMPING]! > MOST_DAMPING) break;
      }
    }
    return chi2;
  }

  #reserve(n: number): void {
    this.#rows = new Float64Array(n * this.#height);
    this.#trialRows = new Float64Array(n * this.#height);
  }

  /** Products of the rows, four of them in one walk over the points: each number read serves two. */
  #linearise(n: number): void {
    const height = this.#height;
    const rows = this.#rows;
    const normal = this.#normal;
    for (let a = 0; a < height; a += 2) {
      for (let b = 0; b <= a; b += 2) {
        let a0 = a * n;
        let a1 = a0 + n;
        let b0 = b * n;
        let b1 = b0 + n;
        let h00 = 0;
        let h01 = 0;
        let h10 = 0;
        let h11 = 0;
        for (const end = a1; a0 < end; a0 += 1) {
          const x0 = rows[a0]!;
          const x1 = rows[a1]!;
          const y0 = rows[b0]!;
          const y1 = rows[b1]!;
          h00 += x0 * y0;
          h01 += x0 * y1;
          h10 += x1 * y0;
          h11 += x1 * y1;
          a1 += 1;
          b0 += 1;
          b1 += 1;
        }
        const to = a * height + b;
        normal[to] = h00;
        normal[to + 1] = h01;
        normal[to + height] = h10;
        normal[to + height + 1] = h11;
      }
    }
  }

  /** Solves (H + damping·diag H) step = −gradient by Cholesky; a held parameter, or one the data do not see, has step 0. */
  #solve(): void {
    const damping = this.#passed[DAMPING]!;
    const size = this.#size;
    const factor = this.#factor;
    const height = this.#height;
    const normal = this.#normal;
    const step = this.#step;
    for (let a = 0; a < size; a += 1) {
      const rowA = a * size;
      const diagonal = normal[a * height + a]!;
      let right = -normal[size * height + a]!;
      let pivot = a < this.#linear ? diagonal : diagonal * (1 + damping);
      for (let b = 0; b < a; b += 1) {
        const rowB = b * size;
        let sum = normal[a * height + b]!;
        for (let k = 0; k < b; k += 1) sum -= factor[rowA + k]! * factor[rowB + k]!;
        const value = sum / factor[rowB + b]!;
        factor[rowA + b] = value;
        pivot -= value * value;
        right -= value * step[b]!;
      }
      // An infinite pivot takes the parameter out of all that follows; a tiny one is rounding, its step would be noise.
      const root = this.#isHeld[a] === 1 || !(pivot > 1e-13 * diagonal) ? Number.POSITIVE_INFINITY : Math.sqrt(pivot);
      factor[rowA + a] = root;
      step[a] = right / root;
    }
    for (let a = size - 1; a >= 0; a -= 1) {
      let value = step[a]!;
      for (let b = a + 1; b < size; b += 1) value -= factor[b * size + a]! * step[b]!;
      step[a] = value / factor[a * size + a]!;
    }
  }

  /** How much the quadratic model, as damped, says that the step lowers chi-square. */
  #predictGain(): void {
    const damping = this.#passed[DAMPING]!;
    const size = this.#size;
    const height = this.#height;
    const normal = this.#normal;
    const step = this.#step;
    let gain = 0;
    for (let a = 0; a < size; a += 1) {
      const damped = a < this.#linear ? 0 : damping * normal[a * height + a]! * step[a]!;
      gain += step[a]! * (damped - normal[size * height + a]!);
    }
    this.#passed[PREDICTED_GAIN] = Math.max(gain, Number.MIN_VALUE);
  }

  /** Chi-square of the residuals in rows. */
  #sumSquares(rows: Float64Array, n: number): void {
    let sum = 0;
    const end = (this.#size + 1) * n;
    for (let i = end - n; i < end; i += 1) sum += rows[i]! * rows[i]!;
    this.#passed[CHI2] = sum;
  }
}
