import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe } from 'vitest';

const root = process.env['ANTARES_TEST_DATA'] ?? resolve(import.meta.dirname, '../../../shared');
const samples = join(root, 'data/api-samples');

/** Text of a recorded answer of ANTARES. */
export function recorded(name: string): string {
  return readFileSync(join(samples, name), 'utf8');
}

/** A `describe` that is skipped, with one line that says so, where the recorded answers are absent. */
export function describeWithRecordedAnswers(title: string, define: () => void): void {
  if (existsSync(samples)) describe(title, define);
  else describe.skip(`${title} (skipped: no recorded answers at ${samples}; set ANTARES_TEST_DATA)`, define);
}

/** Lines of a file of test vectors, header first. */
export function vectors(name: string): readonly string[] {
  return readFileSync(join(root, 'vectors', name), 'utf8')
    .trim()
    .split('\n');
}
