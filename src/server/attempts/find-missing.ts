import type { Result, ResultReply } from '../../protocol/attempt.ts';
import { SignalboxError } from '../../protocol/errors.ts';
import type { ServerContext } from '../context.ts';
import { sql } from '../store/sql.ts';
import type { AttemptRow } from './find-attempt.ts';
import { keepEvidence } from '../state/keep-evidence.ts';

type Missing = Extract<ResultReply, { status: 'incomplete' }>['missing'];

/** A runner whose own digest is wrong would send its log for ever. */
const MAX_RESENDS = 3;

/**
 * Log files are not synced: a power cut may take bytes that the row counts. Then the digest differs, the count begins again,
 * and the runner sends all of it once more. Throws `DIGEST_MISMATCH` where that has not helped.
 */
const isLogOther = async (context: ServerContext, row: AttemptRow, { attempt, log }: Result): Promise<boolean> => {
  const found = await context.logs.digest(row.org_id, attempt, log.bytes);
  if (found === log.sha256 && row.log_bytes === log.bytes) return false;
  const { rows } = await sql<{ resends: number }>`
    select count(*)::int as resends from evidence
    where job_id = ${row.job_id} and number = ${row.number}::int and kind = 'digest'`.execute(context.store.db);
  const resends = rows[0]?.resends ?? 0;
  if (resends >= MAX_RESENDS) throw new SignalboxError('DIGEST_MISMATCH', { thing: `the log of ${attempt}` });
  await keepEvidence(context, row, {
    kind: 'digest',
    body: { time: resends + 1, stated: log, found: { bytes: row.log_bytes, sha256: found } },
  });
  await sql`
    update attempt set log_bytes = 0 where job_id = ${row.job_id} and number = ${row.number}::int and sealed_at is null
      and log_bytes = ${row.log_bytes}::bigint`.execute(context.store.db);
  return true;
};

/** What a result speaks of and is not stored here yet; null: nothing. */
export const findMissing = async (context: ServerContext, row: AttemptRow, result: Result): Promise<Missing | null> => {
  const wanted = [...result.artifacts.map(({ sha256 }) => sha256), ...(result.plan ? [result.plan.artifact] : [])];
  const { state } = result;
  const { rows } = await sql<{ artifacts: string[]; state: boolean }>`
    select coalesce((select jsonb_agg(distinct w.sha256) from jsonb_array_elements_text(${JSON.stringify(wanted)}::jsonb) as w(sha256)
      where not exists (select 1 from artifact f where f.job_id = ${row.job_id} and f.number = ${row.number}::int and f.sha256 = w.sha256)),
      '[]'::jsonb) as artifacts,
      ${state !== null} and not exists (select 1 from state_version v where v.architecture_id = ${row.architecture_id}
        and v.lineage = ${state?.lineage ?? ''} and v.serial = ${state?.serial ?? 0}::bigint and v.sha256 = ${state?.sha256 ?? ''}) as state
  `.execute(context.store.db);
  const missing: Missing = {
    logFrom: row.log_bytes < result.log.bytes ? row.log_bytes : null,
    eventsFrom: row.next_event < result.events ? row.next_event : null,
    state: rows[0]?.state ?? false,
    artifacts: rows[0]?.artifacts ?? [],
  };
  if (missing.logFrom !== null || missing.eventsFrom !== null || missing.state || missing.artifacts.length > 0)
    return missing;
  return (await isLogOther(context, row, result)) ? { ...missing, logFrom: 0 } : null;
};
