import type { Result, ResultReply } from '../../protocol/attempt.ts';
import { SignalboxError } from '../../protocol/errors.ts';
import type { ServerContext } from '../context.ts';
import { sql } from '../runners/sql.ts';
import type { AttemptRow } from './find-attempt.ts';

type Missing = Extract<ResultReply, { status: 'incomplete' }>['missing'];

const checkDigest = async (context: ServerContext, row: AttemptRow, { attempt, log }: Result): Promise<void> => {
  if ((await context.logs.digest(row.org_id, attempt, log.bytes)) === log.sha256 && row.log_bytes === log.bytes) return;
  throw new SignalboxError('DIGEST_MISMATCH', { thing: `the log of ${attempt}` });
};

/** What a result speaks of and is not stored here yet; null: nothing. Throws `DIGEST_MISMATCH` where the log differs. */
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
  await checkDigest(context, row, result);
  return null;
};
