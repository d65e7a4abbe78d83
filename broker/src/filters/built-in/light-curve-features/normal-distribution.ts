/** Logarithms of the two tails of the normal distribution. */
export interface LogTails {
  /** ln Φ(z) */
  lower: number;
  /** ln (1 − Φ(z)) */
  upper: number;
}

// Rational Chebyshev approximations of erf and erfc by Cody (1969), good to 1e-16 relative in each range.
const ERF_P = [
  3.1611237438705655, 113.86415415105016, 377.485237685302, 3209.3775891384694, 0.18577770618460315,
] as const;
const ERF_Q = [23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171] as const;
const ERFCX_P = [
  0.5641884969886701, 8.883149794388377, 66.11919063714163, 298.6351381974001, 881.952221241769, 1712.0476126340707,
  2051.0783778260716, 1230.3393547979972, 2.1531153547440383e-8,
] as const;
const ERFCX_Q = [
  15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903, 3290.7992357334597, 4362.619090143247,
  3439.3676741437216, 1230.3393548037495,
] as const;
const TAIL_P = [
  0.30532663496123236, 0.36034489994980445, 0.12578172611122926, 0.01608378514874228, 0.0006587491615298378,
  0.016315387137302097,
] as const;
const TAIL_Q = [
  2.568520192289822, 1.8729528499234604, 0.5279051029514285, 0.06051834131244132, 0.0023352049762686918,
] as const;
const INVERSE_SQRT_PI = 0.5641895835477563;

/** erf(x) for |x| ≤ 0.46875. */
function erfSmall(x: number): number {
  const y = x * x;
  let p = ERF_P[4] * y;
  let q = y;
  for (let i = 0; i < 3; i += 1) {
    p = (p + ERF_P[i]!) * y;
    q = (q + ERF_Q[i]!) * y;
  }
  return (x * (p + ERF_P[3])) / (q + ERF_Q[3]);
}

/** erfc(x) exp(x²) for x > 0.46875: no underflow, however far out. */
function erfcScaled(x: number): number {
  if (x <= 4) {
    let p = ERFCX_P[8] * x;
    let q = x;
    for (let i = 0; i < 7; i += 1) {
      p = (p + ERFCX_P[i]!) * x;
      q = (q + ERFCX_Q[i]!) * x;
    }
    return (p + ERFCX_P[7]) / (q + ERFCX_Q[7]);
  }
  const y = 1 / (x * x);
  let p = TAIL_P[5] * y;
  let q = y;
  for (let i = 0; i < 4; i += 1) {
    p = (p + TAIL_P[i]!) * y;
    q = (q + TAIL_Q[i]!) * y;
  }
  return (INVERSE_SQRT_PI - (y * (p + TAIL_P[4])) / (q + TAIL_Q[4])) / x;
}

/**
 * ln Φ(z) and ln (1 − Φ(z)) for the normal distribution, to about 1e-15 relative, in the far tails too.
 *
 * @param z  any finite number
 * @see Cody 1969, Mathematics of Computation 23, 631
 */
export function logNormalTails(z: number, out: LogTails): void {
  const x = Math.abs(z) * Math.SQRT1_2;
  let near: number;
  let far: number;
  if (x <= 0.46875) {
    const erf = erfSmall(x);
    near = Math.log1p(erf) - Math.LN2;
    far = Math.log1p(-erf) - Math.LN2;
  } else {
    const scaled = erfcScaled(x);
    const halfTail = 0.5 * Math.exp(-x * x) * scaled;
    near = Math.log1p(-halfTail);
    far = Math.log(0.5 * scaled) - x * x;
  }
  if (z >= 0) {
    out.lower = near;
    out.upper = far;
  } else {
    out.lower = far;
    out.upper = near;
  }
}
