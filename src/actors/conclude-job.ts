import { fromPromise } from 'xstate';
import { findPlugin } from '../plugins/registry.ts';
import type { JobOutcome } from '../machines/job-outcome.ts';
import type { Concluded } from '../machines/job.setup.ts';
import type { StepOutput } from '../machines/step-outcome.ts';
import { attemptOf, type Attempt, type Attempts } from './attempt.ts';
import { isDiskFull, toDiskFull } from './disk-full.ts';
import { tellLock, tellState } from './end-note.ts';
import type { Findings } from './findings.ts';
import { keepEvidence } from './keep-evidence.ts';
import { keepPlan } from './keep-plan.ts';
import { lookAtState } from './look-at-state.ts';
import { maskTexts } from './mask-texts.ts';
import type { Prepared } from './prepared.ts';
import type { World } from './world.ts';

type Ended = { attempt: string; outcome: JobOutcome; done: StepOutput[] };

/** Gathers what the job leaves: final state, plan, summary, outputs. Nothing is sent here. */
export const createConcludeJob = (world: World, attempts: Attempts) =>
  fromPromise<Concluded, Ended>(async ({ input }) => {
    const attempt = attemptOf(attempts, input.attempt);
    const { prepared, directory } = attempt;
    // Nothing runs any more; a start that was opened and never made has no end of its own.
    for (const { ended } of attempt.steps.values()) ended.abort();
    const findings: Findings = {
      summary: null,
      outputs: {},
      plan: null,
      artifacts: [],
      finishedAt: world.clock.now(),
      note: null,
    };
    let found: Concluded = { failure: null };
    try {
      if (prepared) found = await gather(world, attempt, prepared, input, findings);
    } catch (error) {
      // With room it is gathered again; whatever else failed, the job still has something to report.
      if (!isDiskFull(error)) await directory.writeFacts('findings', findings);
      throw toDiskFull(error, directory.path);
    }
    await directory.writeFacts('findings', findings).catch((error: unknown) => {
      throw toDiskFull(error, directory.path);
    });
    return { ...found, failure: attempt.stateRefusal ?? found.failure };
  });

const gather = async (
  world: World,
  attempt: Attempt,
  prepared: Prepared,
  { outcome, done }: Ended,
  findings: Findings,
): Promise<Concluded> => {
  const { spec } = attempt;
  const state = await lookAtState(world, prepared, attempt.state);
  const concluded = findPlugin(spec.task.kind).conclude({
    spec,
    evidence: attempt.evidence,
    state: state?.text ?? null,
  });
  findings.summary = concluded.summary;
  findings.outputs = maskTexts(concluded.outputs, (value) => attempt.masker.text(value));
  const hasSucceeded = outcome.conclusion === 'succeeded';
  if (spec.effect === 'irreversible') {
    if (hasSucceeded) return { failure: state?.problem ?? null };
    findings.artifacts.push(...(await keepEvidence(world, prepared, state?.found.file === 'torn')));
    const note = state && tellState(state.found);
    // What never began changed nothing, and there is nothing to tell.
    const lock = tellLock(outcome);
    // The reason of a job that needs reconciliation says the rest.
    if (note && done.length > 0)
      findings.note = outcome.conclusion === 'needsReconciliation' ? lock : `${note} ${lock}`;
    return { failure: null, note };
  }
  const plan = spec.effect === 'read' && hasSucceeded ? await keepPlan(world, attempt, prepared) : null;
  if (plan) {
    findings.plan = plan.ref;
    findings.artifacts.push({ ref: plan.artifact, file: plan.file });
  }
  return { failure: null };
};
