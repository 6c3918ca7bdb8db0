import { SignalboxError } from '../../protocol/errors.ts';
import { fromAttemptId, type AttemptId } from '../../protocol/ids.ts';
import { Secret } from '../../protocol/job.ts';
import type { ClaimReply } from '../../protocol/runner.ts';
import type { ServerContext } from '../context.ts';
import { applyMove } from '../pipelines/move-pipeline.ts';
import type { Tx } from '../store/store.ts';
import { findSession, type SessionCall } from './find-session.ts';
import { giveBack } from './give-back.ts';
import { hashToken } from '../hash-token.ts';
import { lockClaim, type ClaimRow } from './lock-claim.ts';
import { servedMs } from '../served.ts';
import { sql } from '../store/sql.ts';
import { toSpec, type SpecInputs } from './to-spec.ts';

interface Taken extends SpecInputs {
  fence: number;
}
const inputs = (row: ClaimRow) => sql`
  (select jsonb_build_object('lineage', v.lineage, 'serial', v.serial, 'sha256', v.sha256) from state_version v
    where v.architecture_id = ${row.architecture_id} order by v.serial desc limit 1) as state,
  (select b.plan from job b where b.pipeline_id = ${row.pipeline_id} and b.key = ${row.task.planFrom}::text) as plan`;

/** The one write that makes a job somebody's: raises the fence, takes the lock, opens the attempt. */
const take = async (tx: Tx, context: ServerContext, row: ClaimRow, tokenHash: string): Promise<Taken> => {
  const { session, runner } = row.claimant;
  const now = context.clock.now();
  const lock = row.mutating ? sql`, lock_job_id = ${row.job_id}, lock_fence = fence + 1` : sql``;
  const { rows } = await sql<Taken>`
    with raised as (
      update architecture set fence = fence + 1 ${lock} where id = ${row.architecture_id} returning fence
    ), opened as (
      insert into attempt (job_id, number, org_id, architecture_id, runner_id, session_id, fence, token_hash, phase, lease_until, claimed_at)
      select ${row.job_id}, ${row.attempt}::int, ${row.org_id}, ${row.architecture_id}, ${runner}, ${session}, fence,
        ${tokenHash}, 'leased', ${servedMs} + ${context.timers.leaseMs}::bigint, ${now}::bigint from raised
    )
    select fence, ${inputs(row)} from raised`.execute(tx);
  await applyMove(
    tx,
    context,
    { id: row.pipeline_id, org_id: row.org_id, machine: row.machine },
    { type: 'job.claimed', key: row.key },
  );
  const [taken] = rows;
  if (!taken) throw new SignalboxError('UNEXPECTED', { problem: 'the fence was not raised' });
  return taken;
};

/** The answer was lost and is asked for again: the same fence, a fresh token (only hashes are kept), the lease begun anew. */
const retake = async (tx: Tx, context: ServerContext, row: ClaimRow, tokenHash: string): Promise<Taken | null> => {
  const { rows } = await sql<Taken>`
    update attempt set token_hash = ${tokenHash}, lease_until = ${servedMs} + ${context.timers.leaseMs}::bigint
    where job_id = ${row.job_id} and number = ${row.attempt}::int and sealed_at is null
    returning fence, ${inputs(row)}`.execute(tx);
  return rows[0] ?? null;
};

type Answer = { row: ClaimRow; taken: Taken } | 'OFFER_TAKEN' | 'OFFER_WITHDRAWN' | 'NOT_FOUND';

/** A blocked architecture is free for the pipeline that reconciles it, and for no other. */
const isFree = ({ lock_job_id: holder, blocked, blocked_job, reconciler, pipeline_id }: ClaimRow): boolean =>
  blocked === null ? holder === null : reconciler === pipeline_id && (holder === null || holder === blocked_job);

const decide = async (
  tx: Tx,
  context: ServerContext,
  call: SessionCall & { attempt: AttemptId },
  tokenHash: string,
): Promise<Answer> => {
  const { job, number } = fromAttemptId(call.attempt);
  const row = await lockClaim(tx, call, job);
  if (!row) return 'NOT_FOUND';
  const isMine = row.attempt === number && row.session_id === row.claimant.session;
  if (row.queue === 'claimed' && isMine) {
    const taken = await retake(tx, context, row, tokenHash);
    return taken ? { row, taken } : 'OFFER_WITHDRAWN';
  }
  if (row.queue !== 'offered' || !isMine)
    return row.queue === 'claimed' || row.queue === 'offered' ? 'OFFER_TAKEN' : 'OFFER_WITHDRAWN';
  if (row.mutating && !isFree(row)) {
    await giveBack(tx, { session: call.session, job: { id: job, attempt: number } });
    return 'OFFER_WITHDRAWN';
  }
  return { row, taken: await take(tx, context, row, tokenHash) };
};

/** One idempotent write by (session, attempt). Throws `OFFER_TAKEN` (409), `OFFER_WITHDRAWN` (410), `NOT_FOUND`. */
export const claim = async (
  context: ServerContext,
  call: SessionCall & { attempt: AttemptId },
): Promise<ClaimReply> => {
  const jobToken = context.ids.createToken('job');
  const answer = await context.store.db.transaction().execute((tx) => decide(tx, context, call, hashToken(jobToken)));
  const { job } = fromAttemptId(call.attempt);
  if (answer === 'NOT_FOUND') {
    await findSession(context, call);
    throw new SignalboxError('NOT_FOUND', { thing: 'job', id: job });
  }
  if (typeof answer === 'string') throw new SignalboxError(answer, { job });
  const { row, taken } = answer;
  const secrets = row.secrets
    ? Secret.array().parse(JSON.parse(Buffer.from(context.box.open(row.secrets)).toString()))
    : [];
  return { spec: toSpec(row, taken, secrets), fence: taken.fence, jobToken, secrets };
};
