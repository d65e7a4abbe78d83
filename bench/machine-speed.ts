import { readFileSync } from 'node:fs';

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

/** Processor time so far [ticks]: all of it, and what the host gave to other machines while this one wanted to compute. */
interface ProcessorTime {
  readonly total: number;
  readonly stolen: number;
}

/** Reads the clock of `stolenShare`; undefined where the system does not say (anything but Linux). */
export function processorTime(): ProcessorTime | undefined {
  let line: string;
  try {
    line = readFileSync('/proc/stat', 'latin1').split('\n', 1)[0]!;
  } catch {
    return undefined;
  }
  // user nice system idle iowait irq softirq steal; what follows is counted in `user` already.
  const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number);
  return { total: ticks.reduce((sum, value) => sum + value, 0), stolen: ticks[7] ?? 0 };
}

/** Share of the processors' time since `before` that the host gave to others: a figure suffers by as much at least. */
export function stolenShare(before: ProcessorTime | undefined): number | undefined {
  const now = processorTime();
  return before === undefined || now === undefined
    ? undefined
    : (now.stolen - before.stolen) / (now.total - before.total);
}
