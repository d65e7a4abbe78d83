import type { Operand, RangeTest } from '../query/query.ts';
import type { NumberInterval } from './number-column.ts';

const LEAST_INTEGER = -(2n ** 63n);
const GREATEST_INTEGER = 2n ** 63n - 1n;

/**
 * The doubles and the 64-bit integers that lie in a range, as closed intervals: bounds are taken exactly, whether they are
 * doubles or integers beyond 2^53.
 *
 * @param range  bounds with numbers
 */
export function toInterval({ gt, gte, lt, lte }: RangeTest): NumberInterval {
  let low = Number.NEGATIVE_INFINITY;
  let high = Number.POSITIVE_INFINITY;
  let lowInteger = LEAST_INTEGER;
  let highInteger = GREATEST_INTEGER;
  for (const [bound, isStrict] of [
    [gte, false],
    [gt, true],
  ] as const) {
    if (bound === undefined) continue;
    const value = numberOf(bound);
    low = Math.max(low, leastDouble(value, isStrict));
    const integer = leastInteger(value, isStrict);
    if (integer > lowInteger) lowInteger = integer;
  }
  for (const [bound, isStrict] of [
    [lte, false],
    [lt, true],
  ] as const) {
    if (bound === undefined) continue;
    // Upper bounds are lower bounds of the negated axis.
    const value = -numberOf(bound);
    high = Math.min(high, -leastDouble(value, isStrict));
    const integer = -leastInteger(value, isStrict);
    if (integer < highInteger) highInteger = integer;
  }
  return { low, high, lowInteger, highInteger };
}

function numberOf(bound: Operand): number | bigint {
  return bound.number ?? Number.NaN;
}

/** The least double that is not below a number, or above it. */
function leastDouble(value: number | bigint, isStrict: boolean): number {
  const rounded = Number(value);
  if (rounded < value) return nextUp(rounded);
  return isStrict && !(rounded > value) ? nextUp(rounded) : rounded;
}

/** The least integer that is not below a number, or above it; beyond 64 bits where there is none of 64 bits. */
function leastInteger(value: number | bigint, isStrict: boolean): bigint {
  if (typeof value === 'bigint') return isStrict ? value + 1n : value;
  if (!Number.isFinite(value)) return value > 0 ? 2n ** 64n : -(2n ** 64n);
  const integer = BigInt(Math.ceil(value));
  return isStrict && Math.ceil(value) === value ? integer + 1n : integer;
}

const double = new Float64Array(1);
const bits = new BigInt64Array(double.buffer);

/** The next double above. */
function nextUp(value: number): number {
  if (value === Number.POSITIVE_INFINITY) return value;
  if (value === 0) return Number.MIN_VALUE;
  double[0] = value;
  bits[0] = bits[0]! + (value > 0 ? 1n : -1n);
  return double[0];
}
