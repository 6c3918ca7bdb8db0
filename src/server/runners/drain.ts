import type { ServerContext } from '../context.ts';
import { findSession, type SessionCall } from './find-session.ts';
import { giveBack } from './give-back.ts';
import { sql } from '../store/sql.ts';

/** No new offers; those still open are withdrawn in the same transaction. `end`: the session is over; its jobs stay as they are. */
export const drain = async (
  context: ServerContext,
  call: SessionCall & { end: boolean },
): Promise<{ withdrawn: string[] }> => {
  const session = await findSession(context, call);
  return context.store.db.transaction().execute(async (tx) => {
    await sql`
      update session set draining = true, ended_at = ${call.end ? context.clock.now() : null}::bigint
      where id = ${session.id} and ended_at is null`.execute(tx);
    if (call.end) await sql`delete from command where session_id = ${session.id}`.execute(tx);
    return { withdrawn: await giveBack(tx, { session: session.id }) };
  });
};
