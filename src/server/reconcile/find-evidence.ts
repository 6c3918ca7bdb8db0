import { SignalboxError } from '../../protocol/errors.ts';
import type { EvidenceView } from '../../protocol/rest.ts';
import type { StateHead } from '../../protocol/job.ts';
import type { ServerContext } from '../context.ts';
import { servedMs } from '../served.ts';
import type { Tables } from '../store/schema.ts';
import { sql } from '../store/sql.ts';

/** A job with its newest attempt, its architecture, and what is kept of both. */
export interface FoundEvidence extends Pick<
  Tables['job'],
  'task' | 'pipeline_id' | 'architecture_id' | 'reason' | 'resolution' | 'conclusion'
> {
  number: number;
  architecture_name: string;
  heard_at: number;
  runner: string;
  /** It blocks its architecture. */
  open: boolean;
  /** It has been permitted something irreversible, and its lease is over without a word. */
  silent: boolean;
  before: StateHead | null;
  after: StateHead | null;
  lock: EvidenceView['lock'];
  captured: { id: string; kind: string; body: unknown; at: number }[];
}

const head = sql`jsonb_build_object('lineage', v.lineage, 'serial', v.serial, 'sha256', v.sha256)`;

/** Throws `NOT_FOUND`: there is no such job here, or nobody has ever claimed it. */
export const findEvidence = async (
  { store }: Pick<ServerContext, 'store'>,
  organisation: string,
  job: string,
): Promise<FoundEvidence> => {
  // What the attempt began with: the newest version below its own, and where it has none, from before it was claimed.
  const { rows } = await sql<FoundEvidence>`
    select j.task, j.pipeline_id, j.architecture_id, j.reason, j.resolution, j.conclusion, t.number, a.name as architecture_name,
      coalesce(t.heard_at, t.claimed_at) as heard_at, coalesce(r.name, r.id) as runner,
      coalesce(a.blocked_job = j.id, false) as open,
      t.sealed_at is null and t.permitted_at is not null and t.lease_until <= ${servedMs} as silent,
      (select ${head} from state_version v where v.architecture_id = a.id and case when own.serial is null
        then v.created_at <= t.claimed_at else v.serial < own.serial end order by v.serial desc limit 1) as before,
      (select ${head} from state_version v where v.architecture_id = a.id order by v.serial desc limit 1) as after,
      (select jsonb_build_object('job', l.job_id, 'fence', l.fence, 'since', l.claimed_at,
        'runner', jsonb_build_object('id', lr.id, 'name', coalesce(lr.name, lr.id)))
        from attempt l join runner lr on lr.id = l.runner_id where l.job_id = a.lock_job_id and l.fence = a.lock_fence) as lock,
      coalesce((select jsonb_agg(jsonb_build_object('id', e.id, 'kind', e.kind, 'body', e.body, 'at', e.at) order by e.at, e.id)
        from evidence e where e.job_id = j.id and e.org_id = j.org_id), '[]'::jsonb) as captured
    from job j join architecture a on a.id = j.architecture_id
      join lateral (select * from attempt n where n.job_id = j.id order by n.number desc limit 1) t on true
      join runner r on r.id = t.runner_id
      left join lateral (select min(serial) as serial from state_version where architecture_id = a.id and job_id = j.id
        and number = t.number) own on true
    where j.id = ${job} and j.org_id = ${organisation}`.execute(store.db);
  const [found] = rows;
  if (!found) throw new SignalboxError('NOT_FOUND', { thing: 'attempt of job', id: job });
  return found;
};
