import { expect, test } from 'vitest';
import { createMachine } from 'xstate';
import { MACHINES } from '../../../src/machines/catalog.ts';
import { toGraph, type ChartState } from '../../../src/trace/statechart/to-graph.ts';
import { toText } from '../../../src/trace/statechart/to-text.ts';

test('a machine reads as indented states with what each runs and where each event leads', () => {
  const machine = createMachine({
    description: 'Opens and closes.',
    initial: 'shut',
    on: { 'door.report': { actions: 'report' } },
    states: {
      shut: {
        description: 'Nobody passes.',
        meta: { phase: 'idle' },
        on: { 'door.open': { guard: 'isUnlocked', target: 'open' } },
      },
      open: { invoke: { id: 'alarm', src: 'ring', onDone: 'shut', onError: 'shut' }, exit: 'oil' },
    },
  });
  expect(toText(toGraph('door', machine))).toBe(`door: Opens and closes.
  in any state: door.report / report
  ● shut (idle)  Nobody passes.
      door.open [isUnlocked] → open
  ○ open
      runs ring
      on exit: oil
      ring done → shut
      ring failed → shut
`);
});

const names = (state: ChartState): string[] => [state.key, ...state.states.flatMap(names)];

test.for(Object.keys(MACHINES))(
  'the text of the machine %s names every state and every event, and nothing internal',
  (name) => {
    const machine = MACHINES[name];
    if (machine === undefined) throw new Error(`no machine ${name}`);
    const chart = toGraph(name, machine);
    const text = toText(chart);
    for (const key of chart.root.states.flatMap(names)) expect(text).toContain(key);
    for (const { event } of chart.transitions) expect(text).toContain(event);
    expect(text).not.toContain('xstate.');
  },
);
