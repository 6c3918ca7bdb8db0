import { startPipeline } from '../../machines/pipeline-moves.ts';
import { toPipelineJobs } from '../../machines/pipeline-jobs.ts';
import { findPlugin } from '../../plugins/registry.ts';
import { SignalboxError } from '../../protocol/errors.ts';
import type { PipelineId } from '../../protocol/ids.ts';
import { CreatePipeline } from '../../protocol/rest.ts';
import { CHANNEL, topics, type ServerContext } from '../context.ts';
import { sql } from '../store/sql.ts';
import { toJson } from '../store/json.ts';
import type { Database } from '../store/store.ts';
import { toJobRows } from './to-job-rows.ts';

type Workflow = { architecture_id: string; name: string; stages: Parameters<typeof toPipelineJobs>[0] };

const findWorkflow = async (
  db: Database,
  organisation: string,
  input: { workflow: string; source: { sha256: string } },
) => {
  const { rows } = await sql<Workflow & { has_source: boolean }>`
    select w.architecture_id, w.name, w.stages,
      exists (select 1 from blob b where b.org_id = w.org_id and b.sha256 = ${input.source.sha256}) as has_source
    from workflow w where w.id = ${input.workflow} and w.org_id = ${organisation}`.execute(db);
  const [workflow] = rows;
  if (!workflow) throw new SignalboxError('NOT_FOUND', { thing: 'workflow', id: input.workflow });
  if (!workflow.has_source) throw new SignalboxError('NOT_FOUND', { thing: 'source bundle', id: input.source.sha256 });
  return workflow;
};

const findRepeated = async (db: Database, organisation: string, key: string | null): Promise<PipelineId | null> => {
  if (key === null) return null;
  const { rows } = await sql<{ id: string }>`
    select id from pipeline where org_id = ${organisation} and idempotency_key = ${key}`.execute(db);
  return rows[0]?.id ?? null;
};

/**
 * One run of a workflow: its rows, its machine started, its first jobs ready, in one statement. A repetition under the same
 * idempotency key answers with the first one. Throws `NOT_FOUND` (workflow, source bundle), `TASK_OPTIONS`.
 */
export const createPipeline = async (
  context: ServerContext,
  organisation: string,
  input: CreatePipeline,
  actor = 'operator',
): Promise<PipelineId> => {
  const { store, clock, ids, box } = context;
  const asked = CreatePipeline.parse(input);
  const repeated = await findRepeated(store.db, organisation, asked.idempotencyKey);
  if (repeated) return repeated;
  const workflow = await findWorkflow(store.db, organisation, asked);
  for (const task of workflow.stages.flat()) findPlugin(task.kind).check(task);
  const machine = startPipeline({ jobs: toPipelineJobs(workflow.stages) });
  const id = ids.create('pip');
  const now = clock.now();
  const secrets = asked.secrets.length > 0 ? Buffer.from(box.seal(Buffer.from(JSON.stringify(asked.secrets)))) : null;
  const jobs = toJobRows(workflow.stages, machine, () => ids.create('job'));
  const { rows } = await sql`
    with numbered as (
      update architecture set last_number = last_number + 1 where id = ${workflow.architecture_id} returning last_number
    ), made as (
      insert into pipeline (id, org_id, architecture_id, workflow_name, number, status, machine, source, variables, var_files, secrets,
        target, idempotency_key, created_at)
      select ${id}, ${organisation}, ${workflow.architecture_id}, ${workflow.name}, last_number, ${machine.value}, ${toJson(machine)},
        ${toJson(asked.source)}, ${toJson(asked.variables)}, ${toJson(asked.varFiles)}, ${secrets}::bytea, ${asked.target}::text,
        ${asked.idempotencyKey}::text, ${now}::bigint from numbered
      on conflict (org_id, idempotency_key) where idempotency_key is not null do nothing returning id, org_id, architecture_id
    ), jobs as (
      insert into job (id, org_id, pipeline_id, architecture_id, key, stage, position, task, queue, status, mutating, created_at)
      select r.id, m.org_id, m.id, m.architecture_id, r.key, r.stage, r.position, r.task, r.queue, r.status, r.mutating, ${now}::bigint
      from made m, jsonb_to_recordset(${toJson(jobs)}) as r(id text, key text, stage int, position int, task jsonb, queue text,
        status text, mutating boolean)
    ), audited as (
      insert into audit (id, org_id, at, actor, action, subject, body)
      select ${ids.create('aud')}, m.org_id, ${now}::bigint, ${actor}, 'pipeline.create', m.id, ${toJson({ workflow: asked.workflow })} from made m
    )
    select pg_notify(${CHANNEL}, ${topics.runners(organisation)}) from made`.execute(store.db);
  if (rows.length > 0) return id;
  const first = await findRepeated(store.db, organisation, asked.idempotencyKey);
  if (!first) throw new SignalboxError('NOT_FOUND', { thing: 'architecture', id: workflow.architecture_id });
  return first;
};
