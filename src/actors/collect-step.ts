import { fromPromise } from 'xstate';
import { findPlugin } from '../plugins/registry.ts';
import type { StepEvidence } from '../plugins/plugin.ts';
import type { StepSpec } from '../protocol/job.ts';
import type { CollectInput } from '../machines/step.machine.ts';
import type { StepVerdict } from '../machines/step-outcome.ts';
import { attemptOf, type Attempts } from './attempt.ts';
import { maskTexts } from './mask-texts.ts';
import type { World } from './world.ts';

/** Where a command says why it failed. */
const END_BYTES = 64 * 1024;

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
    const document = await readDocument(world, step, exitCode, `${files.directory}/output`);
    const plugin = findPlugin(attempt.spec.task.kind);
    const { spec } = attempt;
    const verdict = plugin.judge({ spec, step, exitCode, evidence, document, earlier: attempt.evidence });
    // What a verdict says is kept in the trace and sent as it is: secrets end here.
    const mask = (text: string): string => attempt.masker.text(text);
    const kept = maskTexts(verdict.evidence ?? evidence, mask);
    attempt.evidence[step.key] = kept;
    if (verdict.shownText) attempt.say(verdict.shownText);
    return {
      conclusion: verdict.conclusion,
      reason: maskTexts(verdict.reason, mask),
      evidence: kept,
      followedBy: verdict.followedBy ?? [],
      nothingLeft: verdict.nothingLeft ?? false,
      ...(verdict.transient && { transient: true }),
    };
  });

const readDocument = (world: World, step: StepSpec, exitCode: number, path: string): Promise<string | null> => {
  if (step.format === 'document') return world.files.readText(path);
  if (step.format === 'plain' && exitCode !== 0) return world.files.readEnd(path, END_BYTES);
  return Promise.resolve(null);
};
