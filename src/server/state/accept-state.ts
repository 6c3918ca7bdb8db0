import { toAttemptId } from '../../protocol/ids.ts';
import type { StateHead } from '../../protocol/job.ts';
import { SignalboxError } from '../../protocol/errors.ts';
import { keepEvidence } from './keep-evidence.ts';
import type { ServerContext } from '../context.ts';
import type { Tables } from '../store/schema.ts';
import type { Tx } from '../store/store.ts';
import { lockPipeline } from '../pipelines/move-pipeline.ts';
import { settle } from '../pipelines/settle.ts';
import { sql } from '../store/sql.ts';
import { checkStateBytes } from './check-state-bytes.ts';

export interface StateWrite {
  organisation: string;
  architecture: string;
  head: StateHead;
  bytes: Uint8Array;
  /** Who ships it; null: a person pushes it. */
  attempt: { job: string; number: number; fence: number } | null;
  /** That person. */
  actor?: string;
}

type Holder = Pick<Tables['architecture'], 'id' | 'name' | 'lock_job_id' | 'lock_fence' | 'blocked_job' | 'reconciler'>;

/**
 * A runner writes only with the fence that holds the lock, and no more once its job blocks the architecture; a push only where no
 * job is at work: the one that blocks is not any more, one that imports for it is.
 */
const refuseHolder = (holder: Holder, { attempt }: StateWrite): SignalboxError | null => {
  const { name, lock_job_id, lock_fence, blocked_job, reconciler } = holder;
  if (!attempt) {
    const isFree = (lock_job_id === null || lock_job_id === blocked_job) && reconciler === null;
    const by = reconciler ?? lock_job_id;
    return isFree ? null : new SignalboxError('ARCHITECTURE_LOCKED', { architecture: name, holder: by });
  }
  if (lock_job_id === attempt.job && lock_fence === attempt.fence && blocked_job !== attempt.job) return null;
  return new SignalboxError('STATE_NOT_HELD', {
    attempt: toAttemptId(attempt.job, attempt.number),
    architecture: name,
  });
};

/** The job that blocks, and its pipeline. */
interface Blocker {
  job: string;
  pipeline: string;
}

const refuseHead = (holder: Holder, newest: StateHead, { lineage, serial }: StateHead): SignalboxError | null => {
  const architecture = holder.name;
  if (newest.lineage !== lineage)
    return new SignalboxError('STATE_LINEAGE', { lineage, architecture, current: newest.lineage });
  if (serial <= newest.serial)
    return new SignalboxError('STATE_SERIAL', { serial, architecture, current: newest.serial });
  return null;
};

const store = async (tx: Tx, context: ServerContext, write: StateWrite): Promise<void> => {
  const { organisation, architecture, head, bytes, attempt } = write;
  await sql`
    insert into state_version (org_id, architecture_id, lineage, serial, sha256, size, job_id, number, created_at)
    values (${organisation}, ${architecture}, ${head.lineage}, ${head.serial}::bigint, ${head.sha256}, ${bytes.length}::bigint,
      ${attempt?.job ?? null}::text, ${attempt?.number ?? null}::int, ${context.clock.now()}::bigint)`.execute(tx);
};

/** Whose pipeline a push settles, locked before the architecture is: the order in which all transactions lock. */
const lockBlocker = async (tx: Tx, { architecture, organisation }: StateWrite): Promise<Blocker | null> => {
  const { rows } = await sql<Blocker>`
    select j.id as job, j.pipeline_id as pipeline from architecture a join job j on j.id = a.blocked_job
    where a.id = ${architecture} and a.org_id = ${organisation}`.execute(tx);
  const [blocker = null] = rows;
  if (blocker) await lockPipeline(tx, blocker.pipeline);
  return blocker;
};

/** A push into an architecture that waits for reconciliation is the reconciliation: it may be changed again. */
const settlePush = async (tx: Tx, context: ServerContext, write: StateWrite, { job, pipeline }: Blocker) => {
  const { organisation, architecture, head, actor = 'operator' } = write;
  const caller = { organisation, actor };
  const reason = `The state with serial ${head.serial} was pushed by hand.`;
  const resolution = { as: 'push', reason, by: actor, at: context.clock.now(), pipeline: null } as const;
  await settle(tx, context, caller, { pipeline, job, architecture, resolution, details: { ...head } });
};

const decide = async (tx: Tx, context: ServerContext, write: StateWrite): Promise<SignalboxError | null> => {
  const { architecture: id, organisation, head } = write;
  const blocker = write.attempt ? null : await lockBlocker(tx, write);
  const holder = await tx
    .selectFrom('architecture')
    .select(['id', 'name', 'lock_job_id', 'lock_fence', 'blocked_job', 'reconciler'])
    .where('id', '=', id)
    .where('org_id', '=', organisation)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (!holder) throw new SignalboxError('NOT_FOUND', { thing: 'architecture', id });
  const { rows } = await sql<StateHead>`
    select lineage, serial, sha256 from state_version where architecture_id = ${id} and serial >= ${head.serial}::bigint
    union all (select lineage, serial, sha256 from state_version where architecture_id = ${id} order by serial desc limit 1)
    order by serial desc`.execute(tx);
  const [newest] = rows;
  const isKnown = rows.some(
    (row) => row.serial === head.serial && row.sha256 === head.sha256 && row.lineage === head.lineage,
  );
  const refusal = refuseHolder(holder, write) ?? (newest && !isKnown ? refuseHead(holder, newest, head) : null);
  if (refusal) return refusal;
  if (!isKnown) await store(tx, context, write);
  if (blocker && blocker.job === holder.blocked_job) await settlePush(tx, context, write, blocker);
  return null;
};

/**
 * Stores one version of an architecture's state: the same lineage and a higher serial only; a version that is stored already
 * changes nothing. What does not fit is kept as evidence (its bytes too) and refused: `STATE_LINEAGE`, `STATE_SERIAL`,
 * `STATE_NOT_HELD`; `ARCHITECTURE_LOCKED` for a push. Bytes that are not what they are said to be: `STATE_UNREADABLE`.
 */
export const acceptState = async (context: ServerContext, write: StateWrite): Promise<void> => {
  const { organisation, head, bytes, attempt, architecture } = write;
  checkStateBytes(bytes, head);
  await context.blobs.put(organisation, head.sha256, bytes, context.limits.maxStateBytes);
  await sql`
    insert into blob (org_id, sha256, size, created_at)
    values (${organisation}, ${head.sha256}, ${bytes.length}::bigint, ${context.clock.now()}::bigint)
    on conflict do nothing`.execute(context.store.db);
  const refusal = await context.store.db.transaction().execute((tx) => decide(tx, context, write));
  if (!refusal) return;
  const subject = { org_id: organisation, job_id: attempt?.job ?? architecture, number: attempt?.number ?? 0 };
  await keepEvidence(context, subject, { kind: 'state', body: { ...head, size: bytes.length, refused: refusal.code } });
  throw refusal;
};
