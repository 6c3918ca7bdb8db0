import type { PollRequest } from '../../protocol/runner.ts';
import type { ServerContext } from '../context.ts';
import { hashToken } from '../hash-token.ts';
import { servedMs } from '../served.ts';
import { sql } from '../store/sql.ts';
import { toJson } from '../store/json.ts';
import { isStanding } from './standing.ts';

/** `waiting`: commands that the session has not acknowledged, those written just now among them. */
export interface Dispatched {
  organisation: string;
  waiting: number;
}

/**
 * One statement of a poll: shows the session alive, forgets what it acknowledged, and offers it the oldest ready jobs, as
 * many as it is free for. A mutating job is offered only where nothing else may change its architecture, and while that needs
 * reconciliation only where its pipeline does that. Null: no such session.
 *
 * The session's row is locked before a command gets its cursor, here and wherever else commands are written: so whoever sees
 * a cursor afterwards sees every lower one too, and acknowledging one never acknowledges a command that was not sent.
 */
export const dispatch = async (
  context: ServerContext,
  request: PollRequest & { token: string },
): Promise<Dispatched | null> => {
  const now = context.clock.now();
  const problem = toJson(request.problem);
  const { rows } = await sql<Dispatched>`
    with me as (
      update session s set acked = greatest(s.acked, ${request.ack}::bigint), last_seen_at = ${servedMs} from runner r
      where s.token_hash = ${hashToken(request.token)} and s.id = ${request.session} and s.ended_at is null
        and r.id = s.runner_id and r.revoked_at is null
      returning s.id, s.org_id, s.runner_id, s.draining
    ), seen as (
      update runner r set last_seen_at = ${now}::bigint, problem = ${problem} from me where r.id = me.runner_id
        and (r.last_seen_at is null or r.last_seen_at <= ${now - 1000}::bigint or r.problem is distinct from ${problem})
    ), known as (
      delete from command c using me where c.session_id = me.id and c.cursor <= ${request.ack}::bigint
    ), pending as (
      select count(*)::int as commands, (count(*) filter (where c.body->>'type' = 'offer'))::int as offers
      from command c join me on c.session_id = me.id where c.cursor > ${request.ack}::bigint and ${isStanding}
    ), pick as (
      select j.id from me join job j on j.org_id = me.org_id join architecture a on a.id = j.architecture_id
      where j.queue = 'ready' and not me.draining
        and (j.session_id is distinct from me.id or coalesce(j.offer_until, 0) <= ${servedMs})
        and (not j.mutating or (
          not exists (select 1 from job o where o.queue = 'offered' and o.architecture_id = j.architecture_id and o.mutating)
          and case when a.blocked is null then a.lock_job_id is null
            and not exists (select 1 from job o where o.queue = 'ready' and o.org_id = j.org_id
              and o.architecture_id = j.architecture_id and o.mutating and (o.created_at, o.position, o.id) < (j.created_at, j.position, j.id))
          else a.reconciler = j.pipeline_id and (a.lock_job_id is null or a.lock_job_id = a.blocked_job) end))
      order by j.created_at, j.position, j.id limit greatest(${request.free}::int - (select offers from pending), 0)
      for update of j skip locked
    ), offered as (
      update job j set queue = 'offered', attempt = j.attempt + 1, session_id = me.id,
        offer_until = ${servedMs} + ${context.timers.offerMs}::bigint
      from pick, me where j.id = pick.id returning j.id, j.attempt, j.task, j.created_at, j.position
    ), written as (
      insert into command (session_id, org_id, body, created_at)
      select me.id, me.org_id, jsonb_build_object('type', 'offer', 'job', o.id, 'attempt', o.id || '.' || o.attempt,
        'title', o.task->>'title'), ${now}::bigint from offered o, me order by o.created_at, o.position, o.id returning 1
    )
    select me.org_id as organisation, pending.commands + (select count(*) from written)::int as waiting
    from me, pending`.execute(context.store.db);
  return rows[0] ?? null;
};
