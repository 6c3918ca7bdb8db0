import type { PipelineJob } from '../../machines/pipeline-jobs.ts';
import { toStatus, type Status } from '../../protocol/status.ts';

/** What a job's row says where the pipeline's machine has it. */
export const placeJob = (job: PipelineJob): { queue: 'waiting' | 'ready' | 'claimed' | 'over'; status: Status } =>
  (
    {
      waiting: { queue: 'waiting', status: 'pending' },
      manual: { queue: 'waiting', status: 'manual' },
      ready: { queue: 'ready', status: 'pending' },
      running: { queue: 'claimed', status: 'running' },
      over: { queue: 'over', status: toStatus(job.conclusion ?? 'skipped', job.ignoreFailure) },
    } as const
  )[job.at];
