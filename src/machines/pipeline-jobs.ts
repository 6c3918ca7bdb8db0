import type { Stages } from '../protocol/job.ts';
import type { Conclusion } from '../protocol/status.ts';

export interface PipelineJob {
  /** Keys of the jobs of the stage before: it starts only when each allows it. */
  needs: string[];
  ignoreFailure: boolean;
  requireApproval: boolean;
  approved: boolean;
  at: 'waiting' | 'manual' | 'ready' | 'running' | 'over';
  conclusion: Conclusion | null;
}
export type PipelineJobs = Record<string, PipelineJob>;

/** A workflow's stages → the jobs of one run, none decided about yet. */
export const toPipelineJobs = (stages: Stages): PipelineJobs => {
  const jobs: PipelineJobs = {};
  for (const [index, stage] of stages.entries()) {
    const needs = (stages[index - 1] ?? []).map(({ key }) => key);
    for (const { key, ignoreFailure, requireApproval } of stage) {
      jobs[key] = { needs, ignoreFailure, requireApproval, approved: false, at: 'waiting', conclusion: null };
    }
  }
  return jobs;
};

/** A finished job lets those behind it start when it succeeded, or failed and its failure is ignored. */
const allows = (job: PipelineJob | undefined): boolean =>
  job?.conclusion === 'succeeded' ||
  (job?.ignoreFailure === true && (job.conclusion === 'failed' || job.conclusion === 'timedOut'));

/** Decides about every waiting job, until nothing changes: skipped jobs skip those behind them. */
export const advance = (jobs: PipelineJobs): PipelineJobs => {
  const next = { ...jobs };
  let changed = true;
  while (changed) {
    changed = false;
    for (const [key, job] of Object.entries(next)) {
      if (job.at !== 'waiting') continue;
      const needed = job.needs.map((need) => next[need]);
      if (!needed.every((need) => need?.at === 'over')) continue;
      if (!needed.every(allows)) next[key] = { ...job, at: 'over', conclusion: 'skipped' };
      else next[key] = { ...job, at: job.requireApproval && !job.approved ? 'manual' : 'ready' };
      changed = true;
    }
  }
  return next;
};

/** After a stop: whatever has not been claimed is over. */
export const stopWaiting = (jobs: PipelineJobs): PipelineJobs =>
  Object.fromEntries(
    Object.entries(jobs).map(([key, job]) =>
      job.at === 'over' || job.at === 'running' ? [key, job] : [key, { ...job, at: 'over', conclusion: 'cancelled' }],
    ),
  );

/** What the whole comes to; null while a job is not over. */
export const outcomeOf = (pipeline: {
  jobs: PipelineJobs;
  ignoredFailure: 'failed' | 'warning';
}): 'succeeded' | 'warning' | 'failed' | 'terminated' | 'error' | null => {
  const jobs = Object.values(pipeline.jobs);
  if (jobs.some(({ at }) => at !== 'over')) return null;
  const has = (...wanted: Conclusion[]) => jobs.some(({ conclusion }) => conclusion && wanted.includes(conclusion));
  if (has('needsReconciliation')) return 'error';
  if (has('cancelled')) return 'terminated';
  const failed = jobs.filter(({ conclusion }) => conclusion === 'failed' || conclusion === 'timedOut');
  if (failed.length === 0) return 'succeeded';
  return failed.every(({ ignoreFailure }) => ignoreFailure) ? pipeline.ignoredFailure : 'failed';
};
