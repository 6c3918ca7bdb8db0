import type { StateHead } from '../../protocol/job.ts';
import type { PipelineView } from '../../protocol/rest.ts';

/** What an interrupted run left of the state, in one sentence. */
export const tellInterruption = (options: {
  before: StateHead | null;
  after: StateHead | null;
  view: PipelineView;
  /** True where the code's own backend holds the state. */
  isRemote: boolean;
}): string => {
  const { before, after, view, isRemote } = options;
  const { name } = view.architecture;
  if (view.jobs.some(({ conclusion }) => conclusion === 'needsReconciliation'))
    return `It is not known how far it came: compare the state of ${name} with what exists before the next apply.`;
  if (isRemote) return `The state of ${name} is where its own backend keeps it; look there how far it came.`;
  if (after === null) return `${name} has no state: nothing was created.`;
  if (before === null) return `The state of ${name} is stored, serial ${after.serial}: what was created is in it.`;
  return before.serial === after.serial && before.lineage === after.lineage
    ? `The state of ${name} is as it was, serial ${after.serial}.`
    : `The state of ${name} went from serial ${before.serial} to ${after.serial} and is stored: what was changed is in it.`;
};
