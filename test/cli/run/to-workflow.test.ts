import { describe, expect, it } from 'vitest';
import { toWorkflow } from '../../../src/cli/run/to-workflow.ts';

const wishes = [false, true].flatMap((isApply) =>
  [false, true].flatMap((isApproved) => [false, true].map((isDestroy) => ({ isApply, isApproved, isDestroy }))),
);

describe('the workflow of a run', () => {
  it('has another name wherever it has other stages', () => {
    const all = wishes
      .filter(({ isApply, isApproved }) => isApply || !isApproved)
      .map((wish) => toWorkflow('terraform', wish));
    const names = new Set(all.map(({ name }) => name));
    const contents = new Set(all.map(({ stages }) => JSON.stringify(stages)));
    expect(names.size).toBe(all.length);
    expect(contents.size).toBe(all.length);
  });

  it('applies nothing but the plan that it made, and nothing that was not asked for', () => {
    for (const wish of wishes) {
      const stages = toWorkflow('opentofu', wish).stages.flat();
      expect(stages.map(({ key }) => key)).toEqual(wish.isApply ? ['plan', 'apply'] : ['plan']);
      expect(stages[0]).toMatchObject({ options: { action: 'plan', destroy: wish.isDestroy } });
      if (wish.isApply) expect(stages[1]).toMatchObject({ planFrom: 'plan', requireApproval: !wish.isApproved });
    }
  });
});
