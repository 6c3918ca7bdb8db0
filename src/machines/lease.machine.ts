/**
 * A lease: the server's time-limited permission to run one job. Only the control plane ends it, by its answer; an outage never does
 * (lease time is served time). It stops nothing by itself: the job decides by the effect of what runs.
 *
 *   held       renewed lately                          → renewing, after `leaseRenewal`
 *   renewing   asks for more time                      → held · overdue · fenced · lost
 *   overdue    could not ask; tries again for ever     → renewing, after `renewalRetry`
 *   fenced · lost   over; its output says which. With the end of its job it is stopped from outside.
 */
import { assign, setup, type AnyEventObject } from 'xstate';
import { promiseSlot } from './slots.ts';

export interface LeaseInput {
  attempt: string;
  fence: number;
  /** Between two renewals. */
  renewMs: number;
}
export interface LeaseContext extends LeaseInput {
  /** Renewals that failed in a row. */
  misses: number;
  outcome: LeaseOutcome | null;
}
export type LeaseOutcome = 'fenced' | 'lost';
export interface LeaseOutput {
  outcome: LeaseOutcome;
}
export type Renewal = { outcome: 'renewed' } | { outcome: 'fenced' } | { outcome: 'lost' };

const machine = setup({
  types: {
    input: {} as LeaseInput,
    context: {} as LeaseContext,
    events: {} as AnyEventObject,
    output: {} as LeaseOutput,
    meta: {} as { phase: string },
    children: {} as { renewal: 'renewLease' },
  },
  actors: { renewLease: promiseSlot<Renewal, { attempt: string; fence: number }>('renewLease') },
  guards: { isOutcome: (_, { is, wanted }: { is: Renewal['outcome']; wanted: Renewal['outcome'] }) => is === wanted },
  actions: {
    countMiss: assign(({ context }) => ({ misses: context.misses + 1 })),
    forgetMisses: assign({ misses: 0 }),
    rememberOutcome: assign((_, { outcome }: { outcome: LeaseOutcome }) => ({ outcome })),
  },
  delays: {
    leaseRenewal: ({ context }) => context.renewMs,
    renewalRetry: ({ context }) => Math.min(context.renewMs, 250 * 2 ** Math.min(context.misses, 6)),
  },
});

export const leaseMachine = machine.createMachine({
  id: 'lease',
  version: '1',
  description: 'The time-limited permission to run one job.',
  initial: 'held',
  options: { maxIterations: 1000 },
  context: ({ input }) => ({ ...input, misses: 0, outcome: null }),
  output: ({ context }) => ({ outcome: context.outcome ?? 'lost' }),
  states: {
    held: {
      description: 'Renewed lately.',
      meta: { phase: 'leased' },
      after: { leaseRenewal: 'renewing' },
    },
    renewing: {
      description: 'Asks the control plane for more time.',
      meta: { phase: 'leased' },
      invoke: {
        id: 'renewal',
        src: 'renewLease',
        input: ({ context }) => ({ attempt: context.attempt, fence: context.fence }),
        onDone: [
          {
            guard: {
              type: 'isOutcome',
              params: ({ event }) => ({ is: event.output.outcome, wanted: 'fenced' as const }),
            },
            target: 'fenced',
            actions: { type: 'rememberOutcome', params: { outcome: 'fenced' as const } },
          },
          {
            guard: {
              type: 'isOutcome',
              params: ({ event }) => ({ is: event.output.outcome, wanted: 'lost' as const }),
            },
            target: 'lost',
            actions: { type: 'rememberOutcome', params: { outcome: 'lost' as const } },
          },
          { target: 'held', actions: 'forgetMisses' },
        ],
        onError: { target: 'overdue', actions: 'countMiss' },
      },
    },
    overdue: {
      description: 'The control plane could not be asked; the lease stands until it says otherwise.',
      meta: { phase: 'leased' },
      after: { renewalRetry: 'renewing' },
    },
    fenced: { type: 'final', description: 'A newer attempt holds the job.', meta: { phase: 'failed' } },
    lost: { type: 'final', description: 'The control plane gave it up.', meta: { phase: 'failed' } },
  },
});
