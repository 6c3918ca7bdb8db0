import { RESOLVE_WAYS } from '../../protocol/rest.ts';
import type { Reason } from '../../protocol/status.ts';
import type { FoundJob } from './find-jobs.ts';

/** What a job's waiting may depend on, besides itself. */
export interface Surroundings {
  /** Sessions that live and take offers: who, and why it takes none all the same. */
  online: readonly { name: string; problem: Reason | null }[];
  jobs: readonly FoundJob[];
}

const list = (titles: string[]): string =>
  titles.length < 2 ? titles.join('') : `${titles.slice(0, -1).join(', ')} and ${titles.at(-1)}`;

/** Why a job is not running yet, in words; null when it is, or is over. */
export const waitsFor = (job: FoundJob, { online, jobs }: Surroundings): string | null => {
  if (job.queue === 'claimed' || job.queue === 'over') return null;
  if (job.status === 'manual') return 'Waits for approval.';
  if (job.queue === 'waiting') {
    const before = jobs.filter(({ stage, queue }) => stage === job.stage - 1 && queue !== 'over');
    return before.length > 0
      ? `Waits for ${list(before.map(({ task }) => task.title))}.`
      : 'Waits for the stage before.';
  }
  if (job.mutating && job.blocked) {
    const blocked = waitsForReconciliation(job, job.blocked);
    if (blocked !== null) return blocked;
  } else if (job.mutating && job.lock_job_id) return `The architecture is held by ${job.lock_job_id}.`;
  return waitsForRunner(online);
};

/** Null: it is the job that reconciles, so that it waits for a runner only. */
const waitsForReconciliation = (job: FoundJob, blocked: Reason): string | null => {
  const { reconciler, blocked_by: by } = job;
  if (reconciler?.id === job.pipeline_id) return null;
  if (reconciler) return `Pipeline ${reconciler.number} imports what pipeline ${by?.number} has left, and goes first.`;
  const what = by ? `Pipeline ${by.number} needs reconciliation` : 'The architecture needs reconciliation';
  const settle = by ? ` Settle it: \`signalbox pipeline resolve ${by.id} --as ${RESOLVE_WAYS}\`.` : '';
  return `${what}: ${blocked.message}${settle}`;
};

const waitsForRunner = (online: Surroundings['online']): string => {
  if (online.length === 0) return 'No runner is online.';
  if (online.some(({ problem }) => problem === null)) return 'Waits for a free slot of a runner.';
  return `No runner takes jobs. ${online.map(({ name, problem }) => `${name}: ${problem?.message}`).join(' ')}`;
};
