import { initialTransition, transition, type AnyMachineSnapshot, type AnyStateMachine } from 'xstate';
import { MACHINES } from '../machines/catalog.ts';
import type { TraceEvent } from '../protocol/trace.ts';
import type { Life } from './read.ts';
import { toStateText } from './state-text.ts';

/** Where one machine of a life ended when its recorded events were folded through today's machines. */
export interface Folded {
  path: string;
  machine: string;
  snapshot: AnyMachineSnapshot;
  events: number;
}
/** The first place where today's machine goes another way than the recorded one. */
export interface Divergence {
  path: string;
  seq: number;
  event: string;
  recorded: string;
  replayed: string;
}
export interface Replay {
  machines: Map<string, Folded>;
  divergence: Divergence | null;
}

/** Folds a life. Nothing runs: actions are computed and dropped, no actor is started, no clock is read. */
export const replayLife = (life: Life): Replay => {
  const machines = new Map<string, Folded>();
  for (const entry of life.entries) {
    if (entry.kind !== 'event') continue;
    const machine = MACHINES[entry.machine];
    if (!machine) return { machines, divergence: diverges(entry, `there is no machine \`${entry.machine}\` any more`) };
    const strayed = compareOutput(machines, entry);
    if (strayed) return { machines, divergence: strayed };
    const folded = machines.get(entry.to);
    const snapshot = fold(machine, folded?.snapshot ?? null, entry);
    if (!snapshot) return { machines, divergence: diverges(entry, 'the machine was never started') };
    machines.set(entry.to, { path: entry.to, machine: entry.machine, snapshot, events: (folded?.events ?? 0) + 1 });
    const replayed = snapshot.status === 'error' ? `error: ${String(snapshot.error)}` : toStateText(snapshot.value);
    if (entry.state !== null && entry.state !== replayed) return { machines, divergence: diverges(entry, replayed) };
  }
  return { machines, divergence: null };
};

const DONE = 'xstate.done.actor.';

/** A child's output as its parent heard it, against the one that today's machine comes to. */
const compareOutput = (machines: Replay['machines'], entry: TraceEvent): Divergence | null => {
  if (!entry.event.type.startsWith(DONE)) return null;
  const child = machines.get(`${entry.to}/${entry.event.type.slice(DONE.length)}`);
  if (!child) return null;
  const [recorded, replayed] = [entry.event['output'], child.snapshot.output].map((output) => JSON.stringify(output));
  if (recorded === replayed) return null;
  return { ...diverges(entry, `output ${replayed}`), path: child.path, recorded: `output ${recorded}` };
};

const fold = (
  machine: AnyStateMachine,
  before: AnyMachineSnapshot | null,
  entry: TraceEvent,
): AnyMachineSnapshot | null => {
  if (entry.event.type === 'xstate.init') return initialTransition(machine, entry.event['input'])[0];
  return before && transition(machine, before, entry.event)[0];
};

const diverges = (entry: TraceEvent, replayed: string): Divergence => ({
  path: entry.to,
  seq: entry.seq,
  event: entry.event.type,
  recorded: entry.state ?? '(not recorded)',
  replayed,
});

/** One sentence for a person. */
export const toSentence = ({ path, seq, event, recorded, replayed }: Divergence): string =>
  `entry ${seq}: after \`${event}\` the machine at ${path} was in \`${recorded}\`, and today it goes to \`${replayed}\``;
