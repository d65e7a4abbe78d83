import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['broker/test/**/*.test.ts', 'bench/**/*.test.ts', 'client/test/**/*.test.ts'],
    globalSetup: ['broker/test/run-folder.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
