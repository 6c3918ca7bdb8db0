import { expect, test } from 'vitest';
import { toLitStates } from '../../../src/ui/statechart/lit-states.ts';

test('a nested state is lit, and all around it are within', () => {
  expect(toLitStates('online.busy.running')).toEqual({
    lit: new Set(['online.busy.running']),
    within: new Set(['online', 'online.busy']),
  });
});

test('parallel states are lit together', () => {
  expect(toLitStates('a.b, c')).toEqual({ lit: new Set(['a.b', 'c']), within: new Set(['a']) });
});

test('no state lights nothing', () => {
  expect(toLitStates('')).toEqual({ lit: new Set(), within: new Set() });
});
