import type { Command, PollReply, PollRequest } from '../../protocol/runner.ts';
import { topics, type ServerContext } from '../context.ts';
import { holdUntil } from '../http-hold.ts';
import { dispatch } from './dispatch.ts';
import { findSession } from './find-session.ts';
import { sql } from '../store/sql.ts';
import { isStanding } from './standing.ts';

type Call = PollRequest & { token: string };

const readCommands = async (context: ServerContext, call: Call): Promise<PollReply | null> => {
  const { rows } = await sql<{ cursor: number; body: Command }>`
    select c.cursor, c.body from command c where c.session_id = ${call.session} and ${isStanding}
    order by c.cursor`.execute(context.store.db);
  const last = rows.at(-1);
  return last ? { cursor: last.cursor, commands: rows.map(({ body }) => body) } : null;
};

/** What waits for this session, after dispatching to it what it has room for; `reply` null: nothing. */
const look = async (context: ServerContext, call: Call): Promise<{ organisation: string; reply: PollReply | null }> => {
  const found = await dispatch(context, call);
  if (!found) return { organisation: (await findSession(context, call)).organisation, reply: null };
  const reply = found.waiting > 0 ? await readCommands(context, call) : null;
  return { organisation: found.organisation, reply };
};

/** Answers as soon as there is a command, at the latest after `waitMs`. `signal`: the caller went away, so nothing is offered to it. */
export const poll = async (context: ServerContext, call: Call, signal: AbortSignal): Promise<PollReply> => {
  const nothing: PollReply = { cursor: call.ack, commands: [] };
  const first = await look(context, call);
  if (first.reply) return first.reply;
  const waitMs = Math.min(call.waitMs, context.timers.pollHoldMs);
  if (waitMs === 0) return nothing;
  return holdUntil(context, { topic: topics.runners(first.organisation), waitMs, signal }, async () => {
    const { reply } = signal.aborted ? { reply: null } : await look(context, call);
    return { value: reply ?? nothing, isNew: reply !== null };
  });
};
