import { expect, test } from 'vitest';
import type { PlanManifest } from '../../../src/protocol/job.ts';
import { findMoved, type PlanSurroundings } from '../../../src/plugins/terraform/plan-manifest.ts';

const [a, b] = ['a'.repeat(64), 'b'.repeat(64)];
const state = { lineage: 'one', serial: 3, sha256: a };
const manifest: PlanManifest = {
  path: '/work/code',
  tool: { name: 'terraform', version: '1.11.4' },
  source: a,
  lockFile: a,
  state,
  plan: a,
  files: [],
  destroy: false,
};

test('a plan whose surroundings are the same may be applied', () => {
  expect(findMoved(manifest, structuredClone(manifest))).toEqual([]);
  expect(findMoved({ ...manifest, state: null, lockFile: null }, { ...manifest, state: null, lockFile: null })).toEqual(
    [],
  );
  expect(findMoved({ ...manifest, state: 'remote' }, { ...manifest, state: 'remote' })).toEqual([]);
});

test.each<[keyof PlanSurroundings, Partial<PlanSurroundings>, RegExp]>([
  ['path', { path: '/elsewhere' }, /under \/work\/code.*under \/elsewhere/],
  ['source', { source: b }, /source was aaaaaaaaaaaa, and is bbbbbbbbbbbb/],
  ['lockFile', { lockFile: null }, /lock file was aaaaaaaaaaaa, and is none/],
  ['lockFile', { lockFile: b }, /lock file was a+, and is b+/],
  ['state', { state: null }, /state was lineage one serial 3, and is none/],
  ['state', { state: 'remote' }, /own backend/],
  ['state', { state: { ...state, lineage: 'two' } }, /lineage one, and has two/],
  ['state', { state: { ...state, serial: 4 } }, /at serial 3, and is at 4/],
  ['state', { state: { ...state, sha256: b } }, /serial 3 has other content/],
  ['tool', { tool: { name: 'tofu', version: '1.11.4' } }, /by terraform 1.11.4, and would run with tofu 1.11.4/],
  ['tool', { tool: { name: 'terraform', version: '1.12.0' } }, /with terraform 1.12.0/],
  ['plan', { plan: b }, /plan file was a+, and is b+/],
])('a plan does not survive another %s: %j', (_, moved, words) => {
  expect(findMoved(manifest, { ...manifest, ...moved })).toEqual([expect.stringMatching(words)]);
});

test('a plan made from no state is not applied where there is one by now', () => {
  expect(findMoved({ ...manifest, state: null }, manifest)).toEqual([
    'the state was none, and is lineage one serial 3',
  ]);
});

test('everything that moved is named, not only the first', () => {
  expect(findMoved(manifest, { ...manifest, path: '/x', source: b, plan: b })).toHaveLength(3);
});
