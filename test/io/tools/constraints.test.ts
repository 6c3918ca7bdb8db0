import { expect, test } from 'vitest';
import { newestOf, readConstraint } from '../../../src/io/tools/constraints.ts';

const ALLOWS: [constraint: string, allowed: string[], refused: string[]][] = [
  ['1.11.4', ['1.11.4'], ['1.11.3', '1.11.5', '1.11.4-beta1']],
  ['= 1.11', ['1.11.0'], ['1.11.4']],
  ['>= 1.5', ['1.5.0', '2.0.0'], ['1.4.9', '1.6.0-beta1']],
  ['> 1.5, < 1.7', ['1.6.9', '1.5.1'], ['1.5.0', '1.7.0']],
  ['<=1.5.7,!=1.5.3', ['1.5.7', '1.5.2'], ['1.5.3', '1.5.8']],
  ['~> 1.11', ['1.11.0', '1.99.0'], ['2.0.0', '1.10.9']],
  ['~> 1.11.2', ['1.11.2', '1.11.9'], ['1.12.0', '1.11.1']],
  ['~> 1', ['1.0.0', '2.3.4'], ['0.15.5']],
  ['>= 1.6.0-beta1', ['1.6.0-beta2', '1.6.0', '1.7.0'], ['1.7.0-beta1', '1.6.0-alpha1']],
  ['= 1.6.0-beta1', ['1.6.0-beta1'], ['1.6.0']],
  ['v1.2.3', ['1.2.3'], ['1.2.4']],
];
test.each(ALLOWS)('%s means what Terraform means', (text, allowed, refused) => {
  const constraint = readConstraint(text);
  expect(allowed.filter((version) => !constraint.allows(version))).toEqual([]);
  expect(refused.filter((version) => constraint.allows(version))).toEqual([]);
});

test.each(['', '>=', '1.x', '^1.2', '1.2 || 1.3', '>= 1.2,', 'latest'])(
  '%j is no constraint, and the error names it',
  (text) => {
    expect(() => readConstraint(text)).toThrow(expect.objectContaining({ code: 'CONSTRAINT_INVALID' }));
  },
);

test('the newest release that fits is taken, never a prerelease that nobody named', () => {
  const versions = ['1.9.0', '1.10.1', '1.11.0-rc1', '1.2.9', 'nonsense'];
  expect(newestOf(versions, readConstraint(null))).toBe('1.10.1');
  expect(newestOf(versions, readConstraint('< 1.10'))).toBe('1.9.0');
  expect(newestOf(versions, readConstraint('1.11.0-rc1'))).toBe('1.11.0-rc1');
  expect(newestOf(versions, readConstraint('> 3'))).toBe(null);
});
