const POINTS = 100_000;
const ROUNDS = 40;

/**
 * How fast the machine is right now: a fixed load of arithmetic on one core, in millions of steps a second.
 *
 * Shared machines change their speed from one minute to the next, by half as much again and more. A figure is compared
 * with another one only where this is about the same.
 */
export function machineSpeed(): number {
  const values = Float64Array.from({ length: POINTS }, (_, i) => Math.sin(i));
  // Once for the compiler.
  addUp(values);
  const start = performance.now();
  const sum = addUp(values);
  const seconds = (performance.now() - start) / 1000;
  if (!Number.isFinite(sum)) throw new Error('the arithmetic went wrong');
  return (POINTS * ROUNDS) / seconds / 1e6;
}

function addUp(values: Float64Array): number {
  let sum = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    for (let i = 0; i < values.length; i += 1) sum += values[i]! * Math.exp(-values[i]!);
  }
  return sum;
}
