import { findPlugin } from '../../plugins/registry.ts';
import { SignalboxError } from '../../protocol/errors.ts';
import type { PipelineId } from '../../protocol/ids.ts';
import type { Stages } from '../../protocol/job.ts';
import { CreatePipeline } from '../../protocol/rest.ts';
import type { ServerContext } from '../context.ts';
import { sql } from '../store/sql.ts';
import type { Database } from '../store/store.ts';
import { insertPipeline } from './insert-pipeline.ts';

type Workflow = { architecture_id: string; name: string; stages: Stages };

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
  const { store, ids, box } = context;
  const asked = CreatePipeline.parse(input);
  const repeated = await findRepeated(store.db, organisation, asked.idempotencyKey);
  if (repeated) return repeated;
  const workflow = await findWorkflow(store.db, organisation, asked);
  for (const task of workflow.stages.flat()) findPlugin(task.kind).check(task);
  const id = ids.create('pip');
  const isMade = await insertPipeline(store.db, context, {
    id,
    organisation,
    architecture: workflow.architecture_id,
    workflowName: workflow.name,
    stages: workflow.stages,
    source: asked.source,
    variables: asked.variables,
    varFiles: asked.varFiles,
    secrets: asked.secrets.length > 0 ? box.seal(Buffer.from(JSON.stringify(asked.secrets))) : null,
    target: asked.target,
    idempotencyKey: asked.idempotencyKey,
    actor,
    about: { workflow: asked.workflow },
  });
  if (isMade) return id;
  const first = await findRepeated(store.db, organisation, asked.idempotencyKey);
  if (!first) throw new SignalboxError('NOT_FOUND', { thing: 'architecture', id: workflow.architecture_id });
  return first;
};
