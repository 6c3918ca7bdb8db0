import { describe, expect, test } from 'vitest';
import type { JudgeInput, StepEvidence } from '../../../src/plugins/plugin.ts';
import { terraform } from '../../../src/plugins/terraform/terraform.ts';
import { createSpec } from '../../helpers/run-plugin.ts';

const spec = createSpec('terraform', { action: 'apply' });
const steps = terraform.compile({
  spec,
  tool: { name: 'terraform', shown: 'terraform', path: '/bin/terraform', version: '1.11.4' },
  cwd: '/code',
  files: [],
  needsInit: true,
  providerCache: null,
});
const line = (type: string, more: object) => JSON.stringify({ '@message': 'text', type, ...more });
const SUMMARY = line('change_summary', { changes: { add: 1, change: 0, remove: 0, import: 0, operation: 'plan' } });
const NO_CHANGE = line('change_summary', { changes: { add: 0, change: 0, remove: 0, operation: 'plan' } });
const ERROR = line('diagnostic', { diagnostic: { severity: 'error', summary: 'Broken' } });

const evidenceOf = (key: string, lines: readonly string[]): StepEvidence => {
  const step = steps.find((one) => one.key === key);
  if (!step) throw new Error(`no step ${key}`);
  const reader = terraform.createReader(step);
  for (const text of lines) reader.line(text);
  return reader.evidence();
};
const judge = (key: string, exitCode: number, lines: readonly string[], more: Partial<JudgeInput> = {}) => {
  const step = steps.find((one) => one.key === key);
  if (!step) throw new Error(`no step ${key}`);
  return terraform.judge({
    spec,
    step,
    exitCode,
    evidence: evidenceOf(key, lines),
    document: null,
    earlier: {},
    ...more,
  });
};

describe('plan', () => {
  test.each([
    [0, [SUMMARY]],
    [2, [SUMMARY]],
  ])('exit code %i with a summary and no error goes on', (exitCode, lines) => {
    expect(judge('plan', exitCode, lines)).toMatchObject({ conclusion: 'succeeded' });
  });

  test.each([
    ['a crash that ends with 2', 2, ['goroutine 1 [running]:', 'main.main()']],
    ['silence with 2', 2, []],
    ['silence with 0', 0, []],
    ['an error beside a summary', 2, [SUMMARY, ERROR]],
    ['an error with 0', 0, [ERROR]],
  ])('%s is never green', (_, exitCode, lines) => {
    expect(judge('plan', exitCode, lines)).toMatchObject({ conclusion: 'failed', reason: { code: 'PLAN_EVIDENCE' } });
  });

  test('any other exit code fails with what the tool said first', () => {
    const { reason } = judge('plan', 1, [ERROR, ERROR.replace('Broken', 'Second')]);
    expect(reason).toMatchObject({ code: 'STEP_FAILED', message: 'Step `plan` ended with exit code 1: Broken' });
  });
});

describe('show', () => {
  const planJson = (more: object) => JSON.stringify({ format_version: '1.2', errored: false, complete: true, ...more });
  const create = { address: 'a.b', mode: 'managed', type: 'a', name: 'b', change: { actions: ['create'] } };
  const after = (planExit: number, summary: string, document: string, exitCode = 0) => {
    const { evidence } = judge('plan', planExit, [summary]);
    return judge('show', exitCode, [], { document, earlier: evidence ? { plan: evidence } : {} });
  };

  test('a whole plan with changes is green, and one without leaves nothing to do', () => {
    const changes = after(2, SUMMARY, planJson({ applyable: true, resource_changes: [create] }));
    expect(changes).toMatchObject({ conclusion: 'succeeded', nothingLeft: false });
    expect(after(0, NO_CHANGE, planJson({ applyable: false }))).toMatchObject({
      conclusion: 'succeeded',
      nothingLeft: true,
    });
  });

  test.each([
    ['that ended with an error', planJson({ errored: true, applyable: true, resource_changes: [create] })],
    ['that is not complete', planJson({ complete: false, applyable: true, resource_changes: [create] })],
    ['that says it holds no changes', planJson({ applyable: false, resource_changes: [create] })],
    ['that holds other changes than were told', planJson({ applyable: true, resource_changes: [create, create] })],
    ['that is cut off', planJson({ applyable: true, resource_changes: [create] }).slice(0, -9)],
    ['that is empty', ''],
  ])('exit code 2 with a plan %s is never green', (_, document) => {
    expect(after(2, SUMMARY, document)).toMatchObject({
      conclusion: 'failed',
      reason: { code: 'PLAN_EVIDENCE', message: expect.stringContaining('exit code 2') },
    });
  });

  test.each([
    ['0 and a plan with changes', 0, planJson({ applyable: true })],
    ['0 and a plan with changes of a tool that does not say so', 0, planJson({ output_changes: { a: create.change } })],
    ['2 and a plan without changes', 2, planJson({ applyable: false })],
  ])('exit code %s is a contradiction', (_, exitCode, document) => {
    expect(after(exitCode, NO_CHANGE, document).reason).toMatchObject({ code: 'PLAN_EVIDENCE' });
  });

  test('without evidence of the plan step there is no verdict in its favour', () => {
    const document = planJson({ applyable: true, resource_changes: [create] });
    expect(judge('show', 0, [], { document })).toMatchObject({ conclusion: 'failed' });
  });

  test('complaints that the tool writes before the JSON are passed over', () => {
    const document = `\nWarning: Unable to open CLI configuration file\n\n${planJson({ applyable: false })}\n`;
    expect(after(0, NO_CHANGE, document).conclusion).toBe('succeeded');
  });
});

describe('apply', () => {
  const done = line('change_summary', { changes: { add: 1, change: 0, remove: 0, operation: 'apply' } });
  const hook = (type: string) => line(type, { hook: { resource: { addr: 'a.b' }, action: 'create', id_value: 'x' } });

  test.each([
    ['no summary', []],
    ['the summary of a plan', [SUMMARY]],
    ['an error', [done, ERROR]],
    ['a resource that failed', [hook('apply_start'), hook('apply_errored'), done]],
    ['a resource that never ended', [hook('apply_start'), done]],
  ])('exit code 0 with %s is never green', (_, lines) => {
    expect(judge('apply', 0, lines)).toMatchObject({ conclusion: 'failed', reason: { code: 'TOOL_EVIDENCE' } });
  });

  test('exit code 0 with a summary and all resources ended is green', () => {
    expect(judge('apply', 0, [hook('apply_start'), hook('apply_complete'), done]).conclusion).toBe('succeeded');
  });
});
