import { toAttemptId } from '../../protocol/ids.ts';
import type { JobView } from '../../protocol/rest.ts';
import { CONCLUSIONS } from '../../protocol/status.ts';
import type { FoundJob } from './find-jobs.ts';
import { toSteps } from './to-steps.ts';
import { waitsFor, type Surroundings } from './waits-for.ts';

const toPhase = ({ conclusion, queue, phase }: FoundJob): JobView['phase'] => {
  if (conclusion) return CONCLUSIONS[conclusion].phase;
  return queue === 'claimed' ? (phase ?? 'leased') : 'idle';
};

/** A job as people see it: where it stands, and what its newest attempt has told. */
export const toJobView = (job: FoundJob, around: Surroundings): JobView => ({
  id: job.id,
  key: job.key,
  title: job.task.title,
  kind: job.task.kind,
  stage: job.stage,
  status: job.status,
  phase: toPhase(job),
  conclusion: job.conclusion,
  reason: job.reason,
  attempt: job.number === null ? null : toAttemptId(job.id, job.number),
  runner: job.runner_id === null ? null : { id: job.runner_id, name: job.runner_name ?? job.runner_id },
  waitsFor: waitsFor(job, around),
  progress: job.progress,
  steps: toSteps(job.events),
  machines: job.machines ?? [],
  notes: job.events.flatMap(({ body }) => (body.type === 'note' ? [{ level: body.level, message: body.message }] : [])),
  logBytes: job.log_bytes ?? 0,
  summary: job.summary,
  outputs: job.outputs ?? {},
  artifacts: job.artifacts,
  reconciliation:
    job.conclusion === 'needsReconciliation' ? { open: job.blocked_job === job.id, resolution: job.resolution } : null,
  startedAt: job.started_at,
  finishedAt: job.finished_at,
});
