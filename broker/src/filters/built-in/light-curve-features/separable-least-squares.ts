/**
 * Places for non-linear parameters, their bounds and their equations: the step is written out for so many. A model with
 * fewer leaves the last ones 0.
 */
export const NON_LINEAR_PLACES = 4;

// Places in the normal equations of a model, linearised at a point: numbers that go from the model to the search in an
// array, since as arguments, or as what a function returns, they may each cost an allocation.
/** Chi-square. */
export const CHI2 = 0;
/** Lower triangle, row by row, of Jᵀ J, J the derivatives of the residuals with what linear parameters can do taken out. */
export const REDUCED = 1;
/** Diagonal of Jᵀ J as it is without that. */
export const DIAGONAL = 11;
/** Jᵀ r, r the residuals. */
export const GRADIENT = 15;
const NORMAL_PLACES = 19;

/** Room for normal equations. */
export function createNormalEquations(): Float64Array {
  return new Float64Array(NORMAL_PLACES);
}

/**
 * A model that is linear in some of its parameters and not in the others.
 *
 * It picks the best linear parameters for given non-linear ones by itself, within their bounds.
 */
export interface SeparableModel {
  /**
   * Chi-square at non-linear parameters q and the best linear ones for them.
   *
   * @param q       non-linear parameters, `NON_LINEAR_PLACES` of them, within the bounds given to `minimise`
   * @param normal  out: `CHI2`
   */
  evaluate(q: Float64Array, normal: Float64Array): void;

  /**
   * The normal equations of the non-linear parameters where the model was evaluated last.
   *
   * Residuals are (model − data)/error. Linear parameters that are not on a bound follow the others: derivatives count
   * as far as they are at right angles to theirs (Kaufman's form).
   *
   * @param q       those parameters
   * @param normal  out: all but `CHI2`
   */
  linearise(q: Float64Array, normal: Float64Array): void;
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
/** Of what is left of a diagonal element, relative to it: below, it is rounding, and a step along it would be noise. */
const LEAST_PIVOT = 1e-13;

// Places in what goes between a step and the search, and from one step to the next: in an array for the same reason.
/** In: the damping a step is taken with. */
const DAMPING = 0;
/** Out: how much it promises to lower chi-square. */
const PROMISED_GAIN = 1;
/** What a step that fails raises the damping by. */
const GROWTH = 2;
const PASSED_PLACES = 3;

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
  readonly #firstDamping: number;
  readonly #normal = createNormalEquations();
  /** What a model says of a point tried: its chi-square. */
  readonly #tried = createNormalEquations();
  readonly #passed = new Float64Array(PASSED_PLACES);
  readonly #trial = new Float64Array(NON_LINEAR_PLACES);

  /**
   * @param firstDamping  of a search, relative to the curvature: the lower, the bolder its first steps
   */
  constructor(firstDamping: number) {
    this.#firstDamping = firstDamping;
  }

