import { toAttemptId, type JobId } from '../../protocol/ids.ts';
import { SignalboxError, toReason } from '../../protocol/errors.ts';
import { StateHead } from '../../protocol/job.ts';
import type { EvidenceView } from '../../protocol/rest.ts';
import type { Reason } from '../../protocol/status.ts';
import type { ServerContext } from '../context.ts';
import { findEvidence, type FoundEvidence } from './find-evidence.ts';
import { findUnrecorded, toImportBlocks, type Unrecorded } from './find-unrecorded.ts';
import { readLedger, type Ledger } from './ledger.ts';
import { toLostReason } from './lost-reason.ts';
import { readStateObjects } from './state-objects.ts';

/** What was captured, as people see it: a state by its head. */
const toCaptured = ({ captured }: FoundEvidence): EvidenceView['captured'] =>
  captured.map(({ id, kind, body, at }) => {
    const refused = Object(body).refused;
    return {
      id,
      kind,
      head: kind === 'state' ? (StateHead.safeParse(body).data ?? null) : null,
      refused: typeof refused === 'string' ? refused : null,
      at,
    };
  });

const toWhy = (found: FoundEvidence, ledger: Ledger): Reason => {
  const { pipeline_id: pipeline, runner, heard_at: heardAt, reason, conclusion } = found;
  if (reason) return reason;
  if (found.silent) return toLostReason({ pipeline, runner, heardAt, cause: 'silent', ledger });
  const problem = conclusion === null ? 'a runner is at work on it' : 'its job came to a known end';
  return toReason(new SignalboxError('NOTHING_TO_RESOLVE', { pipeline, problem }));
};

/** What is known about a job: its view, and what of it could be imported. Throws `NOT_FOUND`. */
export const toEvidence = async (
  context: Pick<ServerContext, 'store' | 'blobs'>,
  organisation: string,
  job: JobId,
): Promise<{ view: EvidenceView; unrecorded: Unrecorded[] }> => {
  const found = await findEvidence(context, organisation, job);
  const ledger = await readLedger(context.store.db, job, found.number);
  const bytes = found.after && (await context.blobs.read(organisation, found.after.sha256));
  const unrecorded = findUnrecorded(ledger, found.task, bytes ? readStateObjects(bytes) : new Map());
  const view: EvidenceView = {
    pipeline: found.pipeline_id,
    job,
    attempt: toAttemptId(job, found.number),
    architecture: { id: found.architecture_id, name: found.architecture_name },
    reason: toWhy(found, ledger),
    open: found.open,
    resolution: found.resolution,
    state: { before: found.before, after: found.after },
    lock: found.lock,
    inFlight: ledger.inFlight.map(({ address, action, id, at }) => ({ address, action, id, at })),
    unrecorded: unrecorded.map(({ address, id }) => ({ address, id })),
    importBlocks: toImportBlocks(unrecorded),
    captured: toCaptured(found),
  };
  return { view, unrecorded };
};
