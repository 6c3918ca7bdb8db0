/** The words of the job machine: what it keeps, hears and says, and its named guards, actions and delays. */
import { assign, setup, type DoneActorEvent, type ErrorActorEvent } from 'xstate';
import type { JobSpec, StepSpec } from '../protocol/job.ts';
import type { Conclusion, Reason } from '../protocol/status.ts';
import { deliveryMachine } from './delivery.machine.ts';
import { concludeJob, type JobOutcome } from './job-outcome.ts';
import { leaseMachine, type LeaseOutcome, type LeaseOutput } from './lease.machine.ts';
import { maxTries, mayConcludeAgain, mayPrepareAgain, retryPauseMs } from './retry.ts';
import { callbackSlot, promiseSlot, type RetryNotice } from './slots.ts';
import { stepMachine, type StepEvent } from './step.machine.ts';
import type { StepOutput } from './step-outcome.ts';

/** What a runner process found on disk of a job whose process it is not (architecture.md D4). */
export interface FoundJob {
  /** What is left; the first is the one that was current. */
  steps: StepSpec[];
  /** Steps that had ended. */
  done: StepOutput[];
  /** `adopt`: the first of `steps` runs, or has ended since; `none`: it never started. */
  current: 'adopt' | 'none';
  /** The result, where it was journalled already. */
  outcome: JobOutcome | null;
  cancelled: boolean;
  /** How far it had come: before its steps were known, among them, or behind them. Absent: told by `steps` alone. */
  reached?: 'preparing' | 'executing' | 'concluding';
  /** What its machine knew besides. */
  stopped?: JobContext['stopped'];
  lease?: LeaseOutcome | null;
  failure?: Reason | null;
}
export interface JobInput {
  spec: JobSpec;
  fence: number;
  renewMs: number;
  /** What is left of the longest execution. */
  remainingMs: number;
  found: FoundJob | null;
}
export interface JobContext extends JobInput {
  /** Planned and not yet made. */
  steps: StepSpec[];
  done: StepOutput[];
  /** Index of the step that was made last; -1: none. */
  current: number;
  /** The step that was made last; null: none. */
  now: StepSpec | null;
  stopped: 'cancelled' | 'timedOut' | null;
  lease: LeaseOutcome | null;
  failure: Reason | null;
  outcome: JobOutcome | null;
  fate: 'sealed' | 'evidence' | null;
  /** Tries of what is being done that failed, and why the last one did. */
  tries: number;
  setback: Reason | null;
  /** What concluding found out about the state, for the person who has to look. */
  note: string | null;
}
export type JobCommand = { type: 'job.cancel' } | { type: 'job.kill' };
type StepDone = DoneActorEvent<StepOutput, `step.${string}`>;
type StepError = ErrorActorEvent<unknown, `step.${string}`>;
type LeaseDone = DoneActorEvent<LeaseOutput, 'lease'>;
export type JobEvent = JobCommand | StepDone | StepError | LeaseDone;
export interface JobOutput {
  attempt: string;
  conclusion: Conclusion;
  fate: 'sealed' | 'evidence';
}
export type Prepared = { steps: StepSpec[] };
export type Concluded = { failure: Reason | null; note?: string | null };

