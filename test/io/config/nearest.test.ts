import { expect, it } from 'vitest';
import { findNearest } from '../../../src/io/config/nearest.ts';

it.each([
  ['concurency', ['concurrency', 'name'], 'concurrency'],
  ['pollInterval', ['poll_interval', 'token'], 'poll_interval'],
  ['auto_approve', ['--auto-approve', '--apply'], '--auto-approve'],
  ['xyz', ['concurrency', 'name'], null],
  ['a', [], null],
])('of %s among %j is %s', (word, candidates, nearest) => {
  expect(findNearest(word, candidates)).toBe(nearest);
});
