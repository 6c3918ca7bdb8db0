import { SignalboxError } from '../../protocol/errors.ts';
import type { SessionId } from '../../protocol/ids.ts';
import type { ServerContext } from '../context.ts';
import { hashToken } from '../hash-token.ts';
import { sql } from '../store/sql.ts';

/** How a call of a live session says who it is. */
export interface SessionCall {
  session: SessionId;
  token: string;
}
export interface LiveSession {
  id: SessionId;
  organisation: string;
  runner: string;
}

/** The live session of a session token. Throws `UNAUTHENTICATED`, `SESSION_OVER`, `RUNNER_TOKEN_REVOKED`; another one's id is not found. */
export const findSession = async (context: ServerContext, call: SessionCall): Promise<LiveSession> => {
  const { rows } = await sql<{
    id: string;
    org_id: string;
    runner_id: string;
    ended_at: number | null;
    revoked_at: number | null;
  }>`
    select s.id, s.org_id, s.runner_id, s.ended_at, r.revoked_at from session s join runner r on r.id = s.runner_id
    where s.token_hash = ${hashToken(call.token)}`.execute(context.store.db);
  const [session] = rows;
  if (!session) throw new SignalboxError('UNAUTHENTICATED');
  if (session.id !== call.session) throw new SignalboxError('NOT_FOUND', { thing: 'session', id: call.session });
  if (session.revoked_at !== null) throw new SignalboxError('RUNNER_TOKEN_REVOKED');
  if (session.ended_at !== null)
    throw new SignalboxError('SESSION_OVER', { problem: 'a newer one took its place, or it ended' });
  return { id: session.id, organisation: session.org_id, runner: session.runner_id };
};
