import type { Summary } from '../../protocol/attempt.ts';
import type { JudgeInput, Verdict } from '../plugin.ts';
import { readError } from './read-error.ts';
import { toStepFailed, toSucceeded } from './verdicts.ts';

const NOTHING: Summary = { add: 0, change: 0, remove: 0, import: 0, outputs: 0 };

/** Both tools name themselves here. */
const ALREADY = /^Resource already managed by /;

/** What was to be imported and is in the state already needs no import: that is no failure, and is said. */
export const judgeImport = (input: JudgeInput): Verdict => {
  const { step, exitCode, document, evidence } = input;
  const address = step.args.at(-2) ?? '';
  const withImports = (count: number): JudgeInput => ({
    ...input,
    evidence: { ...evidence, summary: { ...NOTHING, import: count }, facts: { ...evidence.facts, address } },
  });
  if (exitCode === 0) return toSucceeded(withImports(1));
  const error = readError(document);
  if (error === null || !ALREADY.test(error)) return toStepFailed(withImports(0), error);
  return toSucceeded(withImports(0), { shownText: `${address} is in the state already: nothing was imported.\n` });
};
