import { expect, test } from 'vitest';
import { createStatementNames } from '../../../src/server/store/statement-names.ts';

test('the same text keeps its name, and no two share one', () => {
  const toName = createStatementNames();
  const first = toName('select 1');
  expect(toName('select 2')).not.toEqual(first);
  expect(toName('select 1')).toEqual(first);
});

test.each(['begin', 'commit', 'listen "signalbox"', 'create table t (id int)'])('%s has no name', (text) => {
  expect(createStatementNames()(text)).toBeUndefined();
});

test('texts without end do not fill the engine', () => {
  const toName = createStatementNames();
  const named = Array.from({ length: 2000 }, (_, index) => toName(`select ${index}`)).filter(
    (name) => name !== undefined,
  );
  expect(named.length).toBe(500);
  expect(toName('select 0')).toEqual(named[0]);
});
