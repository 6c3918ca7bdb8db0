import { phaseOf, type PipelineRecord } from '../../machines/pipeline-moves.ts';
import { SignalboxError } from '../../protocol/errors.ts';
import type { PipelineId } from '../../protocol/ids.ts';
import type { PipelineItem, PipelineView } from '../../protocol/rest.ts';
import type { ServerContext } from '../context.ts';
import { servedMs } from '../served.ts';
import { sql } from '../store/sql.ts';
import type { Tables } from '../store/schema.ts';
import { findJobs } from './find-jobs.ts';
import { toJobView } from './job-view.ts';
import type { Surroundings } from './waits-for.ts';

/** A pipeline's row with the name of its architecture. */
type FoundPipeline = Omit<Tables['pipeline'], 'source' | 'variables' | 'var_files' | 'secrets' | 'target'> & {
  architecture_name: string;
};
const HEAD = sql`p.id, p.number, p.architecture_id, p.workflow_name, p.status, p.reason, p.created_at, p.started_at, p.finished_at,
  p.version, a.name as architecture_name`;
const toHead = (row: FoundPipeline) => ({
  id: row.id,
  number: row.number,
  architecture: { id: row.architecture_id, name: row.architecture_name },
  workflow: row.workflow_name,
  status: row.status,
  reason: row.reason,
  createdAt: row.created_at,
  startedAt: row.started_at,
  finishedAt: row.finished_at,
  version: row.version,
});

/** One pipeline with its jobs, as people see it. Throws `NOT_FOUND`, for another organisation's id too. */
export const toPipelineView = async (
  context: ServerContext,
  organisation: string,
  id: PipelineId,
): Promise<PipelineView> => {
  const { db } = context.store;
  const { rows } = await sql<FoundPipeline & Pick<Surroundings, 'online'>>`
    select ${HEAD}, p.machine,
      coalesce((select jsonb_agg(jsonb_build_object('name', coalesce(r.name, r.id), 'problem', r.problem) order by r.created_at, r.id)
        from session s join runner r on r.id = s.runner_id where s.org_id = p.org_id and s.ended_at is null and not s.draining
        and s.last_seen_at > ${servedMs} - ${2 * context.timers.leaseMs}::bigint), '[]'::jsonb) as online
    from pipeline p join architecture a on a.id = p.architecture_id
    where p.id = ${id} and p.org_id = ${organisation}`.execute(db);
  const [row] = rows;
  if (!row) throw new SignalboxError('NOT_FOUND', { thing: 'pipeline', id });
  const record = row.machine as PipelineRecord;
  const jobs = await findJobs(db, id);
  return {
    ...toHead(row),
    machine: { path: 'pipeline', machine: 'pipeline', state: record.value, phase: phaseOf(record) },
    jobs: jobs.map((job) => toJobView(job, { online: row.online, jobs })),
  };
};

/** Newest first, with their jobs' names and statuses only. */
export const listPipelines = async (
  context: ServerContext,
  organisation: string,
  options: { limit: number; architecture: string | null },
): Promise<{ pipelines: PipelineItem[] }> => {
  const only = options.architecture === null ? sql`` : sql`and p.architecture_id = ${options.architecture}`;
  const { rows } = await sql<FoundPipeline & Pick<PipelineItem, 'jobs'>>`
    select ${HEAD}, (
      select jsonb_agg(jsonb_build_object('id', j.id, 'title', j.task->>'title', 'status', j.status, 'stage', j.stage)
        order by j.stage, j.position) from job j where j.pipeline_id = p.id) as jobs
    from pipeline p join architecture a on a.id = p.architecture_id
    where p.org_id = ${organisation} ${only} order by p.created_at desc, p.number desc, p.id limit ${options.limit}::int`.execute(
    context.store.db,
  );
  return { pipelines: rows.map((row) => ({ ...toHead(row), jobs: row.jobs ?? [] })) };
};
