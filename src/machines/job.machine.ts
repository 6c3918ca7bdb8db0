/**
 * A job: what one lease allows, an ordered list of steps. It reports exactly once, whatever happens.
 *
 *   leased      decides at once: is it new, or was it found on disk      → preparing · executing · concluding · reporting
 *   preparing   workspace, tool, source, state; the plugin's steps       → executing · retrying · concluding
 *   retrying    preparing failed for a reason that passes: a pause       → preparing · concluding
 *   executing   one step after another                                   → concluding
 *     running     the current step goes on; the next follows
 *     cancelling  asked to end: the current step ends, no other starts
 *     detached    the lease is gone, and an irreversible step runs on
 *   concluding  final state, plan, summary and outputs are gathered      → reporting · postponed
 *   postponed   that could not be written down, as on a full disk        → concluding
 *   reporting   the result is delivered                                  → sealing
 *   sealing     what lies on this host is removed, but for the trace      → done · failed · needsReconciliation
 */
import { toFailure } from './failure.ts';
import { concludeJob } from './job-outcome.ts';
import { jobSetup, toNotice } from './job.setup.ts';

const reasonOf = ({ event }: { event: { error: unknown } }) => ({ reason: toFailure(event.error) });
/** Before the first step there is nothing to end. */
const stopBeforeSteps = {
  target: 'concluding',
  actions: { type: 'rememberStop', params: { reason: 'cancelled' } },
} as const;

