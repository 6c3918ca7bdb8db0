/** The words of the runner machine: what it keeps, hears and says, and its named guards, actions and delays. */
import { assign, setup, type DoneActorEvent, type ErrorActorEvent } from 'xstate';
import type { Reason } from '../protocol/status.ts';
import { jobMachine } from './job.machine.ts';
import type { JobInput, JobOutput } from './job.setup.ts';
import { callbackSlot, promiseSlot } from './slots.ts';

export interface RunnerInput {
  name: string;
  slots: number;
  stopGraceMs: number;
}
export interface RunnerContext extends RunnerInput {
  /** Attempts whose job actor lives. */
  jobs: string[];
  /** Attempts being claimed. */
  claims: string[];
  session: SessionFacts | null;
  /** Failed enrolments in a row. */
  misses: number;
  reason: Reason | null;
  /** Why it takes nothing new although it lives; null: it is well. */
  problem: Reason | null;
}
export interface SessionFacts {
  session: string;
  runner: string;
  renewMs: number;
  pollHoldMs: number;
}
/** What the polling actor tells. */
export type PollFact =
  | { type: 'offer.received'; attempt: string }
  | { type: 'attempt.cancelled'; attempt: string; desired: 'cancel' | 'kill' }
  | { type: 'session.ended'; reason: Reason }
  | { type: 'token.refused'; reason: Reason }
  | { type: 'drain.ordered' };
/** What the host tells of itself. */
export type HostFact = { type: 'disk.full'; reason: Reason } | { type: 'disk.well' };
export type RunnerCommand = { type: 'runner.drain' };
/** `isStranded`: the control plane gave it, and it could not be kept here; a new session gives it back. */
export type ClaimOutput =
  | { claimed: true; job: JobInput }
  | { claimed: false; attempt: string; reason: Reason; isStranded?: boolean };
type ClaimDone = DoneActorEvent<ClaimOutput, `claim.${string}`>;
type ClaimError = ErrorActorEvent<unknown, `claim.${string}`>;
type DeclineDone = DoneActorEvent<void, `decline.${string}`>;
type DeclineError = ErrorActorEvent<unknown, `decline.${string}`>;
type JobDone = DoneActorEvent<JobOutput, `job.${string}`>;
type JobError = ErrorActorEvent<unknown, `job.${string}`>;
/** What recovery tells: one job after another, then that it is through. */
export type RecoveryFact =
  | { type: 'job.found'; job: JobInput }
  | { type: 'recovery.finished' }
  | { type: 'recovery.failed'; reason: Reason };
export type RunnerEvent =
  | RecoveryFact
  | PollFact
  | HostFact
  | RunnerCommand
  | ClaimDone
  | ClaimError
  | DeclineDone
  | DeclineError
  | JobDone
  | JobError
  | { type: 'slots.changed' };
export type EnrolOutput = { enrolled: true; facts: SessionFacts } | { enrolled: false; final: boolean; reason: Reason };
/** Told to the polling actor whenever it changes. */
export type PollCommand = { type: 'slots.free'; free: number; problem: Reason | null };

const base = setup({
  types: {
    input: {} as RunnerInput,
    context: {} as RunnerContext,
    events: {} as RunnerEvent,
    output: {} as { reason: Reason | null },
    meta: {} as { phase: string },
  },
  actors: {
    job: jobMachine,
    recoverJobs: callbackSlot<{ type: 'never' }, { name: string }>('recoverJobs'),
    enrol: promiseSlot<EnrolOutput, { name: string; slots: number }>('enrol'),
    poll: callbackSlot<PollCommand, { facts: SessionFacts; free: number; problem: Reason | null }>('poll'),
    watchDisk: callbackSlot<{ type: 'never' }, { name: string }>('watchDisk'),
    claimJob: promiseSlot<ClaimOutput, { attempt: string; session: string; renewMs: number }>('claimJob'),
    declineOffer: promiseSlot<void, { attempt: string; session: string; reason: string }>('declineOffer'),
    drainSession: promiseSlot<void, { session: string | null; end: boolean }>('drainSession'),
  },
  guards: {
    isEnrolled: (_, output: EnrolOutput) => output.enrolled,
    isRefused: (_, output: EnrolOutput) => !output.enrolled && output.final,
    hasFreeSlot: ({ context }, { attempt }: { attempt: string }) =>
      freeSlots(context) > 0 && !context.claims.includes(attempt) && !context.jobs.includes(attempt),
    isNew: ({ context }, { attempt }: { attempt: string }) =>
      !context.claims.includes(attempt) && !context.jobs.includes(attempt),
    isClaimed: (_, output: ClaimOutput) => output.claimed,
    isStranded: (_, output: ClaimOutput) => !output.claimed && output.isStranded === true,
    hasJobs: ({ context }) => context.jobs.length > 0,
    hasClaims: ({ context }) => context.jobs.length === 0 && context.claims.length > 0,
    isIdle: ({ context }) => context.jobs.length + context.claims.length === 0,
    holdsJob: ({ context }, { attempt }: { attempt: string }) => context.jobs.includes(attempt),
  },
  delays: {
    enrolRetry: ({ context }) => Math.min(15_000, 250 * 2 ** Math.min(context.misses, 6)),
    stopGrace: ({ context }) => context.stopGraceMs,
  },
});

