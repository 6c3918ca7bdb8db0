import type { FoundJob } from './find-jobs.ts';

/** What a job's waiting may depend on, besides itself. */
export interface Surroundings {
  /** A live session that takes offers. */
  isRunnerOnline: boolean;
  jobs: readonly FoundJob[];
}

const list = (titles: string[]): string =>
  titles.length < 2 ? titles.join('') : `${titles.slice(0, -1).join(', ')} and ${titles.at(-1)}`;

/** Why a job is not running yet, in words; null when it is, or is over. */
export const waitsFor = (job: FoundJob, { isRunnerOnline, jobs }: Surroundings): string | null => {
  if (job.queue === 'claimed' || job.queue === 'over') return null;
  if (job.status === 'manual') return 'Waits for approval.';
  if (job.queue === 'waiting') {
    const before = jobs.filter(({ stage, queue }) => stage === job.stage - 1 && queue !== 'over');
    return before.length > 0
      ? `Waits for ${list(before.map(({ task }) => task.title))}.`
      : 'Waits for the stage before.';
  }
  if (job.mutating && job.blocked) return `The architecture needs reconciliation: ${job.blocked.message}`;
  if (job.mutating && job.lock_job_id) return `The architecture is held by ${job.lock_job_id}.`;
  return isRunnerOnline ? 'Waits for a free slot of a runner.' : 'No runner is online.';
};
