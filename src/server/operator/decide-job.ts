import { SignalboxError } from '../../protocol/errors.ts';
import type { JobId, PipelineId } from '../../protocol/ids.ts';
import type { ServerContext } from '../context.ts';
import type { Caller } from '../http.ts';
import { lockPipeline, movePipeline } from '../pipelines/move-pipeline.ts';
import { writeAudit } from '../audit.ts';

export interface Decision {
  job: JobId;
  verb: 'approve' | 'reject';
  comment: string;
}
const EVENTS = { approve: 'job.approved', reject: 'job.rejected' } as const;

/** One decision about a job that waits for it; returns the job's pipeline. Throws `NOT_FOUND`, `NOT_WAITING`. */
export const decideJob = (
  context: ServerContext,
  caller: Caller,
  { job: id, verb, comment }: Decision,
): Promise<PipelineId> =>
  context.store.db.transaction().execute(async (tx) => {
    const found = await tx
      .selectFrom('job')
      .select('pipeline_id')
      .where('id', '=', id)
      .where('org_id', '=', caller.organisation)
      .executeTakeFirst();
    if (!found) throw new SignalboxError('NOT_FOUND', { thing: 'job', id });
    // Under the pipeline's lock, so that of two decisions at once the second one finds the first.
    await lockPipeline(tx, found.pipeline_id);
    const job = await tx.selectFrom('job').select(['key', 'status']).where('id', '=', id).executeTakeFirstOrThrow();
    if (job.status !== 'manual') throw new SignalboxError('NOT_WAITING', { job: id, status: job.status });
    await movePipeline(tx, context, found.pipeline_id, { type: EVENTS[verb], key: job.key });
    await writeAudit(context, tx, caller, { action: `job.${verb}`, subject: id, body: { comment } });
    return found.pipeline_id;
  });
