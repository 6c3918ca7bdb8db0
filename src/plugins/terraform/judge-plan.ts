import type { Summary } from '../../protocol/attempt.ts';
import { SignalboxError } from '../../protocol/errors.ts';
import type { JudgeInput, StepEvidence, Verdict } from '../plugin.ts';
import { toAction } from './actions.ts';
import { ansi } from './ansi.ts';
import { toTarget } from './compile.ts';
import { readPlanJson, type PlanJson } from './plan-json.ts';
import { renderPlan } from './render-plan.ts';
import { StreamFacts } from './stream-facts.ts';
import { toContradiction, toFailed, toStepFailed, toSucceeded } from './verdicts.ts';

const MAX_CHANGES = 200;
const NO_CHANGES = `\n${ansi.bold(ansi.green('No changes.'))} Real resources match the code.\n`;

/** The plan step alone: 0 and 2 count only with a stream that came to its summary without an error. */
export const judgePlan = (input: JudgeInput): Verdict => {
  const { exitCode, evidence } = input;
  const facts = StreamFacts.parse(evidence.facts);
  if (exitCode !== 0 && exitCode !== 2) {
    return toStepFailed(input, evidence.error, facts.sign === 'transient' ? { transient: true } : {});
  }
  if (facts.errors > 0) return toContradiction(input, 'PLAN_EVIDENCE', evidence.error ?? 'it reported an error');
  if (facts.operation !== 'plan') return toContradiction(input, 'PLAN_EVIDENCE', 'it never came to a summary');
  return toSucceeded(input);
};

const isChange = (plan: PlanJson): boolean =>
  plan.resource_changes.some(
    ({ change, previous_address }) =>
      toAction(change.actions) !== 'noop' || previous_address !== undefined || !!change.importing,
  ) || Object.values(plan.output_changes).some(({ actions }) => toAction(actions) !== 'noop');

/** Why this document is not a whole plan; null: it is one. A targeted plan is never called complete (measured). */
const findFault = (plan: PlanJson | null, targeted: boolean): string | null => {
  if (!plan) return 'the plan file cannot be read';
  if (plan.errored === true) return 'the plan ended with an error';
  if (plan.complete === false && !targeted) return 'the plan is not complete';
  return null;
};

/** What the tool would do, one entry a resource that something happens to. */
const toChanges = (plan: PlanJson): { address: string; action: string }[] =>
  plan.resource_changes
    .map(({ address, change, previous_address }) => {
      const action = toAction(change.actions);
      if (action !== 'noop') return { address, action };
      return { address, action: change.importing ? 'import' : previous_address === undefined ? 'noop' : 'move' };
    })
    .filter(({ action }) => action !== 'noop');

const isSame = (a: Summary, b: Summary): boolean =>
  a.add === b.add && a.change === b.change && a.remove === b.remove && a.import === b.import;

/** Counted as the tool counts: a replacement is one to add and one to remove; moves and forgotten ones do not count. */
const countSummary = (plan: PlanJson): Summary => {
  const summary: Summary = { add: 0, change: 0, remove: 0, import: 0, outputs: 0 };
  for (const { change } of plan.resource_changes) {
    if (change.actions.includes('create')) summary.add += 1;
    if (change.actions.includes('update')) summary.change += 1;
    if (change.actions.includes('delete')) summary.remove += 1;
    if (change.importing) summary.import += 1;
  }
  summary.outputs = Object.values(plan.output_changes).filter(({ actions }) => toAction(actions) !== 'noop').length;
  return summary;
};

/** The saved plan, against the exit code and the stream of the step that made it. */
export const judgeShow = (input: JudgeInput): Verdict => {
  const { document, exitCode, earlier } = input;
  if (exitCode !== 0) return toStepFailed(input, null, { shownText: document ?? '' });
  const planned = StreamFacts.parse(earlier['plan']?.facts ?? {});
  const contradict = (problem: string): Verdict =>
    toFailed(input, new SignalboxError('PLAN_EVIDENCE', { exitCode: planned.exitCode ?? null, problem }));

  const plan = readPlanJson(document ?? '');
  const fault = findFault(plan, toTarget(input.spec) !== null);
  if (!plan || fault !== null) return contradict(fault ?? 'the plan file cannot be read');
  const told = earlier['plan']?.summary;
  const counted = countSummary(plan);
  if (!told || !isSame(told, counted)) return contradict('its summary counts other changes than the saved plan holds');
  // A plan that only drops data sources from the state shows no change, and the older tools do not say `applyable`.
  const hasChanges = plan.applyable ?? (isChange(plan) || planned.exitCode === 2);
  if (hasChanges && planned.exitCode !== 2) return contradict('the saved plan holds changes');
  if (!hasChanges && planned.exitCode !== 0) return contradict('the saved plan holds no changes');

  const changes = toChanges(plan);
  const evidence: StepEvidence = {
    summary: counted,
    error: null,
    facts: {
      hasChanges,
      drift: plan.resource_drift.length,
      count: changes.length,
      changes: changes.slice(0, MAX_CHANGES),
    },
  };
  const shownText = hasChanges ? renderPlan(plan) : NO_CHANGES;
  return toSucceeded({ ...input, evidence }, { shownText, nothingLeft: !hasChanges });
};
