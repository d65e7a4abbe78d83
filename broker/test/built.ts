import { existsSync } from 'node:fs';

/**
 * The built sources, for tests that start threads and processes: the oldest Node.js reads no TypeScript. `npm test` builds
 * first; a test that runs without is told so, and never passed over.
 */
export const BUILT = new URL('../dist/', import.meta.url);
if (!existsSync(new URL('main.js', BUILT))) {
  throw new Error('these tests run the built sources: run `npm run build` first');
}
