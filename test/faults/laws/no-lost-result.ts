import type { Facts, RunFacts } from '../facts.ts';
import type { Law, Violation } from './law.ts';

/** What a run comes to where nobody interferes. */
const toExpected = ({ plan }: RunFacts): string =>
  plan.objects.some(({ fail }) => fail !== null) ? 'failed' : 'succeeded';

/** What the faults allow it to come to as well. Any other fault changes nothing. */
const toAllowed = (run: RunFacts, { faults }: Facts): string[] => {
  const struck = (name: string) => faults.some((fault) => fault.name === name);
  const isCancelled = faults.some(({ name, run: meant }) => name === 'cancel' && meant === run.plan.number);
  return [
    toExpected(run),
    ...(isCancelled ? ['terminated', 'failed'] : []),
    ...(struck('reboot') ? ['error'] : []),
    ...(struck('fill disk') ? ['failed', 'error'] : []),
  ];
};

const findInRun = (run: RunFacts, facts: Facts): string[] => {
  const { view, jobs, reconciled } = run;
  if (view === null)
    return [
      `the pipeline ${run.pipeline} never settled: ${jobs.map(({ key, queue }) => `${key} is ${queue}`).join(', ')}`,
    ];
  const lost: string[] = [];
  const allowed = toAllowed(run, facts);
  if (!allowed.includes(view.status)) {
    const reasons = view.jobs.map(({ key, status, reason }) => `${key} ${status}: ${reason?.message ?? 'no reason'}`);
    lost.push(`it came to ${view.status} and not to ${allowed.join(' or ')} (${reasons.join('; ')})`);
  }
  for (const { id, key, queue, attempt, conclusion, desired } of jobs) {
    if (queue !== 'over' || conclusion === null) lost.push(`the job ${key} is ${queue}`);
    else if (conclusion !== 'skipped' && desired === 'run') {
      const result = facts.attempts.find((other) => other.id === `${id}.${attempt}`)?.record.result;
      // One that was stopped while it waited for a runner, perhaps again, was never theirs to end; one whose runner came back
      // without it is declared.
      const mayHaveNone = conclusion === 'needsReconciliation' || conclusion === 'cancelled';
      if (!result && !mayHaveNone) lost.push(`the job ${key} is ${conclusion}, and its last attempt has no result`);
      if (result && result.conclusion !== conclusion)
        lost.push(`the job ${key} is ${conclusion}, its result ${result.conclusion}`);
    }
  }
  const importing = reconciled?.importing;
  if (importing && importing.view?.status !== 'succeeded')
    lost.push(`the import ${importing.id} came to ${importing.view?.status ?? 'no end'}`);
  return lost;
};

/** Every pipeline settles, with the result that is true, and nothing of it waits on a runner for ever. */
export const noLostResult: Law = (facts) => {
  const violations: Violation[] = facts.runs.flatMap((run) =>
    findInRun(run, facts).map((what) => ({ run: run.plan.number, what })),
  );
  for (const { id, run, isUnsealed } of facts.attempts) {
    if (isUnsealed) violations.push({ run, what: `${id} was never sealed on its runner` });
  }
  return violations;
};
