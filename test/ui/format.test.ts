import { expect, test } from 'vitest';
import { toAgo, toDuration, toElapsed, toSize } from '../../src/ui/format.ts';

test.for([
  [0, '0.0 s'],
  [449, '0.4 s'],
  [9_999, '9.9 s'],
  [10_000, '10 s'],
  [59_999, '59 s'],
  [72_000, '1 m 12 s'],
  [7_440_000, '2 h 4 m'],
  [278_000_000, '3 d 5 h'],
  [-5, '0.0 s'],
] as const)('%d ms reads as %s', ([ms, text]) => expect(toDuration(ms)).toBe(text));

test('what still runs counts whole seconds, so that the number does not flicker', () => {
  expect(toElapsed({ startedAt: 1000, finishedAt: null }, 4456)).toBe('3 s');
  expect(toElapsed({ startedAt: 1000, finishedAt: 4456 }, 99_999)).toBe('3.4 s');
  expect(toElapsed({ startedAt: null, finishedAt: null }, 4456)).toBe('');
});

test('ages and sizes round down to one unit', () => {
  expect([toAgo(-3000), toAgo(59_999), toAgo(60_000), toAgo(90_000_000)]).toEqual([
    'just now',
    'just now',
    '1 m ago',
    '1 d ago',
  ]);
  expect([toSize(1023), toSize(1536), toSize(5 * 1024 ** 2), toSize(3 * 1024 ** 3)]).toEqual([
    '1023 B',
    '1.5 KiB',
    '5.0 MiB',
    '3.0 GiB',
  ]);
});
