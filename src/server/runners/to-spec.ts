import { toAttemptId } from '../../protocol/ids.ts';
import type { JobSpec, PlanRef, Secret, StateHead } from '../../protocol/job.ts';
import { effectOf } from '../pipelines/effect-of.ts';
import type { ClaimRow } from './lock-claim.ts';

/** What the job starts from: the newest state of its architecture, and the saved plan it applies. */
export interface SpecInputs {
  state: StateHead | null;
  plan: PlanRef | null;
}

/** The documented default of `job_max_execution_time`; the runner's own configuration may be shorter. */
const MAX_EXECUTION_MS = 240 * 60_000;

/** Everything a runner needs, secrets by name only. */
export const toSpec = (row: ClaimRow, inputs: SpecInputs, secrets: readonly Secret[]): JobSpec => ({
  id: row.job_id,
  attempt: toAttemptId(row.job_id, row.attempt),
  pipeline: row.pipeline_id,
  architecture: { id: row.architecture_id, name: row.architecture_name },
  task: row.task,
  effect: effectOf(row.task),
  source: row.source,
  toolVersion: row.tool_version,
  state: inputs.state,
  plan: inputs.plan,
  variables: row.variables,
  varFiles: row.var_files,
  secrets: secrets.map(({ name, as }) => ({ name, as })),
  target: row.target,
  maxExecutionMs: MAX_EXECUTION_MS,
});
