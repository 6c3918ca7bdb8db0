import { SignalboxError } from '../../protocol/errors.ts';
import type { AttemptId } from '../../protocol/ids.ts';
import type { Source, Task } from '../../protocol/job.ts';
import type { ServerContext } from '../context.ts';
import type { Tables } from '../store/schema.ts';
import { hashToken } from '../hash-token.ts';
import { sql } from '../store/sql.ts';

/** How a call about an attempt says who it is, and under which fence it writes. */
export interface AttemptCall {
  attempt: AttemptId;
  token: string;
  fence: number;
}

/** An attempt with what its job, pipeline and runner say about it now. */
export interface AttemptRow extends Pick<
  Tables['attempt'],
  | 'job_id'
  | 'number'
  | 'org_id'
  | 'architecture_id'
  | 'runner_id'
  | 'fence'
  | 'phase'
  | 'progress'
  | 'machines'
  | 'log_bytes'
  | 'next_event'
  | 'result'
  | 'sealed_at'
> {
  pipeline_id: string;
  source: Source;
  task: Task;
  key: string;
  mutating: boolean;
  desired: 'run' | 'cancel' | 'kill';
  /** Number and fence of the job's newest attempt. */
  newest: number;
  newest_fence: number | null;
  revoked_at: number | null;
}

/** The attempt of a job token. Throws `UNAUTHENTICATED`; another attempt's id is not found. */
export const findAttempt = async (
  context: ServerContext,
  call: Pick<AttemptCall, 'attempt' | 'token'>,
): Promise<AttemptRow> => {
  const { rows } = await sql<AttemptRow>`
    select t.job_id, t.number, t.org_id, t.architecture_id, t.runner_id, t.fence, t.phase, t.progress, t.machines, t.log_bytes,
      t.next_event, t.result, t.sealed_at, j.pipeline_id, j.task, j.key, j.mutating, j.desired, j.attempt as newest, p.source, r.revoked_at,
      (select n.fence from attempt n where n.job_id = j.id order by n.number desc limit 1) as newest_fence
    from attempt t join job j on j.id = t.job_id join pipeline p on p.id = j.pipeline_id join runner r on r.id = t.runner_id
    where t.token_hash = ${hashToken(call.token)}`.execute(context.store.db);
  const [row] = rows;
  if (!row) throw new SignalboxError('UNAUTHENTICATED');
  if (`${row.job_id}.${row.number}` !== call.attempt)
    throw new SignalboxError('NOT_FOUND', { thing: 'attempt', id: call.attempt });
  return row;
};
