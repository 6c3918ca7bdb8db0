import { SignalboxError, toReason } from '../../protocol/errors.ts';
import type { PipelineId } from '../../protocol/ids.ts';
import { CHANNEL, topics, type ServerContext } from '../context.ts';
import { sql } from '../store/sql.ts';
import { toJson } from '../store/json.ts';
import { applyMove, lockPipeline } from './move-pipeline.ts';

export interface Stop {
  organisation: string;
  pipeline: PipelineId;
  reason: string;
  actor: string;
  /** What runs is killed, whatever its effect: an administrator's explicit act. */
  force?: boolean;
}

/**
 * Nothing starts any more; claimed jobs are asked to end, which they are told in every reply, and at once by a command. Forced,
 * also those that were asked before, and an irreversible step is not waited for: it then needs reconciliation.
 */
export const stopPipeline = async (context: ServerContext, stop: Stop): Promise<void> => {
  const now = context.clock.now();
  const isForced = stop.force === true;
  const desired = isForced ? 'kill' : 'cancel';
  await context.store.db.transaction().execute(async (tx) => {
    // Sessions first, in their order: whoever writes commands holds the session's row (runners/dispatch.ts).
    await sql`
      select id from session where id in (select session_id from job where pipeline_id = ${stop.pipeline}
        and org_id = ${stop.organisation} and queue = 'claimed') order by id for update`.execute(tx);
    const row = await tx
      .selectFrom('pipeline')
      .select('id')
      .where('id', '=', stop.pipeline)
      .where('org_id', '=', stop.organisation)
      .executeTakeFirst();
    if (!row) throw new SignalboxError('NOT_FOUND', { thing: 'pipeline', id: stop.pipeline });
    const reason = toReason(new SignalboxError('PIPELINE_STOPPED', { problem: stop.reason }));
    await applyMove(tx, context, await lockPipeline(tx, stop.pipeline), { type: 'pipeline.stop' }, reason);
    await sql`
      with asked as (
        update job set desired = ${desired} where pipeline_id = ${stop.pipeline} and queue = 'claimed' and (desired = 'run' or (${isForced} and desired = 'cancel'))
        returning id, attempt, session_id
      ), told as (
        insert into command (session_id, org_id, body, created_at)
        select s.id, s.org_id, jsonb_build_object('type', 'cancel', 'attempt', a.id || '.' || a.attempt, 'desired', ${desired}::text),
          ${now}::bigint from asked a join session s on s.id = a.session_id and s.ended_at is null
      ), audited as (
        insert into audit (id, org_id, at, actor, action, subject, body) values (${context.ids.create('aud')}, ${stop.organisation},
          ${now}::bigint, ${stop.actor}, ${isForced ? 'pipeline.force' : 'pipeline.stop'}, ${stop.pipeline}, ${toJson({ reason: stop.reason })})
      )
      select pg_notify(${CHANNEL}, ${topics.runners(stop.organisation)})`.execute(tx);
  });
};
