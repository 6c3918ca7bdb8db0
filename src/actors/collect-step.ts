import { fromPromise } from 'xstate';
import { findPlugin } from '../plugins/registry.ts';
import type { StepEvidence } from '../plugins/plugin.ts';
import type { CollectInput } from '../machines/step.machine.ts';
import type { StepVerdict } from '../machines/step-outcome.ts';
import { attemptOf, type Attempts } from './attempt.ts';
import type { World } from './world.ts';

const NO_EVIDENCE: StepEvidence = { summary: null, error: null, facts: {} };

/** Reads a step's output to its end and lets the plugin judge it by exit code and evidence. */
export const createCollectStep = (world: World, attempts: Attempts) =>
  fromPromise<StepVerdict, CollectInput>(async ({ input }) => {
    const attempt = attemptOf(attempts, input.attempt);
    const { step, index, exitCode } = input;
    const files = attempt.steps.get(index);
    files?.ended.abort();
    await attempt.log.drained();
    const evidence = attempt.readers.get(index)?.evidence() ?? NO_EVIDENCE;
    if (exitCode === null || !files) {
      attempt.evidence[step.key] = evidence;
      return { conclusion: 'failed', reason: null, evidence, followedBy: [], nothingLeft: false };
    }
    const document = step.format === 'document' ? await world.files.readText(`${files.directory}/output`) : null;
    const plugin = findPlugin(attempt.spec.task.kind);
    const { spec } = attempt;
    const verdict = plugin.judge({ spec, step, exitCode, evidence, document, earlier: attempt.evidence });
    const kept = verdict.evidence ?? evidence;
    attempt.evidence[step.key] = kept;
    if (verdict.shownText) attempt.say(verdict.shownText);
    return {
      conclusion: verdict.conclusion,
      reason: verdict.reason,
      evidence: kept,
      followedBy: verdict.followedBy ?? [],
      nothingLeft: verdict.nothingLeft ?? false,
    };
  });
