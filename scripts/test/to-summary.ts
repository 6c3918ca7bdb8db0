/** What vitest's JSON reporter writes, as far as it is read here. */
export interface TestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests?: number;
  testResults: { status: string; assertionResults: { status: string }[] }[];
}

/**
 * The last line of a run. A file that failed without a failing test of its own (it could not be loaded, or left something
 * behind) counts as one failure; so does a run that ended badly for a reason that no test shows.
 */
export const toSummary = (report: TestReport | null, exitCode: number): { line: string; exitCode: number } => {
  const files = report?.testResults ?? [];
  const brokenFiles = files.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((result) => result.status === 'failed'),
  );
  const told = (report?.numFailedTests ?? 0) + brokenFiles.length;
  const failed = told === 0 && (exitCode !== 0 || report === null) ? 1 : told;
  return { line: `${report?.numPassedTests ?? 0} passed, ${failed} failed`, exitCode: failed === 0 ? 0 : 1 };
};
