import { expect, it } from 'vitest';
import { createClock } from '../../src/io/clock.ts';
import { createPrettyLogger } from '../../src/io/pretty-logger.ts';

const open = (level: 'info' | 'trace') => {
  const lines: string[] = [];
  const clock = { ...createClock(), now: () => 3_723_004 };
  return { lines, logger: createPrettyLogger({ level, clock, write: (line) => lines.push(line) }) };
};

it('a line has time, level, message, and what belongs to it', () => {
  const { lines, logger } = open('info');
  logger.warn({ path: '/tmp', why: 'two words', count: 3 }, 'the disk is slow');
  logger.child({ runner: 'shop' }).info({ deep: { a: 1 } }, 'connected');
  expect(lines).toEqual([
    '01:02:03.004 WARN  the disk is slow path=/tmp why="two words" count=3\n',
    '01:02:03.004 INFO  connected runner=shop deep={"a":1}\n',
  ]);
});

it('what is below the level is not written', () => {
  const { lines, logger } = open('info');
  logger.debug({}, 'no');
  logger.trace({}, 'no');
  expect(lines).toEqual([]);
});

it('fields named like secrets are redacted, at any depth', () => {
  const { lines, logger } = open('trace');
  logger.trace({ token: 'abc', reply: { jobToken: 'def', inner: { password: 'ghi' } } }, 'sent');
  expect(lines[0]).toBe('01:02:03.004 TRACE sent token=*** reply={"jobToken":"***","inner":{"password":"***"}}\n');
});
