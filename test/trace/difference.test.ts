import { expect, it } from 'vitest';
import { findDifference } from '../../src/trace/difference.ts';

it.each([
  [{ a: 1 }, { a: 1, b: 2 }],
  [{ a: { b: [{ c: 1 }] } }, { a: { b: [{ c: 1, d: 2 }], e: 3 } }],
  [null, null],
  [[], []],
])('what is recorded as %j is the same in %j: more is no difference', (recorded, today) => {
  expect(findDifference(recorded, today)).toBeNull();
});

it.each([
  [{ a: 1 }, { a: 2 }, 'a', 1, 2],
  [{ a: 1 }, {}, 'a', 1, undefined],
  [{ a: null }, {}, 'a', null, undefined],
  [{ a: { b: [1, 2] } }, { a: { b: [1, 3] } }, 'a.b.1', 2, 3],
  [{ a: [1] }, { a: [1, 2] }, 'a', [1], [1, 2]],
  [{ a: [] }, { a: {} }, 'a', [], {}],
  [{ a: {} }, { a: null }, 'a', {}, null],
  ['one', 'other', '', 'one', 'other'],
])('%j is not %j: the first difference is named', (recorded, now, path, was, today) => {
  expect(findDifference(recorded, now)).toEqual({ path, recorded: was, today });
});
