import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe } from 'vitest';

const root = process.env['ANTARES_TEST_DATA'] ?? resolve(import.meta.dirname, '../../../shared');

/** Whether the shared real data and vectors are there. */
export const hasSharedData = existsSync(join(root, 'vectors')) && existsSync(join(root, 'data'));

/** Absolute path of a file in the shared folder (`ANTARES_TEST_DATA`, by default `shared` beside the checkout). */
export function sharedPath(relative: string): string {
  return join(root, relative);
}

/** A `describe` that is skipped, with one line that says so, where the shared data is absent. */
export function describeWithSharedData(title: string, define: () => void): void {
  if (hasSharedData) describe(title, define);
  else describe.skip(`${title} (skipped: no real data at ${root}; set ANTARES_TEST_DATA)`, define);
}