const base = setup({
  types: {
    input: {} as JobInput,
    context: {} as JobContext,
    events: {} as JobEvent,
    output: {} as JobOutput,
    meta: {} as { phase: string },
  },
  actors: {
    step: stepMachine,
    lease: leaseMachine,
    delivery: deliveryMachine,
    shipBytes: callbackSlot<{ type: 'never' }, { attempt: string }>('shipBytes'),
    prepareJob: promiseSlot<Prepared, { attempt: string; again: boolean }>('prepareJob'),
    shipState: callbackSlot<{ type: 'never' }, { attempt: string }>('shipState'),
    sealJob: promiseSlot<void, { attempt: string }>('sealJob'),
    tellRetry: promiseSlot<void, RetryNotice>('tellRetry'),
    concludeJob: promiseSlot<Concluded, { attempt: string; outcome: JobOutcome; done: StepOutput[] }>('concludeJob'),
  },
  guards: {
    hasOutcome: ({ context }) => context.found?.outcome !== null && context.found?.outcome !== undefined,
    wasFound: ({ context: { found } }) =>
      found?.reached === undefined ? (found?.steps.length ?? 0) > 0 : found.reached === 'executing',
    mayPrepareAgain: ({ context }, { reason }: { reason: Reason }) => mayPrepareAgain(reason, context.tries),
    mayConcludeAgain: ({ context }, { reason }: { reason: Reason }) => mayConcludeAgain(reason, context.tries),
    isStopped: ({ context }) => context.stopped !== null,
    wasConcluding: ({ context }) => context.found?.reached === 'concluding',
    goesOn: ({ context }, { output }: { output: StepOutput }) =>
      context.stopped === null &&
      context.lease === null &&
      output.conclusion === 'succeeded' &&
      !output.nothingLeft &&
      output.followedBy.length + context.steps.length > 0,
    isLeaseGone: ({ context }) => context.lease !== null,
    runsOnWithoutLease: ({ context }) => context.lease !== null && context.now?.effect === 'irreversible',
    isConclusion: ({ context }, { wanted }: { wanted: Conclusion }) => context.outcome?.conclusion === wanted,
    isGood: ({ context }) => ['succeeded', 'cancelled', 'skipped'].includes(context.outcome?.conclusion ?? ''),
    hasSteps: ({ context }) =>
      context.steps.length > 0 &&
      ((context.stopped === null && context.lease === null) || context.found?.current === 'adopt'),
  },
  delays: {
    jobDeadline: ({ context }) => context.remainingMs,
    retryPause: ({ context }) => retryPauseMs(context.tries - 1, context.setback),
  },
});

const toStep = (command: Extract<StepEvent, { type: `step.${string}` }>) =>
  base.sendTo(({ context }) => `step.${context.current}`, command);

/** What is said before preparing is tried again. */
export const toNotice = ({ spec, tries, setback }: JobContext): RetryNotice => {
  const reason = setback ?? { code: 'UNEXPECTED', message: 'the reason is not known' };
  return {
    attempt: spec.attempt,
    pauseMs: retryPauseMs(tries - 1, setback),
    next: tries + 1,
    of: maxTries(reason),
    reason,
  };
};

export const jobSetup = base.extend({
  actions: {
    rememberFound: assign(({ context: { found } }) =>
      found
        ? {
            steps: found.steps,
            done: found.done,
            current: found.done.length - 1,
            stopped: found.stopped ?? (found.cancelled ? ('cancelled' as const) : null),
            lease: found.lease ?? null,
            failure: found.failure ?? null,
            outcome: found.outcome,
          }
        : {},
    ),
    rememberPlan: assign((_, { steps }: Prepared) => ({ steps, tries: 0, setback: null })),
    rememberSetback: assign(({ context }, { reason }: { reason: Reason }) => ({
      tries: context.tries + 1,
      setback: reason,
    })),
    rememberNote: assign((_, { note }: Concluded) => ({ note: note ?? null })),
    takeNext: assign(({ context }) => ({
      current: context.current + 1,
      now: context.steps[0] ?? null,
    })),
    makeStep: base.spawnChild('step', {
      id: ({ context }) => `step.${context.current}`,
      input: ({ context }) => ({
        attempt: context.spec.attempt,
        fence: context.fence,
        index: context.current,
        step: context.steps[0] as StepSpec,
        found: context.found?.current === 'adopt' && context.current === context.found.done.length,
      }),
    }),
    dropPlanned: assign(({ context }) => ({ steps: context.steps.slice(1) })),
    recordStep: assign(({ context }, { output }: { output: StepOutput }) => ({
      done: [...context.done, { ...output, followedBy: [] }],
      steps: output.nothingLeft ? [] : [...output.followedBy, ...context.steps],
    })),
    dropStep: base.stopChild(({ event }) => ('actorId' in event ? event.actorId : '')),
    rememberStop: assign(({ context }, { reason }: { reason: 'cancelled' | 'timedOut' }) => ({
      stopped: context.stopped ?? reason,
    })),
    rememberLease: assign((_, { outcome }: { outcome: LeaseOutcome }) => ({ lease: outcome })),
    rememberFailure: assign(({ context }, { reason }: { reason: Reason | null }) => ({
      failure: context.failure ?? reason,
    })),
    decideOutcome: assign(({ context }) => ({
      outcome: concludeJob({ ...context, left: context.steps.length }),
    })),
    rememberFate: assign((_, { fate }: { fate: 'sealed' | 'evidence' }) => ({ fate })),
    interruptStep: toStep({ type: 'step.interrupt', reason: 'cancelled' }),
    interruptLateStep: toStep({ type: 'step.interrupt', reason: 'timedOut' }),
    forceStep: toStep({ type: 'step.force' }),
  },
});
