import type { Task } from '../../protocol/job.ts';
import { CHANNEL, topics, type ServerContext } from '../context.ts';
import { effectOf } from '../pipelines/effect-of.ts';
import { declareLost } from '../reconcile/declare-lost.ts';
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

/**
 * Attempts without a renewal for too long. What may be repeated is, and so is what had no permit yet: nothing irreversible has
 * begun. Behind a permit nobody knows what it did, which a person has to settle.
 */
const giveUpLost = async (context: ServerContext): Promise<void> => {
  const { lostMs } = context.timers;
  const { rows } = await sql<{ job_id: string; number: number; task: Task; permitted: boolean; overdue: number }>`
    select t.job_id, t.number, j.task, t.permitted_at is not null as permitted, ${servedMs} - t.lease_until as overdue
    from attempt t join job j on j.id = t.job_id and j.attempt = t.number and j.queue = 'claimed'
    where t.sealed_at is null
      and t.lease_until <= ${servedMs} - ${Math.min(...Object.values(lostMs))}::bigint`.execute(context.store.db);
  for (const { job_id: job, number, task, permitted, overdue } of rows) {
    const patienceMs = permitted ? lostMs.irreversible : effectOf(task) === 'read' ? lostMs.read : lostMs.idempotent;
    if (overdue < patienceMs) continue;
    const lost = { job, number, overdueMs: patienceMs };
    await context.store.db
      .transaction()
      .execute((tx) =>
        permitted ? declareLost(tx, context, { ...lost, cause: 'silent' }) : requeue(tx, context, lost),
      );
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
  await giveUpLost(context);
  await endSessions(context);
};
