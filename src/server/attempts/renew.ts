import { isDeepStrictEqual } from 'node:util';
import type { RenewReply, RenewRequest } from '../../protocol/attempt.ts';
import { CHANNEL, topics, type ServerContext } from '../context.ts';
import { servedMs } from '../served.ts';
import { sql } from '../store/sql.ts';
import { toJson } from '../store/json.ts';
import { findAttempt, type AttemptCall } from './find-attempt.ts';
import { requireFence } from './require-fence.ts';

/** Keeps the lease; the pipeline's page is told only where something is new. */
export const renew = async (context: ServerContext, call: AttemptCall & RenewRequest): Promise<RenewReply> => {
  const row = await findAttempt(context, call);
  await requireFence(context, row, call);
  const { leaseMs } = context.timers;
  const isNew = row.phase !== call.phase || !isDeepStrictEqual(row.progress, call.progress);
  const shown = isNew ? sql`, phase = ${call.phase}, progress = ${toJson(call.progress)}` : sql``;
  // The pipeline's row first: the order in which all transactions lock.
  const { rows } = await sql`
    with told as (
      update pipeline set version = version + 1 where id = ${row.pipeline_id} and ${isNew} returning 1
    ), kept as (
      update attempt set lease_until = ${servedMs} + ${leaseMs}::bigint, heard_at = ${context.clock.now()}::bigint ${shown}
      where job_id = ${row.job_id} and number = ${row.number}::int and sealed_at is null and (select count(*) from told) >= 0 returning 1
    )
    select case when ${isNew} then pg_notify(${CHANNEL}, ${topics.pipeline(row.pipeline_id)}) end from kept`.execute(
    context.store.db,
  );
  if (rows.length === 0) await requireFence(context, await findAttempt(context, call), call);
  return { leaseMs, desired: row.desired };
};
