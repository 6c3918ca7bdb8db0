import type { Task } from '../../protocol/job.ts';
import { CHANNEL, topics, type ServerContext } from '../context.ts';
import { effectOf } from '../pipelines/effect-of.ts';
import { requeue } from './requeue.ts';
import { servedMs } from '../served.ts';
import { sql } from '../store/sql.ts';

/** A session token is short-lived: a session not seen for this many lease times is over. */
const SESSION_LEASES = 20;

const expireOffers = async (context: ServerContext): Promise<void> => {
  const { rows } = await sql<{ org_id: string }>`
    with back as (
      update job j set queue = 'ready', attempt = j.attempt - 1, session_id = null, offer_until = null
      where j.queue = 'offered' and j.offer_until <= ${servedMs} returning j.org_id
    )
    select distinct org_id from back`.execute(context.store.db);
  for (const { org_id } of rows) await context.store.notify(context.store.db, CHANNEL, topics.runners(org_id));
};

/** Attempts without a renewal for too long; only what may be repeated is, an irreversible one never by itself. */
const requeueLost = async (context: ServerContext): Promise<void> => {
  const { lostMs } = context.timers;
  const { rows } = await sql<{ job_id: string; number: number; task: Task; overdue: number }>`
    select t.job_id, t.number, j.task, ${servedMs} - t.lease_until as overdue
    from attempt t join job j on j.id = t.job_id and j.attempt = t.number and j.queue = 'claimed'
    where t.sealed_at is null and not j.mutating
      and t.lease_until <= ${servedMs} - ${Math.min(lostMs.read, lostMs.idempotent)}::bigint`.execute(context.store.db);
  for (const { job_id, number, task, overdue } of rows) {
    const effect = effectOf(task);
    if (effect === 'irreversible' || overdue < lostMs[effect]) continue;
    await context.store.db.transaction().execute(async (tx) => {
      // It may have renewed meanwhile: looked at again under its lock.
      const { rows: still } = await sql`
        select 1 from pipeline p, job j, attempt t where j.id = ${job_id} and p.id = j.pipeline_id and t.job_id = j.id
          and t.number = ${number}::int and t.lease_until <= ${servedMs} - ${lostMs[effect]}::bigint
        for update of p for update of j for update of t`.execute(tx);
      if (still.length > 0) await requeue(tx, context, { job: job_id, number, evenIfPermitted: true });
    });
  }
};

const endSessions = async (context: ServerContext): Promise<void> => {
  await sql`
    with over as (
      update session set ended_at = ${context.clock.now()}::bigint
      where ended_at is null and last_seen_at <= ${servedMs} - ${SESSION_LEASES * context.timers.leaseMs}::bigint returning id
    )
    delete from command c using over where c.session_id = over.id`.execute(context.store.db);
};

/** What has become due in served time: offers nobody claimed, leases nobody renewed, sessions nobody uses. */
export const sweep = async (context: ServerContext): Promise<void> => {
  await expireOffers(context);
  await requeueLost(context);
  await endSessions(context);
};
