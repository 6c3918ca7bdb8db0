import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readRoute, TABS, toAddress, toPipelineRoute, type Route } from '../../src/ui/route.ts';

const read = (address: string): Route => {
  const url = new URL(address, 'http://localhost');
  return readRoute(url.pathname, url.search);
};

test('an address that was written reads as the same view, whatever is in it', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1 });
  const view = fc.record({
    job: fc.option(text),
    tab: fc.constantFrom(...TABS),
    machine: fc.option(text),
    line: fc.option(fc.integer({ min: 1, max: 999_999_999 })),
    find: fc.string(),
  });
  fc.assert(
    fc.property(view, (more) => {
      const route = toPipelineRoute('pip_0123456789abcdef', more);
      expect(read(toAddress(route))).toEqual(route);
    }),
  );
});

test.for(['?tab=nonsense', '?line=0', '?line=-4', '?line=1e9', '?line=x'])(
  '%s falls back to the plain view',
  (query) => {
    expect(read(`/pipelines/pip_0123456789abcdef${query}`)).toEqual(toPipelineRoute('pip_0123456789abcdef'));
  },
);

test('an unknown path is a page that says so, not the list', () => {
  expect(read('/pipelines/a/b')).toEqual({ page: 'unknown', path: '/pipelines/a/b' });
  expect(read('/')).toEqual({ page: 'pipelines' });
});
