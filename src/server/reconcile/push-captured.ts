import { SignalboxError } from '../../protocol/errors.ts';
import { StateHead } from '../../protocol/job.ts';
import type { ServerContext } from '../context.ts';
import { findNewestState } from '../state/newest-state.ts';
import { sql } from '../store/sql.ts';
import type { Tx } from '../store/store.ts';
import type { Unsettled } from './find-unsettled.ts';

type Row = { id: string; number: number; body: unknown; size: number | null };

/** Why it cannot become the newest version; null: it can. */
const findProblem = (head: StateHead, newest: StateHead | null): string | null => {
  if (!newest) return null;
  if (head.lineage !== newest.lineage)
    return `the captured state has lineage ${head.lineage}, and the newest one ${newest.lineage}`;
  if (head.serial > newest.serial) return null;
  return `the captured state has serial ${head.serial}, and the newest one is at ${newest.serial} already`;
};

/** A state that was refused and kept becomes the newest version. Its bytes are there: they were stored before it was refused. */
export const pushCaptured = async (
  tx: Tx,
  context: ServerContext,
  { pipeline, job, architecture }: Unsettled,
  evidence: string | null,
): Promise<StateHead & { evidence: string }> => {
  const refuse = (problem: string) => new SignalboxError('RESOLUTION_REFUSED', { pipeline, problem });
  const { rows } = await sql<Row>`
    select e.id, e.number, e.body, b.size from evidence e
      left join blob b on b.org_id = e.org_id and b.sha256 = e.body->>'sha256'
    where e.job_id = ${job} and e.kind = 'state' and (${evidence}::text is null or e.id = ${evidence}::text)
    order by (e.body->>'serial')::bigint desc, e.at desc limit 1`.execute(tx);
  const [row] = rows;
  if (!row) throw refuse(evidence === null ? 'no state was captured' : `no captured state is ${evidence}`);
  const head = StateHead.parse(row.body);
  const problem =
    findProblem(head, await findNewestState(tx, architecture)) ??
    (row.size === null ? 'its bytes are not here any more' : null);
  if (problem !== null) throw refuse(problem);
  await sql`
    insert into state_version (org_id, architecture_id, lineage, serial, sha256, size, job_id, number, created_at)
    select org_id, id, ${head.lineage}, ${head.serial}::bigint, ${head.sha256}, ${row.size}::bigint, ${job}, ${row.number}::int,
      ${context.clock.now()}::bigint from architecture where id = ${architecture}`.execute(tx);
  const { lineage, serial, sha256 } = head;
  return { lineage, serial, sha256, evidence: row.id };
};
