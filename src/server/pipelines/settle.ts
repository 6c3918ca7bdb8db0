import type { Resolution } from '../../protocol/rest.ts';
import { CHANNEL, topics, type ServerContext } from '../context.ts';
import { writeAudit } from '../audit.ts';
import type { Caller } from '../http.ts';
import { sql } from '../store/sql.ts';
import { toJson } from '../store/json.ts';
import type { Tx } from '../store/store.ts';

/** Which job was settled, and how. */
export interface Settlement {
  pipeline: string;
  job: string;
  architecture: string;
  resolution: Resolution;
  /** What else the audit keeps. */
  details?: Record<string, unknown>;
}

/**
 * A person has settled what needed reconciliation: the architecture may be changed again; where a pipeline imports, by that one
 * only, until it is over. Whoever calls holds the pipeline's row and the architecture's.
 */
export const settle = async (
  tx: Tx,
  context: Pick<ServerContext, 'clock' | 'ids'>,
  caller: Caller,
  { pipeline, job, architecture, resolution, details = {} }: Settlement,
): Promise<void> => {
  const change =
    resolution.pipeline === null
      ? sql`blocked = null, blocked_job = null, reconciler = null, lock_job_id = null, lock_fence = null`
      : sql`reconciler = ${resolution.pipeline}`;
  await sql`
    with told as (
      update pipeline set version = version + 1 where id = ${pipeline}
    ), settled as (
      update job set resolution = ${toJson(resolution)} where id = ${job}
    ), freed as (
      update architecture set ${change} where id = ${architecture}
    )
    select pg_notify(${CHANNEL}, ${topics.pipeline(pipeline)}), pg_notify(${CHANNEL}, ${topics.runners(caller.organisation)})
  `.execute(tx);
  const { as, reason } = resolution;
  await writeAudit(context, tx, caller, {
    action: 'pipeline.resolve',
    subject: pipeline,
    body: { as, reason, job, ...details },
  });
};
