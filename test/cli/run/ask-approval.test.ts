import { describe, expect, it } from 'vitest';
import type { Output } from '../../../src/cli/command.ts';
import { createApproval } from '../../../src/cli/run/ask-approval.ts';
import type { JobView, PipelineView } from '../../../src/protocol/rest.ts';

const job = { id: 'job_2', title: 'Apply' } as JobView;
const planned = (exitCode: number) => ({
  architecture: { name: 'shop' },
  jobs: [
    { steps: [{ key: 'plan', exitCode }], summary: { add: 0, change: 0, remove: 0, import: 0, outputs: 0 } },
    { ...job, steps: [], summary: null },
  ],
});
const decide = async (exitCode: number, answer: string | null, interrupted = false) => {
  const decisions: string[] = [];
  const asked: string[] = [];
  const output = {
    say: () => {},
    progress: () => {},
    ask: async (question: string) => {
      asked.push(question);
      return answer;
    },
  } as unknown as Output;
  const operator = { decide: async (_: string, verdict: string) => void decisions.push(verdict) };
  const signal = interrupted ? AbortSignal.abort() : new AbortController().signal;
  await createApproval({ operator, output, interrupted: signal })(job, planned(exitCode) as unknown as PipelineView);
  return { decisions, asked };
};

describe('approval', () => {
  it.each([
    ['yes', 'approve'],
    ['yes ', 'approve'],
    ['y', 'reject'],
    ['YES', 'reject'],
    ['', 'reject'],
    [null, 'reject'],
  ])('of a plan with changes: %j means %s', async (answer, verdict) => {
    const { decisions, asked } = await decide(2, answer);
    expect(decisions).toEqual([verdict]);
    expect(asked).toEqual(["Apply these changes? Only 'yes' is accepted: "]);
  });

  it('of a plan without changes asks nobody; of one that only moves things, with nothing to count, it does', async () => {
    expect(await decide(0, null)).toEqual({ decisions: ['approve'], asked: [] });
    expect((await decide(2, 'no')).asked).toHaveLength(1);
  });

  it('is not decided by an interruption: the stop does that', async () => {
    expect((await decide(2, null, true)).decisions).toEqual([]);
  });
});
