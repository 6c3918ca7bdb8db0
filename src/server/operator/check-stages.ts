import { findPlugin } from '../../plugins/registry.ts';
import { SignalboxError } from '../../protocol/errors.ts';
import type { Stages } from '../../protocol/job.ts';

/** What a schema cannot say: keys are unique, a plan comes from an earlier stage, options fit their kind. Throws `TASK_OPTIONS`. */
export const checkStages = (stages: Stages): void => {
  const earlier = new Set<string>();
  const seen = new Set<string>();
  for (const stage of stages) {
    for (const task of stage) {
      const { key, planFrom } = task;
      const refuse = (problem: string) => new SignalboxError('TASK_OPTIONS', { task: key, problem });
      if (seen.has(key)) throw refuse('another task has the same key');
      seen.add(key);
      if (planFrom !== null && !earlier.has(planFrom)) throw refuse(`no earlier stage has the task ${planFrom}`);
      findPlugin(task.kind).check(task);
    }
    for (const { key } of stage) earlier.add(key);
  }
};
