import { defineConfig } from 'vitest/config';

const ISOLATED = 'test/**/*.isolated.test.ts';
const shared = {
  pool: 'forks' as const,
  setupFiles: ['test/helpers/leaks.ts'],
  // Real processes, Terraform and databases on a host that does much else: a test that waits for the event itself needs
  // no exact limit, only one that ends a hanging run.
  testTimeout: 30_000,
  hookTimeout: 60_000,
  teardownTimeout: 10_000,
  // With it xstate checks what it is given, and warns.
  execArgv: ['--conditions=development'],
};

export default defineConfig({
  test: {
    // More at once only makes them wait for each other: half of them start processes of their own.
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...shared,
          name: 'fast',
          include: ['test/**/*.test.ts'],
          exclude: [ISOLATED, 'test/bench/**'],
          // One process runs many files: what they import is loaded once.
          isolate: false,
        },
      },
      // These change the process itself (its signals, its environment, its globals): each has one of its own.
      { test: { ...shared, name: 'isolated', include: [ISOLATED], isolate: true } },
    ],
  },
});
