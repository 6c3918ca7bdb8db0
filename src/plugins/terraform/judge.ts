import { SignalboxError } from '../../protocol/errors.ts';
import type { JudgeInput, Verdict } from '../plugin.ts';
import { judgeImport } from './judge-import.ts';
import { judgeInit } from './judge-init.ts';
import { judgePlan, judgeShow } from './judge-plan.ts';
import { judgeSurvey, judgeSurveyShow } from './judge-survey.ts';
import { judgeValidate } from './judge-validate.ts';
import { isImport } from './steps.ts';
import { StreamFacts } from './stream-facts.ts';
import { toContradiction, toStepFailed, toSucceeded } from './verdicts.ts';

const judgeApply = (input: JudgeInput): Verdict => {
  const { exitCode, evidence } = input;
  if (exitCode !== 0) return toStepFailed(input, evidence.error);
  const facts = StreamFacts.parse(evidence.facts);
  const contradict = (problem: string) => toContradiction(input, 'TOOL_EVIDENCE', problem);
  if (facts.errors > 0) return contradict(evidence.error ?? 'it reported an error');
  if (facts.errored.length > 0) return contradict(`${facts.errored.join(', ')} failed`);
  if (facts.unfinished.length > 0) return contradict(`${facts.unfinished.join(', ')} never ended`);
  if (facts.operation !== 'apply') return contradict('it never came to a summary');
  return toSucceeded(input);
};

const JUDGES: Record<string, (input: JudgeInput) => Verdict> = {
  init: judgeInit,
  validate: judgeValidate,
  plan: judgePlan,
  show: judgeShow,
  survey: judgeSurvey,
  'survey-show': judgeSurveyShow,
  apply: judgeApply,
};

/** By step: each has its own evidence. */
export const judge = (input: JudgeInput): Verdict => {
  const { key } = input.step;
  const byEvidence = isImport(key) ? judgeImport : JUDGES[key];
  if (!byEvidence) throw new SignalboxError('UNEXPECTED', { problem: `step ${key} has no judge` });
  return byEvidence(input);
};
