import type { ServerContext } from '../context.ts';
import { sql } from '../store/sql.ts';
import { toJson } from '../store/json.ts';

/** Whose evidence it is. A pushed state has no job: its architecture stands there. */
export interface Subject {
  org_id: string;
  job_id: string;
  number: number;
}

/** A runner that tries for ever fills no disk. */
const MAX_KEPT = 200;

/** What came too late or did not fit: kept, never used. What is kept already is not kept again. */
export const keepEvidence = async (
  context: ServerContext,
  subject: Subject,
  evidence: { kind: string; body: unknown },
): Promise<void> => {
  const { org_id, job_id, number } = subject;
  const body = toJson(evidence.body);
  await sql`
    insert into evidence (id, org_id, job_id, number, kind, body, at)
    select ${context.ids.create('evd')}, ${org_id}, ${job_id}, ${number}::int, ${evidence.kind}, ${body}, ${context.clock.now()}::bigint
    where (select count(*) from evidence where job_id = ${job_id} and number = ${number}::int) < ${MAX_KEPT}
      and not exists (select 1 from evidence where job_id = ${job_id} and number = ${number}::int and kind = ${evidence.kind}
        and body = ${body})`.execute(context.store.db);
};
