import type { EvidenceView, JobView, PipelineView, ResolveAs } from '../../src/protocol/rest.ts';
import type { Begun } from './begin-run.ts';
import type { Box } from './box/box.ts';

/** How a person settled a run of which nobody knew how far it had come. */
export interface Reconciled {
  as: ResolveAs;
  evidence: EvidenceView;
  /** Of an import: the pipeline that did it, as it settled. */
  importing: { id: string; view: PipelineView | null } | null;
}

const SETTLES_WITHIN_MS = 60_000;

const findOpen = (view: PipelineView | null): JobView | undefined =>
  view?.jobs.find(({ reconciliation }) => reconciliation?.open);

/** Settles a run that needs it, as its evidence suggests: what the state lacks is imported, else it is accepted. Null: nothing to do. */
export const reconcile = async ({ operator }: Box, { pipeline, view }: Begun): Promise<Reconciled | null> => {
  const job = findOpen(view);
  if (!job) return null;
  const evidence = await operator.call<EvidenceView>('GET', `/api/jobs/${job.id}/evidence`);
  const as: ResolveAs = evidence.importBlocks === '' ? 'accept' : 'import';
  const reason = 'the fault suite killed it';
  const resolved = await operator.call<PipelineView>('POST', `/api/pipelines/${pipeline}/resolve`, { as, reason });
  const id = resolved.jobs.find((other) => other.id === job.id)?.reconciliation?.resolution?.pipeline ?? null;
  return {
    as,
    evidence,
    importing: id === null ? null : { id, view: await operator.settle(id, SETTLES_WITHIN_MS) },
  };
};
