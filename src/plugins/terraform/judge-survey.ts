import type { JudgeInput, Verdict } from '../plugin.ts';
import { toTarget } from './compile.ts';
import { readPlanJson } from './plan-json.ts';
import { createPlanSteps } from './steps.ts';
import { createStreamReader } from './stream.ts';
import { expandTarget } from './target.ts';
import { toContradiction, toFailed, toStepFailed, toSucceeded } from './verdicts.ts';

/** The survey's stream is shown only where it failed: what will happen is what the targeted plan says. */
export const judgeSurvey = (input: JudgeInput): Verdict => {
  const reader = createStreamReader('plan');
  const shownText = (input.document ?? '')
    .split('\n')
    .map((line) => reader.line(line).text)
    .join('');
  const evidence = reader.evidence();
  if (input.exitCode !== 0) {
    const more = { shownText, ...(evidence.facts['sign'] === 'transient' ? { transient: true } : {}) };
    return toStepFailed({ ...input, evidence }, evidence.error, more);
  }
  if (evidence.facts['operation'] !== 'plan') {
    return toContradiction({ ...input, evidence }, 'PLAN_EVIDENCE', 'it never came to a summary', { shownText });
  }
  return toSucceeded({ ...input, evidence });
};

/** Expands the target over all addresses, and has exactly those planned. */
export const judgeSurveyShow = (input: JudgeInput): Verdict => {
  const { spec, step, document, exitCode } = input;
  if (exitCode !== 0) return toStepFailed(input, null, { shownText: document ?? '' });
  const plan = readPlanJson(document ?? '');
  if (!plan || plan.errored === true) return toContradiction(input, 'PLAN_EVIDENCE', 'the survey cannot be read');
  const target = toTarget(spec) ?? '';
  try {
    const { matched, known } = expandTarget(target, plan);
    const intro = `${matched.length} of ${known.length} resource addresses match ${target}\n`;
    const command = { program: step.program, shown: spec.task.kind, env: step.env };
    return toSucceeded(input, {
      shownText: intro + matched.map((address) => `  ${address}\n`).join(''),
      followedBy: createPlanSteps(command, spec, matched),
    });
  } catch (error) {
    return toFailed(input, error);
  }
};
