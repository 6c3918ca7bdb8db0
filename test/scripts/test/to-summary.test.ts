import { expect, test } from 'vitest';
import { toSummary } from '../../../scripts/test/to-summary.ts';

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((result) => ({ status: result })),
});

test.each([
  [
    'a good run',
    { numPassedTests: 2, numFailedTests: 0, testResults: [file('passed', 'passed')] },
    0,
    '2 passed, 0 failed',
    0,
  ],
  [
    'a failed test',
    { numPassedTests: 1, numFailedTests: 1, testResults: [file('failed', 'failed')] },
    1,
    '1 passed, 1 failed',
    1,
  ],
  [
    'a file that cannot be loaded',
    { numPassedTests: 1, numFailedTests: 0, testResults: [file('failed')] },
    1,
    '1 passed, 1 failed',
    1,
  ],
  [
    'a file that leaves something behind',
    { numPassedTests: 3, numFailedTests: 0, testResults: [file('failed', 'passed', 'passed', 'passed')] },
    1,
    '3 passed, 1 failed',
    1,
  ],
  [
    'an error that no test shows',
    { numPassedTests: 2, numFailedTests: 0, testResults: [file('passed')] },
    1,
    '2 passed, 1 failed',
    1,
  ],
  ['no report', null, 0, '0 passed, 1 failed', 1],
])('%s is told in the last line', (_, report, code, line, exitCode) => {
  expect(toSummary(report, code)).toEqual({ line, exitCode });
});
