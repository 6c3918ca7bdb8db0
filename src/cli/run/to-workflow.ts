import type { ArchitectureView } from '../../protocol/rest.ts';
import type { RunRequest } from './read-request.ts';

/** The workflow of a run. Its name tells all of it, so that two runs at once never replace each other's. */
export const toWorkflow = (
  kind: ArchitectureView['kind'],
  { isApply, isApproved, isDestroy }: Pick<RunRequest, 'isApply' | 'isApproved' | 'isDestroy'>,
) => {
  const plan = { key: 'plan', title: 'Plan', kind, options: { action: 'plan', destroy: isDestroy } };
  const apply = {
    key: 'apply',
    title: isDestroy ? 'Destroy' : 'Apply',
    kind,
    options: { action: 'apply' },
    planFrom: 'plan',
    requireApproval: !isApproved,
  };
  const what = isDestroy ? 'destroy' : 'run';
  if (!isApply) return { name: `${what} plan`, stages: [[plan]] };
  return { name: `${what} apply${isApproved ? '' : ' asked'}`, stages: [[plan], [apply]] };
};
