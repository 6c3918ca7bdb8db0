import { toAttemptId } from '../../protocol/ids.ts';
import type { StateHead } from '../../protocol/job.ts';
import { SignalboxError } from '../../protocol/errors.ts';
import { keepEvidence } from './keep-evidence.ts';
import type { ServerContext } from '../context.ts';
import type { Tables } from '../store/schema.ts';
import type { Tx } from '../store/store.ts';
import { CHANNEL, topics } from '../context.ts';
import { sql } from '../store/sql.ts';
import { checkStateBytes } from './check-state-bytes.ts';

export interface StateWrite {
  organisation: string;
  architecture: string;
  head: StateHead;
  bytes: Uint8Array;
  /** Who ships it; null: an operator pushes it. */
  attempt: { job: string; number: number; fence: number } | null;
}

type Holder = Pick<Tables['architecture'], 'id' | 'name' | 'lock_job_id' | 'lock_fence' | 'blocked'>;

/** A runner writes only with the fence that holds the lock; a push only where no job is at work. */
const refuseHolder = (holder: Holder, { attempt }: StateWrite): SignalboxError | null => {
  const { name, lock_job_id, lock_fence } = holder;
  if (!attempt) {
    const isFree = lock_job_id === null || holder.blocked !== null;
    return isFree ? null : new SignalboxError('ARCHITECTURE_LOCKED', { architecture: name, holder: lock_job_id });
  }
  if (lock_job_id === attempt.job && lock_fence === attempt.fence && holder.blocked === null) return null;
  return new SignalboxError('STATE_NOT_HELD', {
    attempt: toAttemptId(attempt.job, attempt.number),
    architecture: name,
  });
};

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

/** A push into an architecture that waits for reconciliation is the reconciliation: it may be changed again. */
const unblock = async (tx: Tx, { organisation, architecture }: StateWrite): Promise<void> => {
  await sql`
    with free as (
      update architecture set blocked = null, lock_job_id = null, lock_fence = null
      where id = ${architecture} and blocked is not null returning 1
    )
    select pg_notify(${CHANNEL}, ${topics.runners(organisation)}) from free`.execute(tx);
};

const decide = async (tx: Tx, context: ServerContext, write: StateWrite): Promise<SignalboxError | null> => {
  const { architecture: id, organisation, head } = write;
  const holder = await tx
    .selectFrom('architecture')
    .select(['id', 'name', 'lock_job_id', 'lock_fence', 'blocked'])
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
  if (!write.attempt) await unblock(tx, write);
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
