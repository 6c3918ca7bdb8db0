/**
 * A runner: one process that takes jobs of its organisation, by outbound calls only.
 *
 *   recovering   reads the journals of earlier lives                     → enrolling · failed
 *   enrolling    opens a session (trying ⇄ waiting)                      → online · failed · draining
 *   online       polls; idle ⇄ leased ⇄ running by what it holds         → enrolling (session over) · draining
 *   draining     takes nothing new; what runs goes on                    → stopped, when all is over or `stopGrace` has passed
 *   refused      its token is no good: what runs is still reported       → failed
 *   stopped · failed   over
 *
 * Where its disk is full, or a journal cannot be written, it says so with each poll and takes nothing new; what it runs goes on.
 */
import { toFailure } from './failure.ts';
import { freeSlots, runnerSetup, type SessionFacts } from './runner.setup.ts';

export const runnerMachine = runnerSetup.createMachine({
  id: 'runner',
  version: '1',
  description: 'One process that takes jobs of its organisation, by outbound calls only.',
  initial: 'recovering',
  options: { maxIterations: 1000 },
  context: ({ input }) => ({ ...input, jobs: [], claims: [], session: null, misses: 0, reason: null, problem: null }),
  output: ({ context }) => ({ reason: context.reason }),
  invoke: {
    id: 'disk',
    src: 'watchDisk',
    input: ({ context }) => ({ name: context.name }),
    onError: { actions: { type: 'rememberProblem', params: ({ event }) => ({ reason: toFailure(event.error) }) } },
  },
  on: {
    'xstate.done.actor.claim.*': [
      {
        guard: { type: 'isClaimed', params: ({ event }) => event.output },
        actions: [
          { type: 'forgetClaim', params: ({ event }) => event },
          'rememberJob',
          'dropChild',
          'makeJob',
          'slotsChanged',
        ],
      },
      { actions: [{ type: 'forgetClaim', params: ({ event }) => event }, 'dropChild', 'slotsChanged'] },
    ],
    'xstate.error.actor.claim.*': {
      actions: [{ type: 'forgetClaim', params: ({ event }) => event }, 'dropChild', 'slotsChanged'],
    },
    'xstate.done.actor.decline.*': { actions: 'dropChild' },
    'xstate.error.actor.decline.*': { actions: 'dropChild' },
    'xstate.done.actor.job.*': {
      actions: [{ type: 'forgetJob', params: ({ event }) => event }, 'dropChild', 'slotsChanged'],
    },
    'xstate.error.actor.job.*': {
      actions: [{ type: 'forgetJob', params: ({ event }) => event }, 'dropChild', 'slotsChanged'],
    },
    'attempt.cancelled': {
      guard: { type: 'holdsJob', params: ({ event }) => event },
      actions: 'cancelJob',
    },
    'disk.full': { actions: [{ type: 'rememberProblem', params: ({ event }) => event }, 'slotsChanged'] },
    'disk.well': { actions: ['forgetProblem', 'slotsChanged'] },
    'runner.drain': { target: '.draining' },
  },
  states: {
    recovering: {
      description: 'Reads the journals of earlier lives and takes their jobs over.',
      meta: { phase: 'idle' },
      invoke: {
        id: 'recover',
        src: 'recoverJobs',
        input: ({ context }) => ({ name: context.name }),
        onError: {
          target: 'failed',
          actions: { type: 'rememberRefusal', params: ({ event }) => ({ reason: toFailure(event.error) }) },
        },
      },
      on: {
        'job.found': { actions: ['rememberJob', 'makeJob'] },
        'recovery.finished': { target: 'enrolling' },
        'recovery.failed': { target: 'failed', actions: { type: 'rememberRefusal', params: ({ event }) => event } },
      },
    },
    enrolling: {
      description: 'Opens a session with the runner token.',
      meta: { phase: 'idle' },
      initial: 'trying',
      states: {
        trying: {
          description: 'One call, in which it says what it is running.',
          invoke: {
            id: 'enrol',
            src: 'enrol',
            input: ({ context }) => ({ name: context.name, slots: context.slots }),
            onDone: [
              {
                guard: { type: 'isEnrolled', params: ({ event }) => event.output },
                target: '#runner.online',
                actions: { type: 'rememberSession', params: ({ event }) => event.output },
              },
              {
                guard: { type: 'isRefused', params: ({ event }) => event.output },
                target: '#runner.refused',
                actions: {
                  type: 'rememberRefusal',
                  params: ({ event }) => ({ reason: event.output.enrolled ? toFailure(null) : event.output.reason }),
                },
              },
              { target: 'waiting', actions: 'countMiss' },
            ],
            onError: { target: 'waiting', actions: 'countMiss' },
          },
        },
        waiting: {
          description: 'The control plane could not be reached; running jobs go on.',
          after: { enrolRetry: 'trying' },
        },
      },
    },
    online: {
      description: 'Polls for commands while a session lives.',
      meta: { phase: 'idle' },
      initial: 'idle',
      invoke: {
        id: 'poll',
        src: 'poll',
        input: ({ context }) => ({
          facts: context.session as SessionFacts,
          free: freeSlots(context),
          problem: context.problem,
        }),
        onError: { target: 'enrolling', actions: 'countMiss' },
      },
      on: {
        'slots.changed': { actions: 'tellPoll' },
        'offer.received': [
          {
            description: 'Receiving is not owning: it is claimed where a slot is free.',
            guard: { type: 'hasFreeSlot', params: ({ event }) => event },
            actions: [{ type: 'rememberClaim', params: ({ event }) => event }, 'makeClaim', 'tellPoll'],
          },
          {
            description: 'It goes back at once where none is; one that is held already came again, and is nothing new.',
            guard: { type: 'isNew', params: ({ event }) => event },
            actions: 'makeDecline',
          },
        ],
        'xstate.done.actor.claim.*': {
          description: 'Claimed, and not to be kept on this disk: a session that does not name it gives it back.',
          guard: { type: 'isStranded', params: ({ event }) => event.output },
          target: 'enrolling',
          actions: [{ type: 'forgetClaim', params: ({ event }) => event }, 'dropChild'],
        },
        'session.ended': { target: 'enrolling' },
        'token.refused': { target: 'refused', actions: { type: 'rememberRefusal', params: ({ event }) => event } },
        'drain.ordered': { target: 'draining' },
      },
      states: {
        idle: {
          description: 'Holds nothing.',
          meta: { phase: 'idle' },
          always: [
            { guard: 'hasJobs', target: 'running' },
            { guard: 'hasClaims', target: 'leased' },
          ],
        },
        leased: {
          description: 'Claims a job.',
          meta: { phase: 'leased' },
          always: [
            { guard: 'hasJobs', target: 'running' },
            { guard: 'isIdle', target: 'idle' },
          ],
        },
        running: {
          description: 'Holds at least one job.',
          meta: { phase: 'running' },
          always: [
            { guard: 'hasClaims', target: 'leased' },
            { guard: 'isIdle', target: 'idle' },
          ],
        },
      },
    },
    draining: {
      description: 'Takes nothing new; what runs goes on, and may go on after this process.',
      meta: { phase: 'reporting' },
      initial: 'withdrawing',
      after: { stopGrace: { target: 'stopped' } },
      states: {
        withdrawing: {
          description: 'Gives back what was offered and not claimed.',
          invoke: {
            id: 'withdraw',
            src: 'drainSession',
            input: ({ context }) => ({ session: context.session?.session ?? null, end: false }),
            onDone: 'finishing',
            onError: 'finishing',
          },
        },
        finishing: {
          description: 'Waits for what runs.',
          always: { guard: 'isIdle', target: 'leaving' },
        },
        leaving: {
          description: 'Ends the session.',
          invoke: {
            id: 'leave',
            src: 'drainSession',
            input: ({ context }) => ({ session: context.session?.session ?? null, end: true }),
            onDone: '#runner.stopped',
            onError: '#runner.stopped',
          },
        },
      },
    },
    refused: {
      description: 'Its token is no good any more; what it runs is still finished and reported.',
      meta: { phase: 'failed' },
      always: { guard: 'isIdle', target: 'failed' },
    },
    stopped: { type: 'final', description: 'Over, in good order.', meta: { phase: 'done' } },
    failed: { type: 'final', description: 'Over: it cannot work with what it was given.', meta: { phase: 'failed' } },
  },
});
