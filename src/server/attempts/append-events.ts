import type { EventsReply, ToldEvent } from '../../protocol/attempt.ts';
import { SignalboxError } from '../../protocol/errors.ts';
import { CHANNEL, topics, type ServerContext } from '../context.ts';
import { sql } from '../store/sql.ts';
import { toJson } from '../store/json.ts';
import { findAttempt, type AttemptCall, type AttemptRow } from './find-attempt.ts';
import { foldEvents } from './fold-events.ts';
import { requireFence } from './require-fence.ts';

type Call = AttemptCall & { events: readonly ToldEvent[] };

/** Those that are not known yet, without a gap. Throws `EVENTS_GAP`. */
const pickNew = (row: AttemptRow, call: Call): ToldEvent[] => {
  const fresh = call.events.filter(({ seq }) => seq >= row.next_event);
  fresh.forEach(({ seq }, index) => {
    const expected = row.next_event + index;
    if (seq !== expected) throw new SignalboxError('EVENTS_GAP', { attempt: call.attempt, expected, got: seq });
  });
  return fresh;
};

/** False: another call of the same attempt was first. */
const write = async (context: ServerContext, row: AttemptRow, events: ToldEvent[]): Promise<boolean> => {
  const shown = foldEvents(row, events);
  // The pipeline's row first: the order in which all transactions lock.
  const { rows } = await sql`
    with told as (
      update pipeline set version = version + 1 where id = ${row.pipeline_id} returning id
    ), moved as (
      update attempt t set next_event = ${row.next_event + events.length}::bigint, phase = ${shown.phase},
        progress = ${toJson(shown.progress)}, machines = ${toJson(shown.machines)} from told
      where t.job_id = ${row.job_id} and t.number = ${row.number}::int and t.next_event = ${row.next_event}::bigint
        and t.sealed_at is null returning t.job_id, t.number, t.org_id
    ), written as (
      insert into event (job_id, number, seq, org_id, at, body)
      select m.job_id, m.number, e.seq, m.org_id, e.at, e.event
      from moved m, jsonb_to_recordset(${toJson(events)}) as e(seq bigint, at bigint, event jsonb)
    )
    select pg_notify(${CHANNEL}, ${topics.pipeline(row.pipeline_id)}) from moved`.execute(context.store.db);
  return rows.length > 0;
};

/** Appends events by `seq`: what is known already is dropped, a gap is refused. */
export const appendEvents = async (context: ServerContext, call: Call): Promise<EventsReply> => {
  for (;;) {
    const row = await findAttempt(context, call);
    await requireFence(context, row, call, { kind: 'events', body: { events: call.events } });
    const events = pickNew(row, call);
    if (events.length === 0 || (await write(context, row, events))) {
      return { next: row.next_event + events.length, desired: row.desired };
    }
  }
};
