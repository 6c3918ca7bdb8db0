import { changedJobs, nextPipeline, type PipelineRecord } from '../../machines/pipeline-moves.ts';
import type { PipelineEvent } from '../../machines/pipeline.machine.ts';
import { SignalboxError } from '../../protocol/errors.ts';
import { isFinal, type Reason } from '../../protocol/status.ts';
import { CHANNEL, topics, type ServerContext } from '../context.ts';
import type { Tables } from '../store/schema.ts';
import type { Tx } from '../store/store.ts';
import { sql } from '../store/sql.ts';
import { toJson } from '../store/json.ts';
import { endImport } from './end-import.ts';
import { placeJob } from './place-job.ts';

export interface PipelineRow extends Pick<Tables['pipeline'], 'id' | 'org_id' | 'machine'> {
  /** True: it imports what another one has left. */
  reconciles?: boolean;
}

/** A reason is the pipeline's own where a person stopped it, or a job failed whose failure is not ignored. */
const counts = ({ context }: PipelineRecord, event: PipelineEvent): boolean => {
  if (event.type !== 'job.concluded') return true;
  if (event.conclusion === 'succeeded' || event.conclusion === 'skipped') return false;
  return event.conclusion === 'needsReconciliation' || context.jobs[event.key]?.ignoreFailure !== true;
};

/** Writes what `event` makes of a pipeline whose row `tx` holds locked, and of the jobs that it moves. */
export const applyMove = async (
  tx: Tx,
  context: ServerContext,
  row: PipelineRow,
  event: PipelineEvent,
  reason: Reason | null = null,
): Promise<PipelineRecord> => {
  const before = row.machine as PipelineRecord;
  const after = nextPipeline(before, event);
  const now = context.clock.now();
  const jobs = changedJobs(before, after).map(([key, job]) => ({ key, conclusion: job.conclusion, ...placeJob(job) }));
  const wakesRunners = jobs.some(({ queue }) => queue === 'ready');
  const isOver = isFinal(after.value);
  await sql`
    with moved as (
      update pipeline set machine = ${toJson(after)}, status = ${after.value}, version = version + 1,
        reason = coalesce(reason, ${!isFinal(before.value) && counts(after, event) ? toJson(reason) : null}::jsonb),
        started_at = coalesce(started_at, ${after.value === 'running' ? now : null}::bigint),
        finished_at = coalesce(finished_at, ${isOver ? now : null}::bigint)
      where id = ${row.id}
    ), changed as (
      select * from jsonb_to_recordset(${toJson(jobs)}) as c(key text, queue text, status text, conclusion text)
    ), jobs as (
      update job j set queue = c.queue, status = c.status, conclusion = c.conclusion, offer_until = null,
        session_id = case when c.queue = 'ready' then null else j.session_id end,
        started_at = case when c.queue = 'claimed' then coalesce(j.started_at, ${now}::bigint) else j.started_at end,
        finished_at = case when c.queue = 'over' then ${now}::bigint end
      from changed c where j.pipeline_id = ${row.id} and j.key = c.key
    )
    select pg_notify(${CHANNEL}, ${topics.pipeline(row.id)}),
      case when ${wakesRunners} then pg_notify(${CHANNEL}, ${topics.runners(row.org_id)}) end`.execute(tx);
  if (row.reconciles && isOver && !isFinal(before.value)) await endImport(tx, row.id, after.value === 'succeeded');
  return after;
};

/**
 * The row, locked until `tx` ends. Locks are taken in one order: session, pipeline, job, attempt, architecture. A pipeline that
 * imports for another one tells it when it is over (end-import.ts), so that the other one is locked before it.
 */
export const lockPipeline = async (tx: Tx, id: string): Promise<PipelineRow> => {
  const { rows } = await sql<PipelineRow>`
    select id, org_id, machine from pipeline where id = any(array[${id}::text, (
      select j.pipeline_id from architecture a join job j on j.id = a.blocked_job where a.reconciler = ${id})])
    order by (id = ${id}) for update`.execute(tx);
  const row = rows.at(-1);
  if (row?.id !== id) throw new SignalboxError('NOT_FOUND', { thing: 'pipeline', id });
  return { ...row, reconciles: rows.length > 1 };
};

/** One event for one pipeline; the first `reason` that counts is the pipeline's. */
export const movePipeline = async (
  tx: Tx,
  context: ServerContext,
  pipelineId: string,
  event: PipelineEvent,
  reason: Reason | null = null,
): Promise<PipelineRecord> => applyMove(tx, context, await lockPipeline(tx, pipelineId), event, reason);
