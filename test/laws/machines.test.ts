import type { AnyStateMachine, StateNode } from 'xstate';
import { describe, expect, it } from 'vitest';
import { MACHINES } from '../../src/machines/catalog.ts';

const nodesOf = (node: StateNode): StateNode[] => [node, ...Object.values(node.states).flatMap(nodesOf)];
const transitionsOf = (node: StateNode) => [...node.transitions.values()].flat();
/** Names that a machine's configuration uses, by kind. */
const usedNames = (machine: AnyStateMachine, kind: 'guards' | 'actions'): string[] => {
  const names: string[] = [];
  const take = (value: unknown): void => {
    if (typeof value === 'string') names.push(value);
    else if (typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string')
      names.push(value.type);
  };
  for (const node of nodesOf(machine.root)) {
    if (kind === 'actions') for (const action of [...node.entry, ...node.exit]) take(action);
    for (const transition of [...transitionsOf(node), ...(node.always ?? [])]) {
      if (kind === 'guards') take(transition.guard);
      else for (const action of transition.actions) take(action);
    }
  }
  return [...new Set(names)];
};

describe.each(Object.entries(MACHINES))('the %s machine', (name, machine) => {
  const nodes = nodesOf(machine.root);

  it('is known by its own id', () => {
    expect(machine.id).toBe(name);
  });

  it('bounds its own steps, so that a cycle of eventless transitions cannot hang the process', () => {
    expect(
      machine.config.options?.maxIterations ??
        (machine as { options?: { maxIterations?: number } }).options?.maxIterations,
    ).toBe(1000);
  });

  it('describes every state', () => {
    expect(nodes.filter((node) => !node.description).map((node) => node.id)).toEqual([]);
  });

  it('handles the error of everything it invokes', () => {
    const unhandled = nodes.flatMap((node) =>
      node.invoke.filter(({ id }) => !node.ownEvents.includes(`xstate.error.actor.${id}`)).map(({ id }) => id),
    );
    expect(unhandled).toEqual([]);
  });

  it('names everything it invokes', () => {
    const generated = nodes.flatMap((node) => node.invoke.filter(({ id }) => /^\d+\./.test(id)).map(({ id }) => id));
    expect(generated).toEqual([]);
  });

  it('has no wildcard, which would swallow the errors of children', () => {
    expect(nodes.filter((node) => node.transitions.has('*')).map((node) => node.id)).toEqual([]);
  });

  it('can leave every state that is not final, by itself or through a state around it', () => {
    const stuck = nodes.filter((node) => {
      if (node.type === 'final' || node === machine.root) return false;
      const around: StateNode[] = [];
      for (let at: StateNode | undefined = node; at; at = at.parent) around.push(at);
      return !around.some((at) =>
        [...transitionsOf(at), ...(at.always ?? [])].some((transition) =>
          transition.target?.some((target) => target !== node),
        ),
      );
    });
    expect(stuck.map((node) => node.id)).toEqual([]);
  });

  it('can reach every state', () => {
    const reached = new Set<StateNode>();
    const visit = (node: StateNode): void => {
      if (reached.has(node)) return;
      reached.add(node);
      for (let at = node.parent; at; at = at.parent) reached.add(at);
      for (const target of node.initial?.target ?? []) visit(target);
      for (let at: StateNode | undefined = node; at; at = at.parent) {
        for (const transition of [...transitionsOf(at), ...(at.always ?? [])])
          for (const target of transition.target ?? []) visit(target);
      }
    };
    visit(machine.root);
    expect(nodes.filter((node) => !reached.has(node)).map((node) => node.id)).toEqual([]);
  });

  it('implements every guard and action that it names', () => {
    const { guards, actions } = machine.implementations;
    expect(usedNames(machine, 'guards').filter((guard) => !guards[guard] && !guard.startsWith('xstate.'))).toEqual([]);
    expect(usedNames(machine, 'actions').filter((action) => !actions[action] && !action.startsWith('xstate.'))).toEqual(
      [],
    );
  });

  it('shows a phase in every state that something happens in', () => {
    const phases = new Set(['idle', 'leased', 'running', 'reporting', 'failed', 'done']);
    const leaves = nodes.filter((node) => Object.keys(node.states).length === 0);
    const without = leaves.filter((leaf) => {
      for (let at: StateNode | undefined = leaf; at; at = at.parent)
        if (phases.has((at.meta as { phase?: string } | undefined)?.phase ?? '')) return false;
      return true;
    });
    expect(without.map((node) => node.id)).toEqual([]);
  });
});
