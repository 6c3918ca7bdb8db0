/**
 * A step: one command of a job, from its permit to its verdict.
 *
 *   idle         decides by effect and by what was found     → permitting · active · skipped
 *   permitting   an irreversible step asks the control plane → active · refused → done
 *   active       its process exists (starting → running → interrupting → forcing) → collecting, when it has exited
 *   collecting   its output is read to the end and judged    → done · retrying
 *   retrying     the world failed a read or idempotent step: a pause, then again → active
 *   done · skipped   over
 */
import { assign, setup, type DoneActorEvent } from 'xstate';
import type { StepSpec } from '../protocol/job.ts';
import type { Reason } from '../protocol/status.ts';
import { toFailure } from './failure.ts';
import { retryPauseMs } from './retry.ts';
import { callbackSlot, promiseSlot, type RetryNotice } from './slots.ts';
import { concludeStep, mayRetry, whyAgain, type Ended, type StepOutput, type StepVerdict } from './step-outcome.ts';

export interface StepInput {
  attempt: string;
  fence: number;
  index: number;
  step: StepSpec;
  /** True: its process was found on disk; it is adopted, never started again. */
  found: boolean;
  /** True: the job was cancelled before this step was made. */
  cancelled?: boolean;
}
export interface StepContext extends StepInput, Ended {
  permit: { validUntilElapsed: number } | null;
}
/** What the process's actor tells. */
export type ProcessFact =
  | { type: 'process.started'; at: number; pid: number; startTime: string; adopted: boolean }
  | { type: 'process.exited'; at: number; exitCode: number | null; signal: string | null }
  | { type: 'process.notStarted'; at: number; reason: Reason; permitExpired: boolean };
/** What it is told. */
export type ProcessCommand = { type: 'process.interrupt' } | { type: 'process.force' };
export type StepEvent =
  | ProcessFact
  | { type: 'step.interrupt'; reason: 'cancelled' | 'timedOut' }
  | { type: 'step.force' };

export type ProcessInput = Pick<StepContext, 'attempt' | 'index' | 'step' | 'found' | 'permit'>;
export type CollectInput = Pick<StepContext, 'attempt' | 'index' | 'step'> & { exitCode: number | null };
export type PermitOutput = { permitted: true; validUntilElapsed: number } | { permitted: false; reason: Reason };

/** Longest timer of the platform: what "no limit" means (24 days). */
const NO_LIMIT_MS = 2 ** 31 - 1;

const base = setup({
  types: {
    input: {} as StepInput,
    context: {} as StepContext,
    events: {} as StepEvent,
    output: {} as StepOutput,
    meta: {} as { phase: string },
    children: {} as { process: 'runProcess'; permit: 'askPermit'; collect: 'collectStep'; notice: 'tellRetry' },
  },
  actors: {
    askPermit: promiseSlot<PermitOutput, { attempt: string; fence: number; step: string }>('askPermit'),
    runProcess: callbackSlot<ProcessCommand, ProcessInput>('runProcess'),
    collectStep: promiseSlot<StepVerdict, CollectInput>('collectStep'),
    tellRetry: promiseSlot<void, RetryNotice>('tellRetry'),
  },
  guards: {
    isCancelled: ({ context }) => context.cancelled === true,
    needsPermit: ({ context }) => context.step.effect === 'irreversible' && !context.found,
    isPermitted: (_, output: PermitOutput) => output.permitted,
    permitExpired: (_, { permitExpired }: { permitExpired: boolean }) => permitExpired,
    mayBeForced: ({ context }) => context.step.effect !== 'irreversible',
    mayRetry: ({ context }) => mayRetry(context),
    mayRetryWith: ({ context }, verdict: StepVerdict) => mayRetry({ ...context, verdict }),
  },
  delays: {
    stepTimeout: ({ context }) => context.step.timeoutMs ?? NO_LIMIT_MS,
    killGrace: ({ context }) => context.step.graceMs ?? NO_LIMIT_MS,
    retryPause: ({ context }) => retryPauseMs(context.tries, context.failure),
  },
});
const toProcess = (command: ProcessCommand) => base.sendTo('process', command);
const machine = base.extend({
  actions: {
    rememberPermit: assign((_, output: PermitOutput) => ({
      permit: output.permitted ? { validUntilElapsed: output.validUntilElapsed } : null,
      failure: output.permitted ? null : output.reason,
    })),
    rememberStart: assign(({ context }, { at }: { at: number }) => ({ startedAt: context.startedAt ?? at })),
    rememberExit: assign((_, exit: NonNullable<StepContext['exit']>) => ({ exit })),
    rememberStop: assign(({ context }, { reason }: { reason: 'cancelled' | 'timedOut' }) => ({
      stopped: context.stopped ?? reason,
    })),
    rememberForce: assign({ forced: true }),
    rememberFailure: assign((_, { reason }: { reason: Reason }) => ({ failure: reason })),
    rememberVerdict: assign((_, verdict: StepVerdict) => ({ verdict })),
    countTry: assign(({ context }) => ({
      tries: context.tries + 1,
      exit: null,
      failure: null,
      verdict: null,
      found: false,
    })),
    interruptProcess: toProcess({ type: 'process.interrupt' }),
    forceProcess: toProcess({ type: 'process.force' }),
  },
});

