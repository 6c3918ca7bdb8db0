import { describe, expect, it } from 'vitest';
import { toExitCode } from '../../../src/cli/show/tell-result.ts';
import {
  toDuration,
  toOutputLines,
  toProgressLine,
  toResultLines,
  toSummaryLine,
} from '../../../src/cli/show/words.ts';
import type { PipelineView } from '../../../src/protocol/rest.ts';

const summary = (counts: object) => ({ add: 0, change: 0, remove: 0, import: 0, outputs: 0, ...counts });
const view = (given: object): PipelineView =>
  ({
    number: 3,
    architecture: { id: 'arc', name: 'shop' },
    status: 'failed',
    startedAt: 0,
    finishedAt: 72_000,
    jobs: [
      job({ key: 'plan', title: 'Plan', status: 'succeeded', conclusion: 'succeeded', summary: summary({ add: 2 }) }),
      job({
        key: 'apply',
        title: 'Apply',
        status: 'failed',
        conclusion: 'failed',
        reason: { code: 'STEP_FAILED', message: 'Step `apply` ended with exit code 1.', hint: 'Its output says why.' },
        outputs: { b: { value: [1], sensitive: false }, a: { sensitive: true } },
      }),
    ],
    ...given,
  }) as unknown as PipelineView;
const job = (given: object) => ({
  startedAt: 1000,
  finishedAt: 2000,
  reason: null,
  summary: null,
  outputs: {},
  ...given,
});

describe('the words', () => {
  it('of time and progress are short', () => {
    expect([0, 999, 59_400, 72_000].map(toDuration)).toEqual(['0 s', '1 s', '59 s', '1 min 12 s']);
    expect(toProgressLine({ done: 4, total: 6, noun: 'resources' }, 12_000)).toBe('4/6 resources, 12 s');
    expect(toProgressLine({ done: 4, total: null, noun: 'resources' }, 12_000)).toBe('4 resources, 12 s');
    expect(toProgressLine(null, 12_000)).toBe('12 s');
  });

  it('of a summary say no changes only where there are none', () => {
    expect(toSummaryLine(summary({}), true)).toBe('no changes');
    expect(toSummaryLine(summary({}), false)).toBe('nothing changed');
    expect(toSummaryLine(summary({ add: 1, remove: 2 }), true)).toBe('1 to add, 0 to change, 2 to destroy');
    expect(toSummaryLine(summary({ import: 1 }), true)).toBe('1 to import, 0 to add, 0 to change, 0 to destroy');
    expect(toSummaryLine(summary({ change: 1 }), false)).toBe('0 added, 1 changed, 0 destroyed');
    expect(toSummaryLine(null, true)).toBe('');
  });

  it('of outputs never show a sensitive value, and stand in order', () => {
    expect(toOutputLines({ b: { value: 'x', sensitive: false }, a: { sensitive: true } })).toEqual([
      '  a = (sensitive)',
      '  b = "x"',
    ]);
  });

  it('of a result tell each job, why it failed, and the outputs', () => {
    expect(toResultLines(view({}))).toEqual([
      '',
      'Pipeline 3 of shop failed in 1 min 12 s.',
      '  Plan   succeeded   1 s       2 to add, 0 to change, 0 to destroy',
      '  Apply  failed      1 s',
      '',
      'Apply: Step `apply` ended with exit code 1.',
      '  Its output says why.',
      '',
      'Outputs:',
      '  a = (sensitive)',
      '  b = [1]',
    ]);
  });
});

describe('the exit code of a pipeline', () => {
  const failed = (code: string) => view({ jobs: [job({ conclusion: 'failed', reason: { code, message: '' } })] });
  it.each([
    ['succeeded', view({ status: 'succeeded' }), 0],
    ['a warning', view({ status: 'warning' }), 0],
    ['a failed step', failed('STEP_FAILED'), 1],
    ['a tool that is not there', failed('TOOL_MISSING'), 2],
    ['a code of a newer version', failed('SOMETHING_NEW'), 1],
    ['terminated', view({ status: 'terminated', jobs: [job({ conclusion: 'cancelled' })] }), 1],
    ['unknown outcome', view({ status: 'error', jobs: [job({ conclusion: 'needsReconciliation' })] }), 1],
  ])('of %s', (_, one, code) => {
    expect(toExitCode(one)).toBe(code);
  });
});
