import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['broker/test/**/*.test.ts', 'bench/**/*.test.ts', 'client/test/**/*.test.ts'],
    // The default leaves one processor to the runner, which mostly waits: of two, the tests would get one.
    maxWorkers: '100%',
    globalSetup: ['broker/test/run-folder.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
