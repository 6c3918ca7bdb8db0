import type { PermitReply } from '../../protocol/attempt.ts';
import { toReason, SignalboxError } from '../../protocol/errors.ts';
import type { ServerContext } from '../context.ts';
import { servedMs } from '../served.ts';
import { sql } from '../store/sql.ts';
import { findAttempt, type AttemptCall, type AttemptRow } from './find-attempt.ts';
import { requireFence } from './require-fence.ts';

/** How old a permit may be when the step starts, on a clock that counts suspend: a laptop that wakes up asks again. */
const PERMIT_VALID_MS = 5000;

const findProblem = ({ desired, revoked_at }: AttemptRow): string => {
  if (desired !== 'run') return 'the pipeline was stopped';
  return revoked_at === null ? 'the job does not hold its architecture' : 'the runner token was revoked';
};

const refuse = (row: AttemptRow, step: string): PermitReply => {
  const problem = findProblem(row);
  const reason = toReason(new SignalboxError('PERMIT_REFUSED', { step, problem }));
  return { permitted: false, validMs: 0, desired: row.desired, reason };
};

/**
 * May this irreversible step start now? From the first permit on, nobody takes the attempt away by himself: the row that
 * the permit marks is the one that a requeue must find unmarked.
 */
export const permit = async (context: ServerContext, call: AttemptCall & { step: string }): Promise<PermitReply> => {
  const row = await findAttempt(context, call);
  await requireFence(context, row, call);
  const now = context.clock.now();
  const { rows } = await sql`
    update attempt t set permitted_at = coalesce(t.permitted_at, ${now}::bigint), heard_at = ${now}::bigint,
      lease_until = ${servedMs} + ${context.timers.leaseMs}::bigint
    from job j, architecture a, runner r
    where r.id = t.runner_id and r.revoked_at is null and t.job_id = ${row.job_id} and t.number = ${row.number}::int and t.sealed_at is null and j.id = t.job_id
      and j.attempt = t.number and j.desired = 'run' and a.id = j.architecture_id
      and (not j.mutating or (a.lock_job_id = j.id and a.lock_fence = t.fence))
    returning 1`.execute(context.store.db);
  if (rows.length > 0) return { permitted: true, validMs: PERMIT_VALID_MS, desired: row.desired, reason: null };
  const again = await findAttempt(context, call);
  await requireFence(context, again, call);
  return refuse(again, call.step);
};
