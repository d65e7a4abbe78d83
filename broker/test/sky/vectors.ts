import { readFileSync } from 'node:fs';
import { sharedPath } from '../shared-data.ts';

/** Rows of a vector file (CSV without quotes), each by column name; an empty cell is ''. */
export function readVectors(name: string): Record<string, string>[] {
  const [header, ...lines] = readFileSync(sharedPath(name), 'utf8').trimEnd().split(/\r?\n/);
  const columns = header!.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? '']));
  });
}

/** Rows of a vector file with one JSON object a line. */
export function readJsonLines<T>(name: string): T[] {
  return readFileSync(sharedPath(name), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as T);
}

/** A seeded stream of numbers in [0, 1), the same on every machine (xorshift on 32 bits). */
export function seededRandom(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** A position uniform on the sphere [deg]. */
export function randomPosition(random: () => number): { ra: number; dec: number } {
  const ra = 360 * random();
  return { ra, dec: (Math.asin(2 * random() - 1) * 180) / Math.PI };
}
