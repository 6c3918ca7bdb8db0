import { SignalboxError } from '../../protocol/errors.ts';
import type { RunnerId } from '../../protocol/ids.ts';
import type { ServerContext } from '../context.ts';
import { hashToken } from '../hash-token.ts';
import { sql } from '../store/sql.ts';

export interface KnownRunner {
  id: RunnerId;
  organisation: string;
}

/** Whose runner token this is. Throws `RUNNER_TOKEN_UNKNOWN`, `RUNNER_TOKEN_REVOKED`. */
export const findRunner = async (context: ServerContext, token: string): Promise<KnownRunner> => {
  const { rows } = await sql<{ id: string; org_id: string; revoked_at: number | null }>`
    select id, org_id, revoked_at from runner where token_hash = ${hashToken(token)}`.execute(context.store.db);
  const [runner] = rows;
  if (!runner) throw new SignalboxError('RUNNER_TOKEN_UNKNOWN');
  if (runner.revoked_at !== null) throw new SignalboxError('RUNNER_TOKEN_REVOKED');
  return { id: runner.id, organisation: runner.org_id };
};
