import type { Summary } from '../protocol/attempt.ts';
import type { StepSpec } from '../protocol/job.ts';
import type { Conclusion, Reason } from '../protocol/status.ts';
import { mayStepAgain } from './retry.ts';

/** What the plugin found: see plugins/plugin.ts (the same shape, as data). */
export interface StepVerdict {
  conclusion: 'succeeded' | 'failed';
  reason: Reason | null;
  evidence: { summary: Summary | null; error: string | null; facts: Record<string, unknown> } | null;
  followedBy: StepSpec[];
  nothingLeft: boolean;
  /** True: the world around the step failed it (network, registry), not the code: it may be tried again. */
  transient?: boolean;
}

/** How a step ended. */
export interface StepOutput {
  key: string;
  index: number;
  conclusion: Conclusion;
  reason: Reason | null;
  exitCode: number | null;
  signal: string | null;
  tries: number;
  startedAt: number | null;
  finishedAt: number | null;
  evidence: StepVerdict['evidence'];
  followedBy: StepSpec[];
  nothingLeft: boolean;
}

/** What a step's conclusion rests on: the machine keeps it. */
export interface Ended {
  step: StepSpec;
  index: number;
  /** Its process was found on disk: it was started by an earlier life. */
  found: boolean;
  /** Counts process starts; each has a folder of its own. */
  tries: number;
  startedAt: number | null;
  exit: { at: number; exitCode: number | null; signal: string | null } | null;
  /** Why it was interrupted: the first reason stays. */
  stopped: 'cancelled' | 'timedOut' | null;
  forced: boolean;
  failure: Reason | null;
  verdict: StepVerdict | null;
}

/** Nobody knows how far it came: killed, or its supervisor was. */
const isUnknown = ({ exit, startedAt, found }: Ended): boolean =>
  (startedAt !== null || found) && (exit === null || exit.exitCode === null);

/** Only `read` and `idempotent` steps, only where the world broke and not the command, and never after a stop. */
export const mayRetry = (ended: Ended): boolean =>
  ended.step.effect !== 'irreversible' &&
  ended.stopped === null &&
  !ended.forced &&
  ended.tries < ended.step.retries &&
  (ended.failure ? mayStepAgain(ended.failure) : isUnknown(ended) || isTransient(ended));

const isTransient = ({ verdict }: Ended): boolean => verdict?.conclusion === 'failed' && verdict.transient === true;

/** Why a step is tried again. */
export const whyAgain = (ended: Ended): Reason =>
  ended.failure ?? (isUnknown(ended) ? unknownEnd(ended) : (ended.verdict?.reason ?? unknownEnd(ended)));

/** First reason first: what stopped it, then what was found, then how it exited. */
export const concludeStep = (ended: Ended): StepOutput => {
  const { conclusion, reason } = decide(ended);
  return {
    key: ended.step.key,
    index: ended.index,
    conclusion,
    reason,
    exitCode: ended.exit?.exitCode ?? null,
    signal: ended.exit?.signal ?? null,
    tries: ended.tries + 1,
    startedAt: ended.startedAt,
    finishedAt: ended.exit?.at ?? null,
    evidence: ended.verdict?.evidence ?? null,
    followedBy: ended.verdict?.followedBy ?? [],
    nothingLeft: ended.verdict?.nothingLeft ?? false,
  };
};

const decide = (ended: Ended): { conclusion: Conclusion; reason: Reason | null } => {
  const { step, exit, stopped, failure, verdict } = ended;
  if (ended.startedAt === null && exit === null && !ended.found) {
    if (failure) return { conclusion: 'failed', reason: failure };
    return { conclusion: 'skipped', reason: null };
  }
  if (step.effect === 'irreversible' && isUnknown(ended)) {
    return { conclusion: 'needsReconciliation', reason: unknownEnd(ended) };
  }
  if (verdict?.conclusion === 'succeeded' && exit?.exitCode !== null) return { conclusion: 'succeeded', reason: null };
  if (stopped === 'timedOut') {
    const message = `Step \`${step.key}\` ran longer than ${step.timeoutMs ?? 0} ms and was interrupted.`;
    return { conclusion: 'timedOut', reason: { code: 'STEP_TIMED_OUT', message } };
  }
  if (stopped === 'cancelled') {
    return {
      conclusion: 'cancelled',
      reason: { code: 'STEP_CANCELLED', message: `Step \`${step.key}\` was interrupted on request.` },
    };
  }
  if (isUnknown(ended)) return { conclusion: 'failed', reason: failure ?? unknownEnd(ended) };
  return { conclusion: 'failed', reason: failure ?? verdict?.reason ?? exited(step.key, exit?.exitCode ?? null) };
};

const unknownEnd = ({ step, exit, forced }: Ended): Reason => {
  if (forced && step.effect === 'irreversible') {
    const message = `Step \`${step.key}\` was killed before its end, by an administrator's explicit act.`;
    return { code: 'STEP_FORCED', message };
  }
  return exit?.signal
    ? { code: 'STEP_SIGNALLED', message: `Step \`${step.key}\` was ended by ${exit.signal}.` }
    : { code: 'STEP_LOST', message: `Step \`${step.key}\` ended without telling its exit code.` };
};

const exited = (key: string, exitCode: number | null): Reason => ({
  code: 'STEP_FAILED',
  message: `Step \`${key}\` ended with exit code ${exitCode ?? 'unknown'}.`,
});
