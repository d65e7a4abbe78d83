import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of its own for a test, removed by `dispose`. */
export async function temporaryFolder(): Promise<{ readonly path: string; readonly dispose: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'antares-test-'));
  return { path, dispose: () => rm(path, { recursive: true, force: true }) };
}
