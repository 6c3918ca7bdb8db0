import { toAttemptId } from '../../protocol/ids.ts';
import { CHANNEL, topics, type ServerContext } from '../context.ts';
import { applyMove, lockPipeline } from '../pipelines/move-pipeline.ts';
import { sql } from '../store/sql.ts';
import { toJson } from '../store/json.ts';
import type { Tx } from '../store/store.ts';
import { readLedger } from './ledger.ts';
import { isOverdue, type LostAttempt } from './lost-attempt.ts';
import { toLostReason, type LostCause } from './lost-reason.ts';

interface Sealed {
  org_id: string;
  pipeline_id: string;
  key: string;
  heard_at: number;
  runner: string;
}

/** From now on nothing of it is taken any more but as evidence. Null: sealed meanwhile, never permitted anything, or heard again. */
const seal = async (tx: Tx, context: ServerContext, lost: LostAttempt): Promise<Sealed | null> => {
  const { rows } = await sql<Sealed>`
    update attempt t set sealed_at = ${context.clock.now()}::bigint, phase = 'failed' from job j, runner r
    where t.job_id = ${lost.job} and t.number = ${lost.number}::int and t.sealed_at is null and t.permitted_at is not null
      and j.id = t.job_id and j.attempt = t.number and r.id = t.runner_id and ${isOverdue(lost)}
    returning t.org_id, j.pipeline_id, j.key, coalesce(t.heard_at, t.claimed_at) as heard_at, coalesce(r.name, r.id) as runner`.execute(
    tx,
  );
  return rows[0] ?? null;
};

/**
 * An attempt that was permitted something irreversible has lost its runner: nobody knows how far it came. It is sealed without
 * a result, job and pipeline are over, and the architecture stays locked by it and blocked, until a person settles it.
 * False: there is nothing to declare.
 */
export const declareLost = async (
  tx: Tx,
  context: ServerContext,
  lost: LostAttempt & { cause: LostCause },
): Promise<boolean> => {
  const { job, number, cause } = lost;
  const owner = await tx.selectFrom('job').select('pipeline_id').where('id', '=', job).executeTakeFirstOrThrow();
  const pipeline = await lockPipeline(tx, owner.pipeline_id);
  const sealed = await seal(tx, context, lost);
  if (!sealed) return false;
  const attempt = toAttemptId(job, number);
  const ledger = await readLedger(tx, job, number);
  const { org_id: organisation, pipeline_id, key, heard_at: heardAt, runner } = sealed;
  const reason = toLostReason({ pipeline: pipeline_id, runner, heardAt, cause, ledger });
  context.logger.warn({ attempt, reason }, 'an attempt needs reconciliation');
  await sql`
    with told as (
      update job set reason = ${toJson(reason)} where id = ${job}
    ), blocked as (
      update architecture a set blocked = ${toJson(reason)}, blocked_job = ${job}, reconciler = null from attempt t
      where t.job_id = ${job} and t.number = ${number}::int and a.id = t.architecture_id and a.lock_job_id = ${job}
        and a.lock_fence = t.fence
    ), audited as (
      insert into audit (id, org_id, at, actor, action, subject, body) values (${context.ids.create('aud')}, ${organisation},
        ${context.clock.now()}::bigint, 'control plane', 'job.declared', ${job}, ${toJson({ attempt: number, cause, reason })})
    )
    select pg_notify(${CHANNEL}, ${topics.log(job)}), pg_notify(${CHANNEL}, ${topics.runners(organisation)})`.execute(
    tx,
  );
  await applyMove(tx, context, pipeline, { type: 'job.concluded', key, conclusion: 'needsReconciliation' }, reason);
  return true;
};
