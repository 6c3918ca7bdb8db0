import { CHANNEL, topics } from '../context.ts';
import { sql } from '../store/sql.ts';
import type { Tx } from '../store/store.ts';

/**
 * A pipeline is over: where it imported what another one had left, its success unblocks their architecture, and anything else
 * gives the block back to the one that it was made for, which may then be resolved in another way.
 */
export const endImport = async (tx: Tx, pipeline: string, hasSucceeded: boolean): Promise<void> => {
  const change = hasSucceeded
    ? sql`blocked = null, blocked_job = null`
    : sql`lock_job_id = o.blocked_job, lock_fence = (select max(fence) from attempt where job_id = o.blocked_job)`;
  await sql`
    with o as (
      select id, org_id, blocked_job from architecture where reconciler = ${pipeline} for no key update
    ), ended as (
      update architecture a set reconciler = null, ${change} from o where a.id = o.id
    ), job as (
      update job j set resolution = case when ${hasSucceeded} then j.resolution end from o where j.id = o.blocked_job
      returning j.pipeline_id, j.org_id
    ), told as (
      update pipeline p set version = version + 1 from job where p.id = job.pipeline_id returning p.id, p.org_id
    )
    select pg_notify(${CHANNEL}, ${topics.pipeline('')} || id), pg_notify(${CHANNEL}, ${topics.runners('')} || org_id) from told`.execute(
    tx,
  );
};
