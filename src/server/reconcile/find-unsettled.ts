import { SignalboxError } from '../../protocol/errors.ts';
import type { JobId, PipelineId } from '../../protocol/ids.ts';
import type { TaskKind } from '../../protocol/job.ts';
import type { Resolution } from '../../protocol/rest.ts';
import { servedMs } from '../served.ts';
import { sql } from '../store/sql.ts';
import type { Database, Tx } from '../store/store.ts';

/** The job of a pipeline that is to be settled. */
export interface Unsettled {
  pipeline: PipelineId;
  job: JobId;
  /** Of its newest attempt. */
  number: number;
  architecture: string;
  kind: TaskKind;
  /** It is not declared yet: a runner has it that is not heard any more. */
  isSilent: boolean;
}
interface Candidate extends Omit<Unsettled, 'isSilent'> {
  is_open: boolean;
  is_silent: boolean;
  is_claimed: boolean;
  resolution: Resolution | null;
}

const toProblem = (candidates: readonly Candidate[]): string => {
  const settled = candidates.find(({ resolution }) => resolution !== null)?.resolution;
  if (settled) return `${settled.by} has settled it already (${settled.as})`;
  return candidates.some(({ is_claimed }) => is_claimed)
    ? 'a runner is at work on it, and is heard'
    : 'none of its jobs needs reconciliation';
};

/** Throws `NOT_FOUND`; `NOTHING_TO_RESOLVE` with why. */
export const findUnsettled = async (
  db: Database | Tx,
  organisation: string,
  pipeline: PipelineId,
): Promise<Unsettled> => {
  const { rows } = await sql<Candidate>`
    select j.pipeline_id as pipeline, j.id as job, j.attempt as number, j.architecture_id as architecture, j.task->>'kind' as kind,
      j.resolution, coalesce(a.blocked_job = j.id, false) as is_open, j.queue = 'claimed' as is_claimed,
      coalesce(j.queue = 'claimed' and t.permitted_at is not null and t.lease_until <= ${servedMs}, false) as is_silent
    from job j join architecture a on a.id = j.architecture_id left join attempt t on t.job_id = j.id and t.number = j.attempt
    where j.pipeline_id = ${pipeline} and j.org_id = ${organisation} order by j.stage, j.position`.execute(db);
  if (rows.length === 0) throw new SignalboxError('NOT_FOUND', { thing: 'pipeline', id: pipeline });
  const found = rows.find(({ is_open }) => is_open) ?? rows.find(({ is_silent }) => is_silent);
  if (!found) throw new SignalboxError('NOTHING_TO_RESOLVE', { pipeline, problem: toProblem(rows) });
  const { job, number, architecture, kind, is_open } = found;
  return { pipeline, job, number, architecture, kind, isSilent: !is_open };
};

/** Holds its architecture until `tx` ends. Throws where it was settled meanwhile, or a pipeline imports for it. */
export const lockBlocked = async (tx: Tx, { pipeline, job, architecture }: Unsettled): Promise<void> => {
  const { rows } = await sql<{ blocked_job: string | null; reconciler: string | null }>`
    select blocked_job, reconciler from architecture where id = ${architecture} for no key update`.execute(tx);
  const [row] = rows;
  if (row?.blocked_job !== job)
    throw new SignalboxError('NOTHING_TO_RESOLVE', { pipeline, problem: 'it was settled meanwhile' });
  if (row.reconciler !== null) {
    const problem = `the pipeline ${row.reconciler} imports what its state lacks; wait for its end, or stop it`;
    throw new SignalboxError('RESOLUTION_REFUSED', { pipeline, problem });
  }
};
