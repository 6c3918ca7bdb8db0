import { initialTransition, transition, type AnyMachineSnapshot, type AnyStateMachine, type EventObject } from 'xstate';
import type { JobSpec, StepSpec } from '../../src/protocol/job.ts';
import { toStateText } from '../../src/trace/state-text.ts';

export const aStep = (over: Partial<StepSpec> = {}): StepSpec => ({
  key: 'apply',
  effect: 'irreversible',
  program: 'terraform',
  args: ['apply'],
  shown: 'terraform apply',
  env: {},
  format: 'tool-json',
  softSignal: 'leader',
  okExitCodes: [0],
  timeoutMs: 60_000,
  graceMs: 10_000,
  exclusive: false,
  retries: 0,
  ...over,
});

export const ATTEMPT = 'job_0123456789abcdef.1';

export const aJob = (over: Partial<JobSpec> = {}): JobSpec => ({
  id: 'job_0123456789abcdef',
  attempt: ATTEMPT,
  pipeline: 'pip_0123456789abcdef',
  architecture: { id: 'arc_0123456789abcdef', name: 'web-shop' },
  task: {
    key: 'apply',
    title: 'Apply',
    kind: 'terraform',
    options: {},
    ignoreFailure: false,
    requireApproval: false,
    planFrom: null,
  },
  effect: 'irreversible',
  source: { sha256: 'a'.repeat(64), size: 1, root: 'web-shop', dir: '.' },
  toolVersion: null,
  state: null,
  plan: null,
  variables: {},
  varFiles: [],
  secrets: [],
  target: null,
  maxExecutionMs: 3_600_000,
  ...over,
});

/** Folds events through a machine, purely: its states after each, and the names of the actions of the last. */
export const fold = (machine: AnyStateMachine, input: unknown, events: readonly EventObject[]) => {
  let [snapshot, actions] = initialTransition(machine, input) as [AnyMachineSnapshot, { type: string }[]];
  const states = [toStateText(snapshot.value)];
  for (const event of events) {
    [snapshot, actions] = transition(machine, snapshot, event) as [AnyMachineSnapshot, { type: string }[]];
    states.push(toStateText(snapshot.value));
  }
  return { snapshot, states, last: states.at(-1), actions: actions.map(({ type }) => type) };
};

export const done = (id: string, output: unknown) => ({ type: `xstate.done.actor.${id}`, output, actorId: id });
export const failed = (id: string, error: unknown) => ({ type: `xstate.error.actor.${id}`, error, actorId: id });
export const after = (delay: string, state: string) => ({ type: `xstate.after.${delay}.${state}` });
