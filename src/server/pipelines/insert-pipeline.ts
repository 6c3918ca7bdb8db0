import { toPipelineJobs } from '../../machines/pipeline-jobs.ts';
import { startPipeline } from '../../machines/pipeline-moves.ts';
import type { PipelineId } from '../../protocol/ids.ts';
import type { Source, Stages } from '../../protocol/job.ts';
import { CHANNEL, topics, type ServerContext } from '../context.ts';
import { sql } from '../store/sql.ts';
import { toJson } from '../store/json.ts';
import type { Database, Tx } from '../store/store.ts';
import { toJobRows } from './to-job-rows.ts';

export interface NewPipeline {
  id: PipelineId;
  organisation: string;
  architecture: string;
  workflowName: string;
  stages: Stages;
  source: Source;
  variables: Record<string, string>;
  varFiles: readonly string[];
  /** Sealed `Secret[]`. */
  secrets: Uint8Array | null;
  target: string | null;
  idempotencyKey: string | null;
  actor: string;
  /** What the audit keeps of it. */
  about: Record<string, unknown>;
}

/** A pipeline's rows, its machine started, its first jobs ready, in one statement. False: its key, or its architecture, is not free or not there. */
export const insertPipeline = async (
  db: Database | Tx,
  { clock, ids }: Pick<ServerContext, 'clock' | 'ids'>,
  made: NewPipeline,
): Promise<boolean> => {
  const machine = startPipeline({ jobs: toPipelineJobs(made.stages) });
  const jobs = toJobRows(made.stages, machine, () => ids.create('job'));
  const secrets = made.secrets && Buffer.from(made.secrets);
  const now = clock.now();
  const { rows } = await sql`
    with numbered as (
      update architecture set last_number = last_number + 1 where id = ${made.architecture} returning last_number
    ), made as (
      insert into pipeline (id, org_id, architecture_id, workflow_name, number, status, machine, source, variables, var_files, secrets,
        target, idempotency_key, created_at)
      select ${made.id}, ${made.organisation}, ${made.architecture}, ${made.workflowName}, last_number, ${machine.value}, ${toJson(machine)},
        ${toJson(made.source)}, ${toJson(made.variables)}, ${toJson(made.varFiles)}, ${secrets}::bytea, ${made.target}::text,
        ${made.idempotencyKey}::text, ${now}::bigint from numbered
      on conflict (org_id, idempotency_key) where idempotency_key is not null do nothing returning id, org_id, architecture_id
    ), jobs as (
      insert into job (id, org_id, pipeline_id, architecture_id, key, stage, position, task, queue, status, mutating, created_at)
      select r.id, m.org_id, m.id, m.architecture_id, r.key, r.stage, r.position, r.task, r.queue, r.status, r.mutating, ${now}::bigint
      from made m, jsonb_to_recordset(${toJson(jobs)}) as r(id text, key text, stage int, position int, task jsonb, queue text,
        status text, mutating boolean)
    ), audited as (
      insert into audit (id, org_id, at, actor, action, subject, body)
      select ${ids.create('aud')}, m.org_id, ${now}::bigint, ${made.actor}, 'pipeline.create', m.id, ${toJson(made.about)} from made m
    )
    select pg_notify(${CHANNEL}, ${topics.runners(made.organisation)}) from made`.execute(db);
  return rows.length > 0;
};
