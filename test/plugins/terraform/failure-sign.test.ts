import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findFailureSign } from '../../../src/plugins/terraform/failure-sign.ts';
import { terraform } from '../../../src/plugins/terraform/terraform.ts';
import type { StepSpec } from '../../../src/protocol/job.ts';
import type { Verdict } from '../../../src/plugins/plugin.ts';
import { createSpec } from '../../helpers/run-plugin.ts';

/** What Terraform 1.11.4 and OpenTofu 1.12 wrote, from their first `Error:` on; of `plan`, its diagnostics. */
const readTexts = (name: string): [string, string][] =>
  Object.entries(
    JSON.parse(
      readFileSync(join(import.meta.dirname, '../../fixtures/tool-failures', `${name}.json`), 'utf8'),
    ) as Record<string, string>,
  );

const steps = terraform.compile({
  spec: createSpec('terraform', { action: 'apply' }),
  tool: { name: 'terraform', shown: 'terraform', path: '/bin/terraform', version: '1.11.4' },
  cwd: '/code',
  files: [],
  needsInit: true,
  providerCache: null,
});
const judge = (title: string, text: string, key?: string): Verdict => {
  const isPlan = title.includes(': plan ');
  const step = steps.find((one) => one.key === (key ?? (isPlan ? 'plan' : 'init'))) as StepSpec;
  const reader = terraform.createReader(step);
  if (isPlan) for (const line of text.split('\n')) reader.line(line);
  const spec = createSpec('terraform', { action: 'apply' });
  const document = isPlan ? null : text;
  return terraform.judge({ spec, step, exitCode: 1, evidence: reader.evidence(), document, earlier: {} });
};

describe('a failure of the world around the code may be tried again', () => {
  test.each(readTexts('transient'))('%s', (title, text) => {
    expect(judge(title, text)).toMatchObject({ conclusion: 'failed', transient: true });
    const boxed = `\u001B[31m╷\n${text.replaceAll(/^/gm, '│ ')}\n╵\u001B[0m`;
    if (!title.includes(': plan ')) expect(judge(title, boxed).transient).toBe(true);
  });
});

describe('a failure of the code, of rights or of trust is final', () => {
  test.each(readTexts('permanent'))('%s', (title, text) => {
    expect(judge(title, text)).toMatchObject({ conclusion: 'failed' });
    expect(judge(title, text)).not.toHaveProperty('transient');
  });
});

test('nothing that an apply says makes it be tried again', () => {
  for (const [title, text] of readTexts('transient').filter(([title]) => title.includes(': plan '))) {
    expect(judge(title, text, 'apply')).toMatchObject({ conclusion: 'failed' });
    expect(judge(title, text, 'apply')).not.toHaveProperty('transient');
  }
});

test('one permanent error beside transient ones makes the failure final', () => {
  const [, transient] = readTexts('transient')[0] as [string, string];
  expect(findFailureSign(`${transient}\n\nError: nope: 403 Forbidden`)).toEqual({
    kind: 'permanent',
    words: '403 Forbidden',
  });
  const plans = readTexts('transient').filter(([title]) => title.includes(': plan '));
  const [title, text] = plans[0] as [string, string];
  const denied = text.replaceAll(/Failed to get state[^"]*"/g, 'denied: 401 Unauthorized"');
  expect(judge(title, text).transient).toBe(true);
  for (const mixed of [`${text}\n${denied}`, `${denied}\n${text}`]) {
    expect(judge(title, mixed)).not.toHaveProperty('transient');
  }
});

test('the reason of a failed init ends with what the network said', () => {
  const text = Object.fromEntries(readTexts('transient'))['terraform: module http closed'] ?? '';
  expect(judge('init', text).reason?.message).toBe(
    'Step `init` ended with exit code 1: Failed to download module (on main.tf line 1): connection refused',
  );
});

test.each([
  ['Error: Invalid value\n\n  on main.tf line 1:\n   1: name = "connection refused: EOF 503"\n'],
  ['Error: Reference to undeclared resource\n\nA managed resource "a" "eof" has not been declared.'],
  ['Error: Error acquiring the state lock\n\nError message: resource temporarily unavailable'],
  ['Terraform has been successfully initialized!'],
  [''],
  [null],
])('code that quotes such words, and a lock that somebody holds, are no sign: %j', (text) => {
  expect(findFailureSign(text)).toBeNull();
});
