import type { JobView } from '../../protocol/rest.ts';
import { isFinal } from '../../protocol/status.ts';

const WRONG = ['failed', 'error', 'warning'];

/** The job that a visitor wants to see: the named one, else what went wrong, runs, waits for a person, or comes next. */
export const pickJob = (jobs: readonly JobView[], key: string | null): JobView | undefined =>
  jobs.find((job) => job.key === key) ??
  jobs.find(({ status }) => WRONG.includes(status)) ??
  jobs.find(({ status }) => status === 'running') ??
  jobs.find(({ status }) => status === 'manual') ??
  jobs.find(({ status }) => !isFinal(status)) ??
  jobs.findLast(({ status }) => status === 'succeeded') ??
  jobs[0];
