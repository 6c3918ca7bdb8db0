import { initialTransition, transition, type AnyMachineSnapshot } from 'xstate';
import { MACHINES } from '../machines/catalog.ts';
import type { TraceEvent } from '../protocol/trace.ts';
import { findDifference } from './difference.ts';
import type { Divergence } from './divergence.ts';
import { toStateText } from './state-text.ts';

/** Where one machine of a life ended when its recorded events were folded through today's machines. */
export interface Folded {
  path: string;
  machine: string;
  snapshot: AnyMachineSnapshot;
  /** Of the snapshot, as text. */
  state: string;
  /** States that it had since the last one of them was told to the control plane. */
  since: Set<string>;
  events: number;
}

/** One event through today's machine. Nothing runs: actions are computed and dropped, no actor is started, no clock is read. */
export const foldEvent = (machines: Map<string, Folded>, entry: TraceEvent): Divergence | null => {
  const machine = MACHINES[entry.machine];
  const { seq, event } = entry;
  if (!machine) return { kind: 'machine', seq, problem: `there is no machine \`${entry.machine}\` any more` };
  const strayed = compareOutput(machines, entry);
  const before = machines.get(entry.to) ?? null;
  if (event.type !== 'xstate.init' && !before) {
    return strayed ?? { kind: 'machine', seq, problem: `the machine at ${entry.to} was never started` };
  }
  const snapshot =
    event.type === 'xstate.init' || !before
      ? initialTransition(machine, event['input'])[0]
      : transition(machine, before.snapshot, event)[0];
  const state = snapshot.status === 'error' ? `error: ${String(snapshot.error)}` : toStateText(snapshot.value);
  machines.set(entry.to, {
    path: entry.to,
    machine: entry.machine,
    snapshot,
    state,
    since: (event.type === 'xstate.init' ? new Set<string>() : (before?.since ?? new Set<string>())).add(state),
    events: (before?.events ?? 0) + 1,
  });
  return strayed ?? compareState(entry, state);
};

const compareState = ({ seq, to, event, state }: TraceEvent, today: string): Divergence | null =>
  state === null || state === today
    ? null
    : {
        kind: 'state',
        seq,
        problem: `after \`${event.type}\` the machine at ${to} was in \`${state}\`, and today it goes to \`${today}\``,
      };

const DONE = 'xstate.done.actor.';

/** A child's output as its parent heard it, against the one that today's machine comes to. */
const compareOutput = (machines: ReadonlyMap<string, Folded>, { seq, to, event }: TraceEvent): Divergence | null => {
  if (!event.type.startsWith(DONE)) return null;
  const child = machines.get(`${to}/${event.type.slice(DONE.length)}`);
  if (!child) return null;
  const difference = findDifference(event['output'], child.snapshot.output);
  if (!difference) return null;
  const { path, recorded, today } = difference;
  const field = path === '' ? '' : `, in \`${path}\``;
  const problem = `the machine at ${child.path} came to \`${toShort(recorded)}\`${field}, and today to \`${toShort(today)}\``;
  return { kind: 'output', seq, problem };
};

const MAX_TEXT = 120;

const toShort = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
};
