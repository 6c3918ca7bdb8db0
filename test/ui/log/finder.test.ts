import { expect, test } from 'vitest';
import { createFinder } from '../../../src/ui/log/finder.ts';
import { LogLines } from '../../../src/ui/log/log-lines.ts';

const write = (log: LogLines, text: string): void => log.append(new TextEncoder().encode(text));

test('a search goes on as the log grows, and a line that was cut is found once it is whole', () => {
  const log = new LogLines();
  const find = createFinder('Error');
  write(log, 'ok\nan error\ner');
  expect(find(log)).toEqual([2]);
  write(log, 'ror again\nok\n');
  expect(find(log)).toEqual([2, 3]);
  expect(find(log)).toEqual([2, 3]);
});

test('colour inside a word does not hide it', () => {
  const log = new LogLines();
  write(log, 'an \u001B[31mer\u001B[1mror\u001B[0m\n');
  expect(createFinder('error')(log)).toEqual([1]);
});

test('nothing is found by searching for nothing', () => {
  const log = new LogLines();
  write(log, 'a\nb\n');
  expect(createFinder('')(log)).toEqual([]);
});

test('hits are numbered as the lines are, also after the oldest went', () => {
  const log = new LogLines(10);
  const find = createFinder('x');
  for (let line = 1; line <= 40; line++) write(log, line % 10 === 0 ? 'x\n' : '.\n');
  expect(find(log)).toContain(40);
  expect(find(log).every((line) => line % 10 === 0)).toBe(true);
});
