import type { AnyStateMachine, AnyStateNode } from 'xstate';

/** One state of a machine, as data: what the text form, the pictures and their digest are made from. */
export interface ChartState {
  /** Dotted path from the root; the root's is empty. */
  path: string;
  key: string;
  type: 'atomic' | 'compound' | 'parallel' | 'final' | 'history';
  isInitial: boolean;
  description: string | null;
  phase: string | null;
  tags: string[];
  invokes: string[];
  entry: string[];
  exit: string[];
  states: ChartState[];
}
export interface ChartTransition {
  from: string;
  /** Paths of its targets; empty: it only acts. */
  to: string[];
  /** `job.cancel`, `always`, `after graceMs`, `runProcess done`, `runProcess failed`. */
  event: string;
  guard: string | null;
  actions: string[];
  description: string | null;
}
export interface Chart {
  name: string;
  root: ChartState;
  transitions: ChartTransition[];
}

/** A named action, actor or guard → its name; what is written inline has the name of its function. */
const toName = (thing: unknown): string => {
  if (typeof thing === 'string') return thing;
  if (typeof thing === 'function') return thing.name || 'inline';
  if (typeof thing === 'object' && thing !== null && 'type' in thing) return String(thing.type);
  return 'inline';
};

/** `and`, `or` and `not` of XState are functions that carry the guards they join. */
const toGuardName = (guard: unknown): string | null => {
  if (guard === undefined) return null;
  if (typeof guard !== 'function' || !('guards' in guard) || !Array.isArray(guard.guards)) return toName(guard);
  const parts = guard.guards.map((part) => toGuardName(part) ?? 'true');
  return guard.name === 'not' ? `not ${parts.join(' ')}` : `(${parts.join(` ${guard.name} `)})`;
};

const toPath = (node: AnyStateNode): string => node.path.join('.');

const INTERNAL_EVENTS = [
  { prefix: 'xstate.done.actor.', word: 'done' },
  { prefix: 'xstate.error.actor.', word: 'failed' },
  { prefix: 'xstate.snapshot.', word: 'changed' },
];

const toEventName = (node: AnyStateNode, type: string): string => {
  if (type === '') return 'always';
  if (type.startsWith('xstate.after.')) return `after ${type.slice('xstate.after.'.length, -(node.id.length + 1))}`;
  if (type.startsWith('xstate.done.state.')) return 'finished';
  for (const { prefix, word } of INTERNAL_EVENTS) {
    if (!type.startsWith(prefix)) continue;
    const id = type.slice(prefix.length);
    const invoke = node.invoke.find((one) => one.id === id);
    return `${invoke ? toName(invoke.src) : id} ${word}`;
  }
  return type;
};

const toState = (node: AnyStateNode): ChartState => {
  const initial = node.type === 'parallel' ? null : node.config.initial;
  const children = Object.values(node.states) as AnyStateNode[];
  const phase: unknown = node.meta?.phase;
  return {
    path: toPath(node),
    key: node.key,
    type: node.type,
    isInitial: node.parent !== undefined && node.parent.config.initial === node.key,
    description: node.description ?? null,
    phase: typeof phase === 'string' ? phase : null,
    tags: [...node.tags],
    invokes: node.invoke.map(({ src }) => toName(src)),
    entry: node.entry.map(toName),
    exit: node.exit.map(toName),
    // The initial state leads, whatever the order it is written in.
    states: children.toSorted((a, b) => Number(b.key === initial) - Number(a.key === initial)).map(toState),
  };
};

const toTransitions = (node: AnyStateNode): ChartTransition[] => [
  ...[...node.transitions.values(), node.always ?? []].flat().map((transition) => ({
    from: toPath(node),
    to: (transition.target ?? []).map(toPath),
    event: toEventName(node, transition.eventType),
    guard: toGuardName(transition.guard),
    actions: transition.actions.map(toName),
    description: transition.description ?? null,
  })),
  ...(Object.values(node.states) as AnyStateNode[]).flatMap(toTransitions),
];

/** A machine's definition → plain data, in the order in which it is written. */
export const toGraph = (name: string, machine: AnyStateMachine): Chart => ({
  name,
  root: toState(machine.root),
  transitions: toTransitions(machine.root),
});
