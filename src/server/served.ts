import type { ServerContext } from './context.ts';
import { sql } from './store/sql.ts';

/** Served time in ms: it passes only while a door serves (architecture.md 5). Offers and leases are counted in it. */
export const servedMs = sql<number>`(select ms from served where id = 1)`;

/** A clock that was ahead by more than this and was put right does not stop served time for as long. */
const CLOCK_AHEAD_MS = 60_000;

/**
 * Adds one tick, at most `timers.tickMs` long however much time has passed: an outage, a suspended host or a jumping
 * clock expires nothing. False: another replica has ticked already.
 */
export const tick = async (context: ServerContext): Promise<boolean> => {
  const now = context.clock.now();
  const { tickMs } = context.timers;
  const { rows } = await sql`
    update served set ms = ms + greatest(0, least(${now}::bigint - ticked_at, ${tickMs}::bigint)), ticked_at = ${now}::bigint
    where id = 1 and (ticked_at <= ${now - tickMs}::bigint or ticked_at > ${now + CLOCK_AHEAD_MS}::bigint)
    returning ms`.execute(context.store.db);
  return rows.length > 0;
};
