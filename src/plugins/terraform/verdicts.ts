import type { ErrorCode } from '../../protocol/catalogue.ts';
import { SignalboxError, toReason } from '../../protocol/errors.ts';
import type { JudgeInput, Verdict } from '../plugin.ts';

/** Evidence with the exit code, which the later steps' verdicts need. */
const toEvidence = ({ evidence, exitCode }: JudgeInput): JudgeInput['evidence'] => ({
  ...evidence,
  facts: { ...evidence.facts, exitCode },
});

export const toSucceeded = (input: JudgeInput, more: Partial<Verdict> = {}): Verdict => ({
  conclusion: 'succeeded',
  reason: null,
  evidence: toEvidence(input),
  ...more,
});

export const toFailed = (input: JudgeInput, error: unknown, more: Partial<Verdict> = {}): Verdict => ({
  conclusion: 'failed',
  reason: toReason(error),
  evidence: toEvidence(input),
  ...more,
});

/** The step failed by its exit code; `error` is what the tool itself said first. */
export const toStepFailed = (input: JudgeInput, error: string | null, more: Partial<Verdict> = {}): Verdict => {
  const failure = new SignalboxError('STEP_FAILED', { step: input.step.key, exitCode: input.exitCode });
  const reason = toReason(failure);
  if (error !== null) reason.message = `${reason.message.replace(/\.$/, '')}: ${error}`;
  return { conclusion: 'failed', reason, evidence: { ...toEvidence(input), error }, ...more };
};

/** Exit code and evidence disagree. */
export const toContradiction = (
  input: JudgeInput,
  code: Extract<ErrorCode, 'PLAN_EVIDENCE' | 'TOOL_EVIDENCE'>,
  problem: string,
  more: Partial<Verdict> = {},
): Verdict =>
  toFailed(input, new SignalboxError(code, { step: input.step.key, exitCode: input.exitCode, problem }), more);
