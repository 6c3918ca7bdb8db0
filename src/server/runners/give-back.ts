import { CHANNEL, topics } from '../context.ts';
import type { Database, Tx } from '../store/store.ts';
import { sql } from '../store/sql.ts';

/** Which offers: all of a session, or one; those of a session that declined are not made to it again for a while. */
export interface Offers {
  session: string;
  job?: { id: string; attempt: number };
  notBeforeServed?: { afterMs: number };
}

/** Offers that were not claimed go back to the queue; the pipeline never heard of them. Answers with their attempts. */
export const giveBack = async (db: Database | Tx, offers: Offers): Promise<string[]> => {
  const only = offers.job ? sql`and j.id = ${offers.job.id} and j.attempt = ${offers.job.attempt}::int` : sql``;
  const mark = offers.notBeforeServed
    ? sql`offer_until = (select ms from served where id = 1) + ${offers.notBeforeServed.afterMs}::bigint`
    : sql`offer_until = null, session_id = null`;
  const { rows } = await sql<{ id: string; attempt: number; org_id: string }>`
    with back as (
      update job j set queue = 'ready', attempt = j.attempt - 1, ${mark}
      where j.session_id = ${offers.session} and j.queue = 'offered' ${only}
      returning j.id, j.attempt + 1 as attempt, j.org_id
    ), gone as (
      delete from command c using back where c.session_id = ${offers.session} and c.body->>'job' = back.id
    )
    select id, attempt, org_id from back`.execute(db);
  const organisation = rows[0]?.org_id;
  if (organisation) await sql`select pg_notify(${CHANNEL}, ${topics.runners(organisation)})`.execute(db);
  return rows.map(({ id, attempt }) => `${id}.${attempt}`);
};
