import { expect, test } from 'vitest';
import { judgeValidate } from '../../../src/plugins/terraform/judge-validate.ts';
import { createValidateStep } from '../../../src/plugins/terraform/steps.ts';
import { createSpec, toPlain } from '../../helpers/run-plugin.ts';

const judge = (exitCode: number, document: string) =>
  judgeValidate({
    spec: createSpec('terraform', { action: 'validate' }),
    step: createValidateStep({ program: 'terraform', shown: 'terraform', env: {} }),
    exitCode,
    evidence: { summary: null, error: null, facts: {} },
    document,
    earlier: {},
  });
const warning = { severity: 'warning', summary: 'Deprecated', detail: 'Use the other.' };

test('a valid report with exit code 0 is green, warnings and all', () => {
  const verdict = judge(0, JSON.stringify({ valid: true, diagnostics: [warning] }));
  expect(verdict.conclusion).toBe('succeeded');
  const text = toPlain(verdict.shownText ?? '');
  expect(text).toContain('│ Warning: Deprecated\n│ \n│ Use the other.\n╵\nSuccess! The configuration is valid, but');
});

test.each([
  [0, '{"valid":false}', 'TOOL_EVIDENCE'],
  [1, '{"valid":true}', 'TOOL_EVIDENCE'],
  [0, '', 'TOOL_EVIDENCE'],
  [0, '{"valid":tr', 'TOOL_EVIDENCE'],
  [1, '{"valid":false}', 'STEP_FAILED'],
  [2, 'panic: oh', 'STEP_FAILED'],
])('exit code %i with the report %j is not green', (exitCode, document, code) => {
  expect(judge(exitCode, document)).toMatchObject({ conclusion: 'failed', reason: { code } });
});

test('what a crashed tool wrote instead of a report is shown', () => {
  expect(judge(2, 'panic: oh').shownText).toBe('panic: oh');
});
