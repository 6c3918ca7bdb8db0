import type { Law, Violation } from './law.ts';

/** When all is over and settled, no architecture is held or blocked, and nothing on a runner's disk is. */
export const noLockLeft: Law = ({ runs, leftovers }) => {
  const violations: Violation[] = leftovers.map((what) => ({ run: null, what }));
  for (const { plan, architecture } of runs) {
    const { lock_job_id: holder, blocked } = architecture;
    if (holder !== null) violations.push({ run: plan.number, what: `the architecture is still held by ${holder}` });
    if (blocked !== null)
      violations.push({ run: plan.number, what: `the architecture is still blocked: ${blocked.message}` });
  }
  return violations;
};
