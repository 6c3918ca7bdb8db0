import type { JobId } from '../../protocol/ids.ts';
import type { Tables } from '../store/schema.ts';
import type { Tx } from '../store/store.ts';
import type { SessionCall } from './find-session.ts';
import { hashToken } from '../hash-token.ts';
import { sql } from '../store/sql.ts';

/** What a claim looks at: the job, its pipeline and its architecture, locked. */
export type ClaimRow = Pick<
  Tables['job'],
  'org_id' | 'pipeline_id' | 'architecture_id' | 'key' | 'task' | 'queue' | 'mutating' | 'attempt' | 'session_id'
> &
  Pick<Tables['pipeline'], 'machine' | 'source' | 'variables' | 'var_files' | 'secrets' | 'target'> &
  Pick<Tables['architecture'], 'lock_job_id' | 'blocked' | 'blocked_job' | 'reconciler' | 'tool_version'> & {
    job_id: JobId;
    architecture_name: string;
    /** Who claims. */
    claimant: { session: string; runner: string };
  };

/** The session is held too (shared): it cannot be superseded while one of its claims is being written. Null: no such session, or job. */
export const lockClaim = async (tx: Tx, call: SessionCall, job: JobId): Promise<ClaimRow | null> => {
  const { rows } = await sql<ClaimRow>`
    select j.id as job_id, j.org_id, j.pipeline_id, j.architecture_id, j.key, j.task, j.queue, j.mutating, j.attempt, j.session_id,
      p.machine, p.source, p.variables, p.var_files, p.secrets, p.target, a.lock_job_id, a.blocked, a.blocked_job, a.reconciler, a.tool_version,
      a.name as architecture_name, jsonb_build_object('session', s.id, 'runner', r.id) as claimant
    from runner r, session s, pipeline p, job j, architecture a
    where s.token_hash = ${hashToken(call.token)} and s.id = ${call.session} and s.ended_at is null and r.id = s.runner_id
      and r.revoked_at is null and j.id = ${job} and j.org_id = s.org_id and p.id = j.pipeline_id and a.id = j.architecture_id
    for share of s for update of p for update of j for no key update of a`.execute(tx);
  return rows[0] ?? null;
};
