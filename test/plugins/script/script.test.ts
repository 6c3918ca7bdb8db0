import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { script } from '../../../src/plugins/script/script.ts';
import { createSpec, runPlugin } from '../../helpers/run-plugin.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'signalbox-script-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test('the first command that fails ends the script, and its exit code is the verdict', () => {
  const ran = runPlugin(null, dir, createSpec('script', { script: 'echo one\nfalse\necho two' }));
  expect(ran.log).toBe(' $ echo one …\none\n');
  expect(ran.last).toMatchObject({ conclusion: 'failed', reason: { code: 'STEP_FAILED' } });
  expect(ran.last.reason?.message).toContain('exit code 1');
});

test.each(['sh', 'bash'])('a script runs under %s with the variables of its pipeline', (shell) => {
  const spec = createSpec('script', { script: 'echo "$GREETING"', shell }, { variables: { GREETING: 'a b' } });
  const ran = runPlugin(null, dir, spec);
  expect(ran.log).toContain('\na b\n');
  expect(ran.last.conclusion).toBe('succeeded');
});

test('a comment is not what the log announces', () => {
  const [step] = runPlugin(null, dir, createSpec('script', { script: '# why\n\ntrue\n' })).steps;
  expect(step?.shown).toBe('true …');
});

test('the soft signal goes to the whole group, and force follows after ten seconds', () => {
  const [step] = runPlugin(null, dir, createSpec('script', { script: 'true' })).steps;
  expect(step).toMatchObject({ softSignal: 'group', graceMs: 10_000, format: 'plain', retries: 1 });
});

test.each(['read', 'idempotent', 'irreversible'])('a script that says it is %s is taken at its word', (effect) => {
  const { task } = createSpec('script', { script: 'true', effect });
  expect(script.effectOf(task)).toBe(effect);
});

test('a script is idempotent where it says nothing', () => {
  expect(script.effectOf(createSpec('script', { script: 'true' }).task)).toBe('idempotent');
});

test.each([[{}], [{ script: '' }], [{ script: 'true', shell: 'perl' }], [{ script: 'true', comand: 'x' }]])(
  'options %j are refused with the name of the task',
  (options) => {
    const refused = { code: 'TASK_OPTIONS', details: expect.objectContaining({ task: 'a-task' }) };
    expect(() => script.check(createSpec('script', options).task)).toThrow(expect.objectContaining(refused));
  },
);
