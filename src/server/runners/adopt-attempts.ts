import { toAttemptId } from '../../protocol/ids.ts';
import type { HeldAttempt, SessionReply } from '../../protocol/runner.ts';
import type { ServerContext } from '../context.ts';
import type { Tx } from '../store/store.ts';
import { declareLost } from '../reconcile/declare-lost.ts';
import type { KnownRunner } from './find-runner.ts';
import { requeue } from './requeue.ts';
import { servedMs } from '../served.ts';
import { sql } from '../store/sql.ts';

interface Held {
  job_id: string;
  number: number;
  fence: number;
  current: boolean;
  /** Random id of the state directory whose session held it last. */
  instance: string;
}

/** What the control plane knows of this runner: attempts that are open, and those that the runner named. */
const findHeld = async (tx: Tx, runner: KnownRunner, named: string[]): Promise<Held[]> => {
  const { rows } = await sql<Held>`
    select t.job_id, t.number, t.fence, s.instance_id as instance, (t.sealed_at is null and j.attempt = t.number and j.queue = 'claimed') as current
    from attempt t join job j on j.id = t.job_id join session s on s.id = t.session_id
    where t.runner_id = ${runner.id} and t.org_id = ${runner.organisation}
      and (t.sealed_at is null or t.job_id || '.' || t.number in (select jsonb_array_elements_text(${JSON.stringify(named)}::jsonb)))
    order by t.job_id`.execute(tx);
  return rows;
};

/** The open attempts go over to the new session, their leases begun anew. */
const take = async (tx: Tx, context: ServerContext, session: string, attempt: Held): Promise<void> => {
  await sql`
    with leased as (
      update attempt set session_id = ${session}, lease_until = ${servedMs} + ${context.timers.leaseMs}::bigint
      where job_id = ${attempt.job_id} and number = ${attempt.number}::int
    )
    update job set session_id = ${session} where id = ${attempt.job_id} and attempt = ${attempt.number}::int`.execute(
    tx,
  );
};

/**
 * `continue`: its fence is current. `stop`: it is over, or somebody newer has it. `unknown`: never this runner's. What the
 * runner did not name (the claim's answer was lost) is queued again where nothing irreversible was permitted. Where it was, and
 * the same state directory knows nothing of it any more, nobody will ever tell its end: it is declared at once. Another
 * directory under the same token does not know what the first one does: there the lease runs on.
 */
export const adoptAttempts = async (
  tx: Tx,
  context: ServerContext,
  input: { runner: KnownRunner; session: string; instance: string; running: readonly HeldAttempt[] },
): Promise<Pick<SessionReply, 'running' | 'held'>> => {
  const held = await findHeld(
    tx,
    input.runner,
    input.running.map(({ attempt }) => attempt),
  );
  const byId = new Map(held.map((attempt) => [toAttemptId(attempt.job_id, attempt.number), attempt]));
  const running: SessionReply['running'] = [];
  for (const { attempt, fence } of input.running) {
    const known = byId.get(attempt);
    const isCurrent = known?.current === true && known.fence === fence;
    if (known && isCurrent) await take(tx, context, input.session, known);
    running.push({ attempt, verdict: isCurrent ? 'continue' : known ? 'stop' : 'unknown' });
  }
  const named = new Set(input.running.map(({ attempt }) => attempt));
  const left: string[] = [];
  for (const [id, attempt] of byId) {
    if (named.has(id) || !attempt.current) continue;
    const lost = { job: attempt.job_id, number: attempt.number, overdueMs: null };
    if (await requeue(tx, context, lost)) continue;
    if (attempt.instance !== input.instance) left.push(id);
    else await declareLost(tx, context, { ...lost, cause: 'forgotten' });
  }
  return { running, held: left };
};
