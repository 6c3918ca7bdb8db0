import { expect, test } from 'vitest';
import { toSpans } from '../../../src/ui/log/to-spans.ts';

test('a line without colours is one piece', () => {
  expect(toSpans('a <b> & c')).toEqual([{ text: 'a <b> & c', class: '', colour: null }]);
});

test('named colours become classes, so that they follow light and dark', () => {
  expect(toSpans('\u001B[1m\u001B[31mError: \u001B[0mno')).toEqual([
    { text: 'Error: ', class: 'ansi-red ansi-bold', colour: null },
    { text: 'no', class: '', colour: null },
  ]);
});

test.for([
  ['\u001B[38;2;1;20;255mx', 'rgb(1, 20, 255)'],
  ['\u001B[38;5;196mx', 'rgb(255 0 0)'],
  ['\u001B[38;5;244mx', 'rgb(128 128 128)'],
] as const)('a colour of its own is kept: %j', ([line, colour]) => {
  expect(toSpans(line)[0]?.colour).toBe(colour);
});
