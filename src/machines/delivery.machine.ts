/**
 * The delivery of a job's result, with everything it rests on (log, events, state, artifacts), for as long as it takes.
 *
 *   idle        the result is being journalled                → sending · postponed
 *   postponed   the journal could not be written              → idle, after `deliveryRetry`, for ever
 *   sending     what is missing is sent, then the result      → delivered · waiting
 *   waiting     the control plane could not take it           → sending, after `deliveryRetry`, for ever
 *   delivered   over; its output says what the control plane made of it
 */
import { assign, setup, type AnyEventObject } from 'xstate';
import { promiseSlot } from './slots.ts';

export interface DeliveryInput {
  attempt: string;
  fence: number;
  outcome: unknown;
}
export interface DeliveryContext extends DeliveryInput {
  /** Attempts that failed in a row. */
  misses: number;
  fate: DeliveryOutput['fate'];
}
export interface DeliveryOutput {
  /** `sealed`: accepted; `evidence`: a newer attempt holds the job, and it was kept beside. */
  fate: 'sealed' | 'evidence';
}

const machine = setup({
  types: {
    input: {} as DeliveryInput,
    context: {} as DeliveryContext,
    events: {} as AnyEventObject,
    output: {} as DeliveryOutput,
    meta: {} as { phase: string },
    children: {} as { journal: 'journalResult'; send: 'deliverResult' },
  },
  actors: {
    journalResult: promiseSlot<void, DeliveryInput>('journalResult'),
    deliverResult: promiseSlot<DeliveryOutput, { attempt: string; fence: number }>('deliverResult'),
  },
  actions: {
    countMiss: assign(({ context }) => ({ misses: context.misses + 1 })),
    rememberFate: assign((_, output: DeliveryOutput) => output),
  },
  delays: { deliveryRetry: ({ context }) => Math.min(1000, 100 * 2 ** Math.min(context.misses, 4)) },
});

export const deliveryMachine = machine.createMachine({
  id: 'delivery',
  version: '1',
  description: 'The delivery of a result: journalled first, then tried until it is taken.',
  initial: 'idle',
  options: { maxIterations: 1000 },
  context: ({ input }) => ({ ...input, misses: 0, fate: 'sealed' }),
  output: ({ context }) => ({ fate: context.fate }),
  states: {
    idle: {
      description: 'The result is being written to the journal.',
      meta: { phase: 'reporting' },
      invoke: {
        id: 'journal',
        src: 'journalResult',
        input: ({ context }) => ({ attempt: context.attempt, fence: context.fence, outcome: context.outcome }),
        onDone: 'sending',
        onError: { target: 'postponed', actions: 'countMiss' },
      },
    },
    postponed: {
      description: 'The journal could not be written, as on a full disk; nothing is sent before it is.',
      meta: { phase: 'reporting' },
      after: { deliveryRetry: 'idle' },
    },
    sending: {
      description: 'Log, events, state and artifacts are completed, then the result is sent.',
      meta: { phase: 'reporting' },
      invoke: {
        id: 'send',
        src: 'deliverResult',
        input: ({ context }) => ({ attempt: context.attempt, fence: context.fence }),
        onDone: { target: 'delivered', actions: { type: 'rememberFate', params: ({ event }) => event.output } },
        onError: { target: 'waiting', actions: 'countMiss' },
      },
    },
    waiting: {
      description: 'The control plane could not take it; it is tried again for ever.',
      meta: { phase: 'reporting' },
      after: { deliveryRetry: 'sending' },
    },
    delivered: { type: 'final', description: 'The control plane has it.', meta: { phase: 'done' } },
  },
});
