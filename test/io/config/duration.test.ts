import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { toDuration, toMs } from '../../../src/io/config/duration.ts';

it.each([
  ['500ms', 500],
  ['30s', 30_000],
  ['5m', 300_000],
  ['2h', 7_200_000],
  ['1d', 86_400_000],
  ['0s', 0],
])('%s is %i ms', (text, ms) => {
  expect(toMs(text)).toBe(ms);
});

it.each(['', '5', 's', '5 s', '-5s', '1.5s', '1h30m', '5S', '5sec', '5s\n', '１s'])('`%s` is none', (text) => {
  expect(toMs(text)).toBeNull();
});

it('what is written from milliseconds reads back as the same', () => {
  fc.assert(fc.property(fc.nat(), (ms) => toMs(toDuration(ms)) === ms));
});
