import type { ServerContext } from '../context.ts';
import { sql } from '../store/sql.ts';
import { toJson } from '../store/json.ts';

/** Whose evidence it is. A pushed state has no job: its architecture stands there. */
export interface Subject {
  org_id: string;
  job_id: string;
  number: number;
}

/** What came too late or did not fit: kept, never used. */
export const keepEvidence = async (
  context: ServerContext,
  subject: Subject,
  evidence: { kind: string; body: unknown },
): Promise<void> => {
  await sql`
    insert into evidence (id, org_id, job_id, number, kind, body, at) values (${context.ids.create('evd')}, ${subject.org_id},
      ${subject.job_id}, ${subject.number}::int, ${evidence.kind}, ${toJson(evidence.body)}, ${context.clock.now()}::bigint)
  `.execute(context.store.db);
};
