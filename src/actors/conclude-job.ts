import { fromPromise } from 'xstate';
import { findPlugin } from '../plugins/registry.ts';
import type { JobOutcome } from '../machines/job-outcome.ts';
import type { Concluded } from '../machines/job.setup.ts';
import type { StepOutput } from '../machines/step-outcome.ts';
import { attemptOf, type Attempt, type Attempts } from './attempt.ts';
import type { Findings } from './findings.ts';
import { keepPlan } from './keep-plan.ts';
import { maskTexts } from './mask-texts.ts';
import type { Prepared } from './prepared.ts';
import type { World } from './world.ts';

/** Gathers what the job leaves: final state, plan, summary, outputs. Nothing is sent here. */
export const createConcludeJob = (world: World, attempts: Attempts) =>
  fromPromise<Concluded, { attempt: string; outcome: JobOutcome; done: StepOutput[] }>(async ({ input }) => {
    const attempt = attemptOf(attempts, input.attempt);
    const { prepared } = attempt;
    const findings: Findings = { summary: null, outputs: {}, plan: null, artifacts: [], finishedAt: world.clock.now() };
    try {
      if (prepared) await gather(world, attempt, prepared, input.outcome, findings);
    } finally {
      // Also where gathering failed: the job still has something to report.
      await attempt.directory.writeFacts('findings', findings);
    }
    return { failure: attempt.stateRefusal };
  });

const gather = async (
  world: World,
  attempt: Attempt,
  prepared: Prepared,
  outcome: JobOutcome,
  findings: Findings,
): Promise<void> => {
  const { spec } = attempt;
  const state = prepared.stateFile ? await world.createStateFile(prepared.stateFile).read() : null;
  const text = state ? new TextDecoder().decode(state.bytes) : null;
  const concluded = findPlugin(spec.task.kind).conclude({ spec, evidence: attempt.evidence, state: text });
  findings.summary = concluded.summary;
  findings.outputs = maskTexts(concluded.outputs, (value) => attempt.masker.text(value));
  if (spec.effect !== 'read' || outcome.conclusion !== 'succeeded') return;
  const plan = await keepPlan(world, attempt, prepared);
  if (!plan) return;
  findings.plan = plan.ref;
  findings.artifacts.push({ ref: plan.artifact, file: plan.file });
};
