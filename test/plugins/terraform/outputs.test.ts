import { expect, test } from 'vitest';
import { readOutputs } from '../../../src/plugins/terraform/outputs.ts';

test('a sensitive output keeps its name and loses its value', () => {
  const state = { version: 4, outputs: { a: { value: [1], type: 'x' }, b: { value: 'hidden', sensitive: true } } };
  expect(readOutputs(JSON.stringify(state))).toEqual({ a: { value: [1], sensitive: false }, b: { sensitive: true } });
});

test('a state without outputs has none, and text that is no state is told apart', () => {
  expect(readOutputs('{"version":4}')).toEqual({});
  expect(readOutputs('{"version":4,"outp')).toBeNull();
  expect(readOutputs('')).toBeNull();
});
