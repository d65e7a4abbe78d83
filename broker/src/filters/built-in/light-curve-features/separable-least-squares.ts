/**
 * A model that is linear in some of its parameters and not in the others.
 *
 * It picks the best linear parameters for given non-linear ones by itself, within their bounds.
 */
export interface SeparableModel {
  /**
   * The model at non-linear parameters q and the best linear ones for them.
   *
   * @param q         non-linear parameters, within the bounds given to `minimise`
   * @param n         number of points
   * @param residual  out: n values (model − data)/error
   * @param jacobian  out: derivatives of the residuals, rows of n end to end: first the linear parameters, zeros for one
   *                  that sits on a bound, then the non-linear ones
   */
  evaluate(q: Float64Array, n: number, residual: Float64Array, jacobian: Float64Array): void;
}

/** A search stops when a step lowers chi-square by less than this fraction of it. */
const RELATIVE_IMPROVEMENT = 1e-5;
const FIRST_DAMPING = 1e-2;
const LEAST_DAMPING = 1e-9;
const MOST_DAMPING = 1e9;

// Places in the work space of numbers that go from one method to another: as arguments, they would cost allocations.
const DAMPING = 0;
const CHI2 = 1;
const PREDICTED_GAIN = 2;
const PLACES = 3;

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
  readonly #size: number;
  readonly #hessian: Float64Array;
  readonly #factor: Float64Array;
  readonly #gradient: Float64Array;
  readonly #step: Float64Array;
  readonly #trial: Float64Array;
  readonly #isHeld: Uint8Array;
  readonly #passed = new Float64Array(PLACES);
  #residual = new Float64Array(0);
  #trialResidual = new Float64Array(0);
  #jacobian = new Float64Array(0);
  #trialJacobian = new Float64Array(0);

  /**
   * @param linear     number of linear parameters
   * @param nonLinear  number of the others
   */
  constructor(linear: number, nonLinear: number) {
    const size = linear + nonLinear;
    this.#linear = linear;
    this.#size = size;
    this.#hessian = new Float64Array(size * size);
    this.#factor = new Float64Array(size * size);
    this.#gradient = new Float64Array(size);
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
   * @returns               chi-square at q; NaN when the model is not finite at the start
   */
  minimise(
    model: SeparableModel,
    q: Float64Array,
    lower: Float64Array,
    upper: Float64Array,
    n: number,
    maxEvaluations: number,
  ): number {
    if (this.#residual.length < n) this.#reserve(n);
    const linear = this.#linear;
    const nonLinear = this.#size - linear;
    const trial = this.#trial;
    const step = this.#step;
    const passed = this.#passed;
    model.evaluate(q, n, this.#residual, this.#jacobian);
    this.#sumSquares(this.#residual, n);
    let chi2 = passed[CHI2]!;
    if (!Number.isFinite(chi2)) return Number.NaN;
    this.#linearise(n);
    let damping = FIRST_DAMPING;
    let growth = 2;
    for (let evaluations = 1; evaluations < maxEvaluations && chi2 > 0; evaluations += 1) {
      for (let i = 0; i < nonLinear; i += 1) {
        const g = this.#gradient[linear + i]!;
        this.#isHeld[linear + i] = (q[i]! <= lower[i]! && g > 0) || (q[i]! >= upper[i]! && g < 0) ? 1 : 0;
      }
      passed[DAMPING] = damping;
      this.#solve();
      let isMoved = false;
      for (let i = 0; i < nonLinear; i += 1) {
        trial[i] = Math.min(upper[i]!, Math.max(lower[i]!, q[i]! + step[linear + i]!));
        if (trial[i] !== q[i]) isMoved = true;
      }
      if (!isMoved) break;
      this.#predictGain();
      model.evaluate(trial, n, this.#trialResidual, this.#trialJacobian);
      this.#sumSquares(this.#trialResidual, n);
      const trialChi2 = passed[CHI2]!;
      const gain = chi2 - trialChi2;
      if (gain > 0) {
        q.set(trial);
        const isDone = gain <= RELATIVE_IMPROVEMENT * chi2;
        chi2 = trialChi2;
        if (isDone) break;
        const residual = this.#residual;
        this.#residual = this.#trialResidual;
        this.#trialResidual = residual;
        const jacobian = this.#jacobian;
        this.#jacobian = this.#trialJacobian;
        this.#trialJacobian = jacobian;
        this.#linearise(n);
        const ratio = 2 * (gain / passed[PREDICTED_GAIN]!) - 1;
        damping = Math.max(LEAST_DAMPING, damping * Math.max(1 / 5, 1 - ratio * ratio * ratio));
        growth = 2;
      } else {
        damping *= growth;
        growth *= 2;
        if (damping > MOST_DAMPING) break;
      }
    }
    return chi2;
  }

  #reserve(n: number): void {
    this.#residual = new Float64Array(n);
    this.#trialResidual = new Float64Array(n);
    this.#jacobian = new Float64Array(n * this.#size);
    this.#trialJacobian = new Float64Array(n * this.#size);
  }

  /** Gradient and Gauss-Newton matrix of half the chi-square, lower triangle. */
  #linearise(n: number): void {
    const size = this.#size;
    const residual = this.#residual;
    const jacobian = this.#jacobian;
    const hessian = this.#hessian;
    for (let a = 0; a < size; a += 1) {
      const rowA = a * n;
      let g = 0;
      for (let i = 0; i < n; i += 1) g += jacobian[rowA + i]! * residual[i]!;
      this.#gradient[a] = g;
      let b = 0;
      for (; b + 1 <= a; b += 2) {
        const row0 = b * n;
        const row1 = row0 + n;
        let h0 = 0;
        let h1 = 0;
        for (let i = 0; i < n; i += 1) {
          const j = jacobian[rowA + i]!;
          h0 += j * jacobian[row0 + i]!;
          h1 += j * jacobian[row1 + i]!;
        }
        hessian[a * size + b] = h0;
        hessian[a * size + b + 1] = h1;
      }
      if (b <= a) {
        const rowB = b * n;
        let h = 0;
        for (let i = 0; i < n; i += 1) h += jacobian[rowA + i]! * jacobian[rowB + i]!;
        hessian[a * size + b] = h;
      }
    }
  }

  /** Solves (H + damping·diag H) step = −gradient by Cholesky; a held parameter, or one the data do not see, has step 0. */
  #solve(): void {
    const damping = this.#passed[DAMPING]!;
    const size = this.#size;
    const factor = this.#factor;
    const hessian = this.#hessian;
    const step = this.#step;
    for (let a = 0; a < size; a += 1) {
      const rowA = a * size;
      const diagonal = hessian[rowA + a]!;
      let right = -this.#gradient[a]!;
      let pivot = a < this.#linear ? diagonal : diagonal * (1 + damping);
      for (let b = 0; b < a; b += 1) {
        const rowB = b * size;
        let sum = hessian[rowA + b]!;
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
    const step = this.#step;
    let gain = 0;
    for (let a = 0; a < size; a += 1) {
      const damped = a < this.#linear ? 0 : damping * this.#hessian[a * size + a]! * step[a]!;
      gain += step[a]! * (damped - this.#gradient[a]!);
    }
    this.#passed[PREDICTED_GAIN] = Math.max(gain, Number.MIN_VALUE);
  }

  /** Chi-square of residuals. */
  #sumSquares(residual: Float64Array, n: number): void {
    let sum = 0;
    for (let i = 0; i < n; i += 1) sum += residual[i]! * residual[i]!;
    this.#passed[CHI2] = sum;
  }
}
