/**
 * A pipeline: one run of a workflow. It decides which jobs may start and what the whole comes to; it runs nothing.
 * It has no children and no timers, so its value and context are kept in the control plane's row as they are.
 *
 *   scheduled   accepted, no job decided yet           → pending, on `pipeline.start`
 *   pending     some job waits for a runner            → running, when one is claimed
 *   running     a runner works on a job                → pending | manual | over
 *   manual      only people can move it on             → pending, on `job.approved`
 *   succeeded · warning · failed · terminated · error  over
 */
import { assign, setup } from 'xstate';
import type { Conclusion } from '../protocol/status.ts';
import { advance, outcomeOf, stopWaiting, type PipelineJobs } from './pipeline-jobs.ts';

export interface PipelineInput {
  jobs: PipelineJobs;
  /** What a failure that its task ignores makes of the pipeline; documented: `failed`. */
  ignoredFailure?: 'failed' | 'warning';
}
export interface PipelineContext {
  /** Each job by its key: what it waits for and where it stands. */
  jobs: PipelineJobs;
  ignoredFailure: 'failed' | 'warning';
  /** True once somebody stopped it: nothing starts any more. */
  stopped: boolean;
}
export type PipelineEvent =
  | { type: 'pipeline.start' }
  | { type: 'pipeline.stop' }
  | { type: 'job.claimed'; key: string }
  | { type: 'job.requeued'; key: string }
  | { type: 'job.approved'; key: string }
  | { type: 'job.rejected'; key: string }
  | { type: 'job.concluded'; key: string; conclusion: Conclusion };

const machine = setup({
  types: {
    input: {} as PipelineInput,
    context: {} as PipelineContext,
    events: {} as PipelineEvent,
    meta: {} as { phase: string },
  },
  guards: {
    goesOn: ({ context }) => !context.stopped,
    isRunning: ({ context }) => Object.values(context.jobs).some(({ at }) => at === 'running'),
    isPending: ({ context }) =>
      !Object.values(context.jobs).some(({ at }) => at === 'running') &&
      Object.values(context.jobs).some(({ at }) => at === 'ready'),
    isManual: ({ context }) =>
      !Object.values(context.jobs).some(({ at }) => at === 'running' || at === 'ready') &&
      Object.values(context.jobs).some(({ at }) => at === 'manual'),
    hasSucceeded: ({ context }) => outcomeOf(context) === 'succeeded',
    hasWarning: ({ context }) => outcomeOf(context) === 'warning',
    hasFailed: ({ context }) => outcomeOf(context) === 'failed',
    wasTerminated: ({ context }) => outcomeOf(context) === 'terminated',
    isInError: ({ context }) => outcomeOf(context) === 'error',
  },
  actions: {
    advanceJobs: assign(({ context }) => ({ jobs: advance(context.jobs) })),
    stopWaitingJobs: assign(({ context }) => ({ stopped: true, jobs: stopWaiting(context.jobs) })),
    placeJob: assign(({ context }, { key, at }: { key: string; at: 'running' | 'ready' }) => ({
      jobs: place(context.jobs, key, { at }),
    })),
    approveJob: assign(({ context }, { key }: { key: string }) => ({
      jobs: advance(place(context.jobs, key, { approved: true, at: 'waiting' })),
    })),
    concludeJob: assign(({ context }, { key, conclusion }: { key: string; conclusion: Conclusion }) => {
      const jobs = place(context.jobs, key, { at: 'over', conclusion });
      return { jobs: context.stopped ? stopWaiting(jobs) : advance(jobs) };
    }),
  },
});

const place = (jobs: PipelineJobs, key: string, change: Partial<PipelineJobs[string]>): PipelineJobs => {
  const job = jobs[key];
  return job ? { ...jobs, [key]: { ...job, ...change } } : jobs;
};

const OVER = [
  { guard: 'isInError', target: 'error' },
  { guard: 'wasTerminated', target: 'terminated' },
  { guard: 'hasFailed', target: 'failed' },
  { guard: 'hasWarning', target: 'warning' },
  { guard: 'hasSucceeded', target: 'succeeded' },
] as const;

export const pipelineMachine = machine.createMachine({
  id: 'pipeline',
  version: '1',
  description: 'One run of a workflow: which jobs may start, and what the whole comes to.',
  initial: 'scheduled',
  options: { maxIterations: 1000 },
  context: ({ input }) => ({ jobs: input.jobs, ignoredFailure: input.ignoredFailure ?? 'failed', stopped: false }),
  on: {
    'pipeline.stop': {
      description: 'Nothing starts any more; running jobs are asked to end.',
      actions: 'stopWaitingJobs',
    },
    'job.claimed': {
      actions: { type: 'placeJob', params: ({ event }) => ({ key: event.key, at: 'running' as const }) },
    },
    'job.requeued': {
      guard: 'goesOn',
      actions: { type: 'placeJob', params: ({ event }) => ({ key: event.key, at: 'ready' as const }) },
    },
    'job.approved': { actions: { type: 'approveJob', params: ({ event }) => event } },
    'job.rejected': {
      actions: { type: 'concludeJob', params: ({ event }) => ({ key: event.key, conclusion: 'cancelled' as const }) },
    },
    'job.concluded': { actions: { type: 'concludeJob', params: ({ event }) => event } },
  },
  states: {
    scheduled: {
      description: 'Accepted; no job has been decided about.',
      meta: { phase: 'idle' },
      on: { 'pipeline.start': { target: 'pending', actions: 'advanceJobs' } },
      always: [{ guard: 'wasTerminated', target: 'terminated' }],
    },
    pending: {
      description: 'A job waits for a runner.',
      meta: { phase: 'idle' },
      always: [...OVER, { guard: 'isRunning', target: 'running' }, { guard: 'isManual', target: 'manual' }],
    },
    running: {
      description: 'A runner works on at least one job.',
      meta: { phase: 'running' },
      always: [...OVER, { guard: 'isPending', target: 'pending' }, { guard: 'isManual', target: 'manual' }],
    },
    manual: {
      description: 'At least one job waits for approval, and nothing else can go on.',
      meta: { phase: 'idle' },
      always: [...OVER, { guard: 'isRunning', target: 'running' }, { guard: 'isPending', target: 'pending' }],
    },
    succeeded: { type: 'final', description: 'Every job succeeded.', meta: { phase: 'done' } },
    warning: { type: 'final', description: 'Only jobs whose failure is ignored failed.', meta: { phase: 'done' } },
    failed: { type: 'final', description: 'A job failed.', meta: { phase: 'failed' } },
    terminated: { type: 'final', description: 'A person stopped it.', meta: { phase: 'done' } },
    error: { type: 'final', description: 'A job needs reconciliation.', meta: { phase: 'failed' } },
  },
});