  /**
   * Lowers chi-square from where q is.
   *
   * @param q               in: start, within the bounds; out: the best non-linear parameters met
   * @param lower           bounds of q
   * @param maxEvaluations  of the model, ≥ 1
   * @param chi2ToBeat      a search that promises no less is given up
   * @returns               chi-square at q; NaN when the model is not finite at the start
   */
  minimise(
    model: SeparableModel,
    q: Float64Array,
    lower: Float64Array,
    upper: Float64Array,
    maxEvaluations: number,
    chi2ToBeat: number,
  ): number {
    const trial = this.#trial;
    const passed = this.#passed;
    const normal = this.#normal;
    const tried = this.#tried;
    model.evaluate(q, tried);
    let chi2 = tried[CHI2]!;
    if (!Number.isFinite(chi2)) return Number.NaN;
    let isLinearised = false;
    passed[DAMPING] = this.#firstDamping;
    passed[GROWTH] = FIRST_GROWTH;
    for (let evaluations = 1; evaluations < maxEvaluations && chi2 > 0; evaluations += 1) {
      if (!isLinearised) model.linearise(q, normal);
      isLinearised = true;
      takeStep(normal, q, lower, upper, passed, trial);
      if (trial[0] === q[0] && trial[1] === q[1] && trial[2] === q[2] && trial[3] === q[3]) break;
      const promised = passed[PROMISED_GAIN]!;
      if (promised <= RELATIVE_IMPROVEMENT * chi2) break;
      if (evaluations >= LEAST_EVALUATIONS && chi2 - HOPED_GAINS * promised > chi2ToBeat) break;
      model.evaluate(trial, tried);
      const gain = chi2 - tried[CHI2]!;
      if (gain > 0) {
        q[0] = trial[0]!;
        q[1] = trial[1]!;
        q[2] = trial[2]!;
        q[3] = trial[3]!;
        const isDone = gain <= RELATIVE_IMPROVEMENT * chi2;
        chi2 = tried[CHI2]!;
        if (isDone) break;
        isLinearised = false;
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
}

/**
 * Solves (H + damping·diag) step = −gradient, H as reduced, takes that step within the bounds, and says how much the
 * quadratic model, as damped, has it lower chi-square. A parameter that is held on its bound, or that the data do not see,
 * has step 0.
 *
 * L D Lᵀ of a matrix of four, written out: it stays in registers. What is taken out has 0 for the inverse of its pivot.
 */
function takeStep(
  normal: Float64Array,
  q: Float64Array,
  lower: Float64Array,
  upper: Float64Array,
  passed: Float64Array,
  trial: Float64Array,
): void {
  const damping = passed[DAMPING]!;
  const q0 = q[0]!;
  const q1 = q[1]!;
  const q2 = q[2]!;
  const q3 = q[3]!;
  const h0 = normal[DIAGONAL]!;
  const h1 = normal[DIAGONAL + 1]!;
  const h2 = normal[DIAGONAL + 2]!;
  const h3 = normal[DIAGONAL + 3]!;
  const g0 = normal[GRADIENT]!;
  const g1 = normal[GRADIENT + 1]!;
  const g2 = normal[GRADIENT + 2]!;
  const g3 = normal[GRADIENT + 3]!;

  const pivot0 = normal[REDUCED]! + damping * h0;
  const isHeld0 = (q0 <= lower[0]! && g0 > 0) || (q0 >= upper[0]! && g0 < 0);
  const inverse0 = !isHeld0 && pivot0 > LEAST_PIVOT * h0 ? 1 / pivot0 : 0;
  const s10 = normal[REDUCED + 1]!;
  const s20 = normal[REDUCED + 3]!;
  const s30 = normal[REDUCED + 6]!;
  const l10 = s10 * inverse0;
  const l20 = s20 * inverse0;
  const l30 = s30 * inverse0;

  const pivot1 = normal[REDUCED + 2]! + damping * h1 - l10 * s10;
  const isHeld1 = (q1 <= lower[1]! && g1 > 0) || (q1 >= upper[1]! && g1 < 0);
  const inverse1 = !isHeld1 && pivot1 > LEAST_PIVOT * h1 ? 1 / pivot1 : 0;
  const s21 = normal[REDUCED + 4]! - l20 * s10;
  const s31 = normal[REDUCED + 7]! - l30 * s10;
  const l21 = s21 * inverse1;
  const l31 = s31 * inverse1;

  const pivot2 = normal[REDUCED + 5]! + damping * h2 - l20 * s20 - l21 * s21;
  const isHeld2 = (q2 <= lower[2]! && g2 > 0) || (q2 >= upper[2]! && g2 < 0);
  const inverse2 = !isHeld2 && pivot2 > LEAST_PIVOT * h2 ? 1 / pivot2 : 0;
  const s32 = normal[REDUCED + 8]! - l30 * s20 - l31 * s21;
  const l32 = s32 * inverse2;

  const pivot3 = normal[REDUCED + 9]! + damping * h3 - l30 * s30 - l31 * s31 - l32 * s32;
  const isHeld3 = (q3 <= lower[3]! && g3 > 0) || (q3 >= upper[3]! && g3 < 0);
  const inverse3 = !isHeld3 && pivot3 > LEAST_PIVOT * h3 ? 1 / pivot3 : 0;

  const y0 = -g0;
  const y1 = -g1 - l10 * y0;
  const y2 = -g2 - l20 * y0 - l21 * y1;
  const y3 = -g3 - l30 * y0 - l31 * y1 - l32 * y2;
  const step3 = y3 * inverse3;
  const step2 = y2 * inverse2 - l32 * step3;
  const step1 = y1 * inverse1 - l21 * step2 - l31 * step3;
  const step0 = y0 * inverse0 - l10 * step1 - l20 * step2 - l30 * step3;
  trial[0] = Math.min(upper[0]!, Math.max(lower[0]!, q0 + step0));
  trial[1] = Math.min(upper[1]!, Math.max(lower[1]!, q1 + step1));
  trial[2] = Math.min(upper[2]!, Math.max(lower[2]!, q2 + step2));
  trial[3] = Math.min(upper[3]!, Math.max(lower[3]!, q3 + step3));
  const gain =
    step0 * (damping * h0 * step0 - g0) +
    step1 * (damping * h1 * step1 - g1) +
    step2 * (damping * h2 * step2 - g2) +
    step3 * (damping * h3 * step3 - g3);
  passed[PROMISED_GAIN] = Math.max(gain, Number.MIN_VALUE);
}