export const jobMachine = jobSetup.createMachine({
  id: 'job',
  version: '1',
  description: 'What one lease allows: an ordered list of steps, and one result.',
  initial: 'leased',
  options: { maxIterations: 1000 },
  context: ({ input }) => ({
    ...input,
    steps: [],
    done: [],
    current: -1,
    now: null,
    stopped: null,
    lease: null,
    failure: null,
    outcome: null,
    fate: null,
    tries: 0,
    setback: null,
    note: null,
  }),
  output: ({ context }) => ({
    attempt: context.spec.attempt,
    conclusion: context.outcome?.conclusion ?? 'failed',
    fate: context.fate ?? 'sealed',
  }),
  invoke: [
    {
      id: 'lease',
      src: 'lease',
      input: ({ context }) => ({ attempt: context.spec.attempt, fence: context.fence, renewMs: context.renewMs }),
      onDone: { actions: { type: 'rememberLease', params: ({ event }) => event.output } },
      onError: { actions: { type: 'rememberFailure', params: reasonOf } },
    },
    {
      id: 'bytes',
      src: 'shipBytes',
      input: ({ context }) => ({ attempt: context.spec.attempt }),
      onError: { actions: { type: 'rememberFailure', params: reasonOf } },
    },
  ],
  states: {
    leased: {
      description: 'Decides at once whether it is new or was found on disk.',
      meta: { phase: 'leased' },
      entry: 'rememberFound',
      always: [
        { guard: 'hasOutcome', target: 'reporting' },
        { guard: 'wasFound', target: 'executing' },
        { guard: 'wasConcluding', target: 'concluding' },
        { target: 'preparing' },
      ],
    },
    preparing: {
      description: 'Makes the workspace, finds the tool, fetches source and state; the plugin compiles the steps.',
      meta: { phase: 'leased' },
      always: { guard: 'isLeaseGone', target: 'concluding' },
      invoke: {
        id: 'prepare',
        src: 'prepareJob',
        input: ({ context }) => ({ attempt: context.spec.attempt, again: context.tries > 0 }),
        onDone: { target: 'executing', actions: { type: 'rememberPlan', params: ({ event }) => event.output } },
        onError: [
          {
            guard: { type: 'mayPrepareAgain', params: reasonOf },
            target: 'retrying',
            actions: { type: 'rememberSetback', params: reasonOf },
          },
          {
            target: 'concluding',
            actions: { type: 'rememberFailure', params: reasonOf },
          },
        ],
      },
      on: {
        'job.cancel': stopBeforeSteps,
        'job.kill': stopBeforeSteps,
      },
    },
    retrying: {
      description: 'Preparing failed for a reason that passes: a pause, then again.',
      meta: { phase: 'leased' },
      always: { guard: 'isLeaseGone', target: 'concluding' },
      invoke: {
        id: 'notice',
        src: 'tellRetry',
        input: ({ context }) => toNotice(context),
        onError: { target: 'concluding', actions: { type: 'rememberFailure', params: reasonOf } },
      },
      after: { retryPause: 'preparing' },
      on: {
        'job.cancel': stopBeforeSteps,
        'job.kill': stopBeforeSteps,
      },
    },
    executing: {
      description: 'One step after another.',
      meta: { phase: 'running' },
      initial: 'deciding',
      invoke: {
        id: 'state',
        src: 'shipState',
        input: ({ context }) => ({ attempt: context.spec.attempt }),
        onError: { actions: { type: 'rememberFailure', params: reasonOf } },
      },
      after: {
        jobDeadline: {
          description: 'The job has run for as long as it may.',
          target: '.cancelling',
          actions: [{ type: 'rememberStop', params: { reason: 'timedOut' as const } }, 'interruptLateStep'],
        },
      },
      states: {
        deciding: {
          description: 'Is there a step to make?',
          always: [{ guard: 'hasSteps', target: 'running' }, { target: '#job.concluding' }],
        },
        running: {
          description: 'The current step goes on.',
          entry: ['takeNext', 'makeStep', 'dropPlanned'],
          always: [
            {
              description: 'An earlier life had stopped it: its adopted step is asked once more, and obeys once.',
              guard: 'isStopped',
              target: 'cancelling',
              actions: 'interruptStep',
            },
            {
              description: 'The lease is gone: what cannot be undone goes on, all else is interrupted.',
              guard: 'runsOnWithoutLease',
              target: 'detached',
            },
            { guard: 'isLeaseGone', target: 'cancelling', actions: 'interruptStep' },
          ],
          on: {
            'xstate.done.actor.step.*': [
              {
                guard: { type: 'goesOn', params: ({ event }) => ({ output: event.output }) },
                target: 'running',
                reenter: true,
                actions: [{ type: 'recordStep', params: ({ event }) => ({ output: event.output }) }, 'dropStep'],
              },
              {
                target: '#job.concluding',
                actions: [{ type: 'recordStep', params: ({ event }) => ({ output: event.output }) }, 'dropStep'],
              },
            ],
            'job.cancel': {
              target: 'cancelling',
              actions: [{ type: 'rememberStop', params: { reason: 'cancelled' as const } }, 'interruptStep'],
            },
          },
        },
        cancelling: {
          description: 'Asked to end: the current step ends in its own time, and no other starts.',
          on: { 'job.kill': { actions: 'forceStep' } },
        },
        detached: {
          description: 'The lease is gone, and an irreversible step runs on to its end.',
          on: {
            'job.cancel': {
              target: 'cancelling',
              actions: [{ type: 'rememberStop', params: { reason: 'cancelled' as const } }, 'interruptStep'],
            },
            'job.kill': { actions: 'forceStep' },
          },
        },
      },
      on: {
        'xstate.done.actor.step.*': {
          target: 'concluding',
          actions: [{ type: 'recordStep', params: ({ event }) => ({ output: event.output }) }, 'dropStep'],
        },
        'xstate.error.actor.step.*': {
          target: 'concluding',
          actions: [{ type: 'rememberFailure', params: reasonOf }, 'dropStep'],
        },
        'job.kill': {
          target: '.cancelling',
          actions: [{ type: 'rememberStop', params: { reason: 'cancelled' as const } }, 'interruptStep', 'forceStep'],
        },
      },
    },
    concluding: {
      description: 'The final state, the plan, the summary and the outputs are gathered.',
      meta: { phase: 'reporting' },
      entry: 'decideOutcome',
      invoke: {
        id: 'conclude',
        src: 'concludeJob',
        input: ({ context }) => ({
          attempt: context.spec.attempt,
          outcome: context.outcome ?? concludeJob({ ...context, left: context.steps.length }),
          done: context.done,
        }),
        onDone: {
          target: 'reporting',
          actions: [
            { type: 'rememberFailure', params: ({ event }) => ({ reason: event.output.failure }) },
            { type: 'rememberNote', params: ({ event }) => event.output },
            'decideOutcome',
          ],
        },
        onError: [
          {
            guard: { type: 'mayConcludeAgain', params: reasonOf },
            target: 'postponed',
            actions: { type: 'rememberSetback', params: reasonOf },
          },
          {
            target: 'reporting',
            actions: [{ type: 'rememberFailure', params: reasonOf }, 'decideOutcome'],
          },
        ],
      },
    },
    postponed: {
      description: 'What the job leaves could not be written down, as on a full disk; it is tried again for ever.',
      meta: { phase: 'reporting' },
      after: { retryPause: 'concluding' },
    },
    reporting: {
      description: 'The result is delivered, for as long as it takes.',
      meta: { phase: 'reporting' },
      invoke: {
        id: 'delivery',
        src: 'delivery',
        input: ({ context }) => ({ attempt: context.spec.attempt, fence: context.fence, outcome: context.outcome }),
        onDone: { target: 'sealing', actions: { type: 'rememberFate', params: ({ event }) => event.output } },
        onError: {
          target: 'sealing',
          actions: { type: 'rememberFailure', params: reasonOf },
        },
      },
    },
    sealing: {
      description: 'The control plane has everything: what lies on this host but the trace is removed.',
      meta: { phase: 'reporting' },
      invoke: {
        id: 'seal',
        src: 'sealJob',
        input: ({ context }) => ({ attempt: context.spec.attempt }),
        onDone: 'settled',
        onError: {
          target: 'settled',
          actions: { type: 'rememberFailure', params: reasonOf },
        },
      },
    },
    settled: {
      description: 'Decides at once which end it is.',
      meta: { phase: 'reporting' },
      always: [
        {
          guard: { type: 'isConclusion', params: { wanted: 'needsReconciliation' as const } },
          target: 'needsReconciliation',
        },
        { guard: 'isGood', target: 'done' },
        { target: 'failed' },
      ],
    },
    done: {
      type: 'final',
      description: 'Over, and nothing went wrong that was not asked for.',
      meta: { phase: 'done' },
    },
    failed: { type: 'final', description: 'Over, and it failed.', meta: { phase: 'failed' } },
    needsReconciliation: {
      type: 'final',
      description: 'Over, and nobody knows how far an irreversible step came.',
      meta: { phase: 'failed' },
    },
  },
});
