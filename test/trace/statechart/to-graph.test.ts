import { expect, test } from 'vitest';
import { and, createMachine, not } from 'xstate';
import { toGraph } from '../../../src/trace/statechart/to-graph.ts';

const machine = createMachine({
  id: 'kettle',
  initial: 'cold',
  invoke: { id: 'meter', src: 'measure', onDone: '.cold', onError: '.broken' },
  states: {
    broken: { type: 'final', description: 'Nothing more to come.' },
    cold: {
      meta: { phase: 'idle' },
      entry: 'light',
      on: {
        'kettle.fill': [{ guard: and(['isEmpty', not('isHot')]), target: 'hot.boiling' }, { actions: ['refuse'] }],
      },
    },
    hot: {
      initial: 'boiling',
      always: { guard: { type: 'isDry', params: { grams: 0 } }, target: 'broken' },
      onDone: 'cold',
      states: { boiling: { after: { coolDown: 'warm', 5000: 'warm' } }, warm: { type: 'final' } },
    },
  },
});
const chart = toGraph('kettle', machine);
const from = (path: string) => chart.transitions.filter((one) => one.from === path);

test('the initial state comes first, whatever the order it is written in', () => {
  expect(chart.root.states.map(({ key, isInitial }) => [key, isInitial])).toEqual([
    ['cold', true],
    ['broken', false],
    ['hot', false],
  ]);
});

test('a state tells its path, phase, kind and what it does on entry', () => {
  const [cold, broken, hot] = chart.root.states;
  expect(cold).toMatchObject({ path: 'cold', phase: 'idle', entry: ['light'], type: 'atomic' });
  expect(broken).toMatchObject({ type: 'final', description: 'Nothing more to come.' });
  expect(hot?.states.map(({ path }) => path)).toEqual(['hot.boiling', 'hot.warm']);
});

test('an actor ends a state under its own name, not under its generated id', () => {
  expect(chart.root.invokes).toEqual(['measure']);
  expect(from('').map(({ event, to }) => [event, to])).toEqual([
    ['measure done', ['cold']],
    ['measure failed', ['broken']],
  ]);
});

test('joined guards are written out, and a transition without target only acts', () => {
  expect(from('cold')).toMatchObject([
    { event: 'kettle.fill', guard: '(isEmpty and not isHot)', to: ['hot.boiling'] },
    { event: 'kettle.fill', guard: null, to: [], actions: ['refuse'] },
  ]);
});

test('delays, eventless transitions and the end of inner states have words of their own', () => {
  expect(from('hot.boiling').map(({ event }) => event)).toEqual(
    expect.arrayContaining(['after coolDown', 'after 5000']),
  );
  expect(from('hot')).toMatchObject([
    { event: 'finished', to: ['cold'] },
    { event: 'always', guard: 'isDry', to: ['broken'] },
  ]);
});