export const stepMachine = machine.createMachine({
  id: 'step',
  version: '1',
  description: 'One command of a job, from its permit to its verdict.',
  initial: 'idle',
  options: { maxIterations: 1000 },
  context: ({ input }) => ({
    ...input,
    tries: 0,
    permit: null,
    startedAt: null,
    exit: null,
    stopped: input.cancelled ? 'cancelled' : null,
    forced: false,
    failure: null,
    verdict: null,
  }),
  output: ({ context }) => concludeStep(context),
  states: {
    idle: {
      description: 'Decides at once: by its effect, and by what was found of it.',
      meta: { phase: 'idle' },
      always: [
        { guard: 'isCancelled', target: 'skipped' },
        { guard: 'needsPermit', target: 'permitting' },
        { target: 'active' },
      ],
    },
    permitting: {
      description: 'An irreversible step asks whether it may start now.',
      meta: { phase: 'leased' },
      invoke: {
        id: 'permit',
        src: 'askPermit',
        input: ({ context }) => ({ attempt: context.attempt, fence: context.fence, step: context.step.key }),
        onDone: [
          {
            guard: { type: 'isPermitted', params: ({ event }) => event.output },
            target: 'active',
            actions: { type: 'rememberPermit', params: ({ event }) => event.output },
          },
          { target: 'done', actions: { type: 'rememberPermit', params: ({ event }) => event.output } },
        ],
        onError: {
          target: 'done',
          actions: { type: 'rememberFailure', params: ({ event }) => ({ reason: toFailure(event.error) }) },
        },
      },
      on: { 'step.interrupt': { target: 'skipped', actions: { type: 'rememberStop', params: ({ event }) => event } } },
    },
    active: {
      description: 'Its process exists, or is about to; it is left only when the process has exited.',
      initial: 'starting',
      meta: { phase: 'running' },
      invoke: {
        id: 'process',
        src: 'runProcess',
        input: ({ context: { attempt, index, step, found, permit } }) => ({ attempt, index, step, found, permit }),
        onError: {
          target: 'collecting',
          actions: { type: 'rememberFailure', params: ({ event }) => ({ reason: toFailure(event.error) }) },
        },
      },
      on: {
        'process.exited': { target: 'collecting', actions: { type: 'rememberExit', params: ({ event }) => event } },
        'process.notStarted': [
          {
            description: 'The permit was too old when the process was to start, as after a suspend: ask again.',
            guard: { type: 'permitExpired', params: ({ event }) => event },
            target: 'permitting',
          },
          { target: 'collecting', actions: { type: 'rememberFailure', params: ({ event }) => event } },
        ],
        'step.force': { target: '.forcing' },
      },
      states: {
        starting: {
          description: 'The supervisor is being started, or found again.',
          on: {
            'process.started': { target: 'running', actions: { type: 'rememberStart', params: ({ event }) => event } },
            'step.interrupt': {
              target: 'interrupting',
              actions: { type: 'rememberStop', params: ({ event }) => event },
            },
          },
        },
        running: {
          description: 'The command runs; its output goes to its file.',
          after: {
            stepTimeout: {
              target: 'interrupting',
              actions: { type: 'rememberStop', params: { reason: 'timedOut' as const } },
            },
          },
          on: {
            'step.interrupt': {
              target: 'interrupting',
              actions: { type: 'rememberStop', params: ({ event }) => event },
            },
          },
        },
        interrupting: {
          description: 'The one soft signal was asked for; the command ends in its own time.',
          entry: 'interruptProcess',
          after: { killGrace: { guard: 'mayBeForced', target: 'forcing' } },
          on: { 'process.started': { actions: { type: 'rememberStart', params: ({ event }) => event } } },
        },
        forcing: {
          description: 'The whole tree is killed. An irreversible step comes here by an explicit act only.',
          entry: ['rememberForce', 'forceProcess'],
          on: {
            'process.started': { actions: [{ type: 'rememberStart', params: ({ event }) => event }, 'forceProcess'] },
          },
        },
      },
    },
    collecting: {
      description: 'The process has exited: its output is read to the end and judged.',
      meta: { phase: 'reporting' },
      invoke: {
        id: 'collect',
        src: 'collectStep',
        input: ({ context: { attempt, index, step, exit } }) => ({
          attempt,
          index,
          step,
          exitCode: exit?.exitCode ?? null,
        }),
        onDone: [
          {
            guard: { type: 'mayRetryWith', params: ({ event }) => event.output },
            target: 'retrying',
            actions: { type: 'rememberVerdict', params: ({ event }) => event.output },
          },
          { target: 'done', actions: { type: 'rememberVerdict', params: ({ event }) => event.output } },
        ],
        onError: [
          { guard: 'mayRetry', target: 'retrying' },
          {
            target: 'done',
            actions: { type: 'rememberFailure', params: ({ event }) => ({ reason: toFailure(event.error) }) },
          },
        ],
      },
      on: { 'step.interrupt': { actions: { type: 'rememberStop', params: ({ event }) => event } } },
    },
    retrying: {
      description: 'A pause before the command is tried again; never for an irreversible step.',
      meta: { phase: 'idle' },
      invoke: {
        id: 'notice',
        src: 'tellRetry',
        input: ({ context }) => ({
          attempt: context.attempt,
          pauseMs: retryPauseMs(context.tries, context.failure),
          next: context.tries + 2,
          of: context.step.retries + 1,
          reason: whyAgain(context),
        }),
        onError: {
          target: 'done',
          actions: { type: 'rememberFailure', params: ({ event }) => ({ reason: toFailure(event.error) }) },
        },
      },
      after: { retryPause: { target: 'active', actions: 'countTry' } },
      on: { 'step.interrupt': { target: 'done', actions: { type: 'rememberStop', params: ({ event }) => event } } },
    },
    skipped: { type: 'final', description: 'It never started.', meta: { phase: 'done' } },
    done: { type: 'final', description: 'It is over, with a conclusion.', meta: { phase: 'done' } },
  },
});

export type StepDone = DoneActorEvent<StepOutput, `step.${string}`>;
