import { SignalboxError, toReason } from '../../protocol/errors.ts';
import { toAttemptId } from '../../protocol/ids.ts';
import type { ServerContext } from '../context.ts';
import { applyMove, lockPipeline } from '../pipelines/move-pipeline.ts';
import { isOverdue, type LostAttempt } from '../reconcile/lost-attempt.ts';
import type { Tx } from '../store/store.ts';
import { sql } from '../store/sql.ts';
import { toJson } from '../store/json.ts';

/** A job that loses its runner this many times is not the runners' fault. */
const MAX_ATTEMPTS = 5;

interface Sealed {
  pipeline_id: string;
  key: string;
  desired: 'run' | 'cancel' | 'kill';
}

/**
 * Takes an attempt away from its runner: sealed without a result, its lock released, the job queued again, or over where a
 * person had stopped it or it was lost too often. False: it was sealed already, has had a permit, or is heard again.
 */
export const requeue = async (tx: Tx, context: ServerContext, lost: LostAttempt): Promise<boolean> => {
  const now = context.clock.now();
  const owner = await tx.selectFrom('job').select('pipeline_id').where('id', '=', lost.job).executeTakeFirstOrThrow();
  const pipeline = await lockPipeline(tx, owner.pipeline_id);
  const { rows } = await sql<Sealed>`
    with sealed as (
      update attempt t set sealed_at = ${now}::bigint, phase = 'failed' from job j
      where t.job_id = ${lost.job} and t.number = ${lost.number}::int and t.sealed_at is null and j.id = t.job_id
        and j.attempt = t.number and t.permitted_at is null and ${isOverdue(lost)}
      returning t.job_id, t.fence, t.architecture_id, j.pipeline_id, j.key, j.desired
    ), released as (
      update architecture a set lock_job_id = null, lock_fence = null from sealed
      where a.id = sealed.architecture_id and a.lock_job_id = sealed.job_id and a.lock_fence = sealed.fence
    )
    select pipeline_id, key, desired from sealed`.execute(tx);
  const [sealed] = rows;
  if (!sealed) return false;
  const attempt = toAttemptId(lost.job, lost.number);
  context.logger.warn({ attempt, desired: sealed.desired }, 'an attempt lost its runner');
  if (sealed.desired === 'run' && lost.number < MAX_ATTEMPTS) {
    await applyMove(tx, context, pipeline, { type: 'job.requeued', key: sealed.key });
    return true;
  }
  const conclusion = sealed.desired === 'run' ? 'failed' : 'cancelled';
  const reason = toReason(new SignalboxError('LEASE_LOST', { attempt }));
  await applyMove(tx, context, pipeline, { type: 'job.concluded', key: sealed.key, conclusion }, reason);
  await sql`update job set reason = ${toJson(reason)} where id = ${lost.job}`.execute(tx);
  return true;
};
