import { defineConfig } from 'vitest/config';
import { findProgram } from './test/helpers/tools.ts';

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
    // Half of them start processes of their own and wait for these: more at once would only make them wait for each other.
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
      {
        test: {
          ...shared,
          name: 'isolated',
          include: [ISOLATED],
          // The whole product at work: without a Terraform there is nothing for it to run.
          exclude: findProgram('terraform') === null ? ['test/e2e/**'] : [],
          isolate: true,
        },
      },
    ],
  },
});