export const freeSlots = ({ slots, jobs, claims, problem }: RunnerContext): number =>
  problem === null ? slots - jobs.length - claims.length : 0;
const toPoll = base.sendTo('poll', ({ context }) => ({
  type: 'slots.free' as const,
  free: freeSlots(context),
  problem: context.problem,
}));
/** The job that a claim won or recovery found. */
const jobOf = (event: RunnerEvent): JobInput => {
  if (event.type === 'job.found') return event.job;
  if ('output' in event && event.output && 'claimed' in event.output && event.output.claimed) return event.output.job;
  throw new Error(`No job comes with ${event.type}.`);
};
const attemptOf = (actorId: string): string => actorId.slice(actorId.indexOf('.') + 1);

export const runnerSetup = base.extend({
  actions: {
    rememberSession: assign((_, output: EnrolOutput) =>
      output.enrolled ? { session: output.facts, misses: 0, reason: null } : {},
    ),
    rememberRefusal: assign((_, { reason }: { reason: Reason }) => ({ reason })),
    rememberProblem: assign((_, { reason }: { reason: Reason }) => ({ problem: reason })),
    forgetProblem: assign({ problem: null }),
    countMiss: assign(({ context }) => ({ misses: context.misses + 1 })),
    makeClaim: base.spawnChild('claimJob', {
      id: ({ event }) => `claim.${'attempt' in event ? event.attempt : ''}`,
      input: ({ context, event }) => ({
        attempt: 'attempt' in event ? event.attempt : '',
        session: context.session?.session ?? '',
        renewMs: context.session?.renewMs ?? 0,
      }),
    }),
    makeDecline: base.spawnChild('declineOffer', {
      id: ({ event }) => `decline.${'attempt' in event ? event.attempt : ''}`,
      input: ({ context, event }) => ({
        attempt: 'attempt' in event ? event.attempt : '',
        session: context.session?.session ?? '',
        reason: context.problem?.message ?? 'no slot is free',
      }),
    }),
    rememberClaim: assign(({ context }, { attempt }: { attempt: string }) => ({
      claims: [...context.claims, attempt],
    })),
    makeJob: base.spawnChild('job', {
      id: ({ event }) => `job.${jobOf(event).spec.attempt}`,
      input: ({ event }) => jobOf(event),
    }),
    rememberJob: assign(({ context, event }) => ({ jobs: [...context.jobs, jobOf(event).spec.attempt] })),
    dropChild: base.stopChild(({ event }) => ('actorId' in event ? event.actorId : '')),
    forgetClaim: assign(({ context }, { actorId }: { actorId: string }) => ({
      claims: context.claims.filter((attempt) => attempt !== attemptOf(actorId)),
    })),
    forgetJob: assign(({ context }, { actorId }: { actorId: string }) => ({
      jobs: context.jobs.filter((attempt) => attempt !== attemptOf(actorId)),
    })),
    tellPoll: toPoll,
    slotsChanged: base.raise({ type: 'slots.changed' }),
    cancelJob: base.sendTo(
      ({ event }) => `job.${'attempt' in event ? event.attempt : ''}`,
      ({ event }) => ({ type: 'desired' in event && event.desired === 'kill' ? 'job.kill' : 'job.cancel' }) as const,
    ),
  },
});
