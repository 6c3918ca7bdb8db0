import type { AttemptEvent, ArtifactRef } from '../../protocol/attempt.ts';
import type { PipelineId } from '../../protocol/ids.ts';
import type { Tables } from '../store/schema.ts';
import type { Database } from '../store/store.ts';
import { sql, type RawBuilder } from '../store/sql.ts';

/** A job with what its newest attempt says. `number` null: it was never claimed. */
export interface FoundJob
  extends
    Omit<Tables['job'], 'org_id' | 'session_id' | 'offer_until' | 'desired' | 'plan' | 'created_at' | 'attempt'>,
    Pick<Tables['architecture'], 'lock_job_id' | 'blocked' | 'blocked_job'> {
  /** The pipeline whose job blocks the architecture. */
  blocked_by: { id: string; number: number } | null;
  /** The pipeline that may change it all the same. */
  reconciler: { id: string; number: number } | null;
  number: number | null;
  runner_id: string | null;
  runner_name: string | null;
  phase: Tables['attempt']['phase'] | null;
  progress: Tables['attempt']['progress'];
  machines: Tables['attempt']['machines'] | null;
  log_bytes: number | null;
  /** Steps and notes, in order. */
  events: { at: number; body: AttemptEvent }[];
  artifacts: ArtifactRef[];
}

/** At most this many events of a job are read for its view, the newest: a page shows no more. */
const MAX_EVENTS = 500;

const toPipeline = (id: RawBuilder<unknown>) =>
  sql`(select jsonb_build_object('id', id, 'number', number) from pipeline where id = ${id})`;

export const findJobs = async (db: Database, pipeline: PipelineId): Promise<FoundJob[]> => {
  const { rows } = await sql<FoundJob>`
    select j.id, j.pipeline_id, j.architecture_id, j.key, j.stage, j.position, j.task, j.queue, j.status, j.mutating, j.conclusion,
      j.reason, j.summary, j.outputs, j.resolution, j.started_at, j.finished_at, a.lock_job_id, a.blocked,
      a.blocked_job, ${toPipeline(sql`(select pipeline_id from job where id = a.blocked_job)`)} as blocked_by,
      ${toPipeline(sql`a.reconciler`)} as reconciler,
      t.number, t.runner_id, r.name as runner_name, t.phase, t.progress, t.machines, t.log_bytes,
      coalesce((select jsonb_agg(jsonb_build_object('at', e.at, 'body', e.body) order by e.seq) from (
        select * from event where job_id = t.job_id and number = t.number
          and body->>'type' in ('step.started', 'step.finished', 'note') order by seq desc limit ${MAX_EVENTS}) e), '[]'::jsonb) as events,
      coalesce((select jsonb_agg(jsonb_build_object('name', f.name, 'kind', f.kind, 'sha256', f.sha256, 'size', f.size) order by f.name)
        from artifact f where f.job_id = t.job_id and f.number = t.number), '[]'::jsonb) as artifacts
    from job j join architecture a on a.id = j.architecture_id
      left join lateral (select * from attempt n where n.job_id = j.id order by n.number desc limit 1) t on true
      left join runner r on r.id = t.runner_id
    where j.pipeline_id = ${pipeline} order by j.stage, j.position`.execute(db);
  return rows;
};
