import { createHash } from 'node:crypto';
import type { Desired } from '../../protocol/attempt.ts';
import { CHANNEL, topics, type ServerContext } from '../context.ts';
import { sql } from '../store/sql.ts';
import { findAttempt, type AttemptCall } from './find-attempt.ts';
import { requireFence } from './require-fence.ts';

export interface LogReply {
  /** 416: `from` is beyond what is here. */
  accepted: boolean;
  /** Where the next byte goes. */
  offset: number;
  desired: Desired;
}

/** A refused chunk is kept by its place and digest, with its end to read. */
const EVIDENCE_BYTES = 2048;
const toEvidence = (from: number, bytes: Uint8Array) => ({
  kind: 'log',
  body: {
    from,
    size: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    end: Buffer.from(bytes.subarray(-EVIDENCE_BYTES)).toString(),
  },
});

/** Appends `bytes` at `from`: bytes that are here already are skipped, a gap is answered with the right offset. */
export const appendLog = async (
  context: ServerContext,
  call: AttemptCall & { from: number; bytes: Uint8Array },
): Promise<LogReply> => {
  for (;;) {
    const row = await findAttempt(context, call);
    await requireFence(context, row, call, toEvidence(call.from, call.bytes));
    const { log_bytes: known, desired } = row;
    const end = call.from + call.bytes.length;
    if (call.from > known) return { accepted: false, offset: known, desired };
    if (end <= known) return { accepted: true, offset: known, desired };
    await context.logs.append(row.org_id, call.attempt, known, call.bytes.subarray(known - call.from));
    const { rows } = await sql`
      with grown as (
        update attempt set log_bytes = ${end}::bigint where job_id = ${row.job_id} and number = ${row.number}::int
          and log_bytes = ${known}::bigint and sealed_at is null returning 1
      )
      select pg_notify(${CHANNEL}, ${topics.log(row.job_id)}) from grown`.execute(context.store.db);
    if (rows.length > 0) return { accepted: true, offset: end, desired };
  }
};
