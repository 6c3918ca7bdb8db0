import { SignalboxError } from '../../protocol/errors.ts';
import type { JobView, PipelineView } from '../../protocol/rest.ts';

/** The job that evidence is asked about: the one that needs reconciliation, else one that runs, else the last one that ran. */
export const pickJob = ({ id, jobs }: PipelineView): JobView => {
  const claimed = jobs.filter(({ attempt }) => attempt !== null);
  const found =
    claimed.find(({ reconciliation }) => reconciliation?.open === true) ??
    claimed.find(({ reconciliation }) => reconciliation !== null) ??
    claimed.findLast(({ status }) => status === 'running') ??
    claimed.at(-1);
  if (!found) throw new SignalboxError('NOTHING_TO_RESOLVE', { pipeline: id, problem: 'none of its jobs has run' });
  return found;
};
