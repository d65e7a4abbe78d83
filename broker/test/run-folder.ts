import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  /** What the runner hands to every test file. */
  interface ProvidedContext {
    /** A folder of this run of the tests, empty at its beginning; see `once-a-run.ts`. */
    readonly runFolder: string;
  }
}

let folder: string | undefined;

/** Called by the test runner before the first test: makes the folder of the run. */
export async function setup(project: TestProject): Promise<void> {
  const path = await mkdtemp(join(tmpdir(), 'antares-test-run-'));
  folder = path;
  project.provide('runFolder', path);
  // A runner that watches starts again after a change: what was made before it does not count any more.
  project.onTestsRerun(async () => {
    await rm(path, { recursive: true, force: true });
    await mkdir(path);
  });
}

/** Called by the test runner after the last test. */
export async function teardown(): Promise<void> {
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
}
