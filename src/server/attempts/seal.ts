import type { Result } from '../../protocol/attempt.ts';
import { CONCLUSIONS, type Reason } from '../../protocol/status.ts';
import { CHANNEL, topics, type ServerContext } from '../context.ts';
import { applyMove, lockPipeline } from '../pipelines/move-pipeline.ts';
import type { Tx } from '../store/store.ts';
import { sql } from '../store/sql.ts';
import { toJson } from '../store/json.ts';
import type { AttemptRow } from './find-attempt.ts';

const UNCLEAR: Reason = {
  code: 'STEP_LOST',
  message: 'It is not known whether the last step had its effect.',
  hint: 'Look at the evidence, then settle it with `signalbox pipeline resolve`.',
};

/** `needsReconciliation` keeps the lock and blocks the architecture: nothing changes it until a person has looked. */
const freeArchitecture = (row: AttemptRow, result: Result) =>
  result.conclusion === 'needsReconciliation'
    ? sql`blocked = ${toJson(result.reason ?? UNCLEAR)}, blocked_job = ${row.job_id}, reconciler = null`
    : sql`lock_job_id = null, lock_fence = null`;

const write = async (tx: Tx, context: ServerContext, row: AttemptRow, result: Result): Promise<boolean> => {
  const now = context.clock.now();
  const { conclusion, reason, plan, summary, outputs } = result;
  const { rows } = await sql`
    with sealed as (
      update attempt t set result = ${toJson(result)}, sealed_at = ${now}::bigint, phase = ${CONCLUSIONS[conclusion].phase} from job j
      where t.job_id = ${row.job_id} and t.number = ${row.number}::int and t.sealed_at is null and j.id = t.job_id and j.attempt = t.number
      returning t.job_id, t.fence, t.architecture_id
    ), over as (
      update job j set reason = ${toJson(reason)}, plan = ${toJson(plan)}, summary = ${toJson(summary)}, outputs = ${toJson(outputs)}
      from sealed where j.id = sealed.job_id
    ), freed as (
      update architecture a set ${freeArchitecture(row, result)} from sealed
      where a.id = sealed.architecture_id and a.lock_job_id = sealed.job_id and a.lock_fence = sealed.fence returning 1
    ), told as (
      select pg_notify(${CHANNEL}, ${topics.runners(row.org_id)}) from freed
    ), audited as (
      insert into audit (id, org_id, at, actor, action, subject, body)
      select ${context.ids.create('aud')}, ${row.org_id}, ${now}::bigint, ${row.runner_id}, 'job.concluded', ${row.job_id},
        ${toJson({ attempt: row.number, fence: row.fence, conclusion })} from sealed
    )
    select pg_notify(${CHANNEL}, ${topics.log(row.job_id)}), (select count(*) from told) as told from sealed`.execute(
    tx,
  );
  return rows.length > 0;
};

/** In one transaction: attempt, job, lock, pipeline, audit. False: it was sealed meanwhile. */
export const seal = (context: ServerContext, row: AttemptRow, result: Result): Promise<boolean> =>
  context.store.db.transaction().execute(async (tx) => {
    const pipeline = await lockPipeline(tx, row.pipeline_id);
    if (!(await write(tx, context, row, result))) return false;
    const { conclusion, reason } = result;
    await applyMove(tx, context, pipeline, { type: 'job.concluded', key: row.key, conclusion }, reason);
    return true;
  });
