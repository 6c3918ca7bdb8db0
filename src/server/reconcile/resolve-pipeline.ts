import { SignalboxError } from '../../protocol/errors.ts';
import type { PipelineId } from '../../protocol/ids.ts';
import type { ResolveAs } from '../../protocol/rest.ts';
import type { ServerContext } from '../context.ts';
import type { Caller } from '../http.ts';
import { lockPipeline } from '../pipelines/move-pipeline.ts';
import { settle } from '../pipelines/settle.ts';
import type { Tx } from '../store/store.ts';
import { declareLost } from './declare-lost.ts';
import { toEvidence } from './evidence-view.ts';
import { findUnsettled, lockBlocked, type Unsettled } from './find-unsettled.ts';
import { pushCaptured } from './push-captured.ts';
import { startImport } from './start-import.ts';

export interface ResolveCall {
  pipeline: PipelineId;
  as: ResolveAs;
  reason: string;
  /** Of `push`: which captured state; null: the one with the highest serial. */
  evidence: string | null;
}

/** What each way does to the state before the architecture is free; its details are audited. */
const act = async (
  tx: Tx,
  context: ServerContext,
  input: { caller: Caller; call: ResolveCall; job: Unsettled; found: Awaited<ReturnType<typeof toEvidence>> | null },
): Promise<{ importing: PipelineId | null; details: Record<string, unknown> }> => {
  const { caller, call, job, found } = input;
  if (call.as === 'push') {
    return { importing: null, details: { ...(await pushCaptured(tx, context, job, call.evidence)) } };
  }
  if (call.as !== 'import' || !found) return { importing: null, details: {} };
  const { id, imports } = await startImport(tx, context, { caller, job, found });
  return { importing: id, details: { importing: id, imports } };
};

/**
 * A person settles what needs reconciliation: in one transaction, under the pipeline's lock, then the architecture's. Of a job
 * whose runner is not heard any more it is declared first. Throws `NOT_FOUND`, `NOTHING_TO_RESOLVE`, `RESOLUTION_REFUSED`.
 */
export const resolvePipeline = async (context: ServerContext, caller: Caller, call: ResolveCall): Promise<void> => {
  const { db } = context.store;
  const { pipeline, as, reason } = call;
  const { job: seen } = await findUnsettled(db, caller.organisation, pipeline);
  if (as === 'discard' && reason.trim() === '') {
    throw new SignalboxError('RESOLUTION_REFUSED', { pipeline, problem: '`discard` needs a reason' });
  }
  // States are read from files, which is not done inside a transaction: it looks again whether this still holds.
  const found = as === 'import' ? await toEvidence(context, caller.organisation, seen) : null;
  await db.transaction().execute(async (tx) => {
    await lockPipeline(tx, pipeline);
    const job = await findUnsettled(tx, caller.organisation, pipeline);
    if (job.isSilent) await declareLost(tx, context, { ...job, overdueMs: 0, cause: 'silent' });
    await lockBlocked(tx, job);
    const { importing, details } = await act(tx, context, { caller, call, job, found });
    const resolution = { as, reason, by: caller.actor, at: context.clock.now(), pipeline: importing };
    await settle(tx, context, caller, {
      pipeline,
      job: job.job,
      architecture: job.architecture,
      resolution,
      details: { ...(call.evidence && { evidence: call.evidence }), ...details },
    });
  });
};
