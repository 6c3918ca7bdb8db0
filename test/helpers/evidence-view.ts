import type { EvidenceView, PipelineView } from '../../src/protocol/rest.ts';
import { createPipelineView, NOON } from './pipeline-view.ts';

const head = (serial: number, sha: string) => ({ lineage: '5f0c81aa-7d1e', serial, sha256: sha.repeat(64) });

export const IMPORT_BLOCKS = 'import {\n  to = aws_vpc.main\n  id = "vpc-0a1"\n}\n';

/** The runner's host is gone in the middle of an apply: two objects in flight, one created that the state lacks. */
export const createEvidenceView = (pipeline: PipelineView, more: Partial<EvidenceView> = {}): EvidenceView => {
  const job = pipeline.jobs.at(-1);
  if (job === undefined) throw new Error('no jobs');
  return {
    pipeline: pipeline.id,
    job: job.id,
    attempt: `${job.id}.1`,
    architecture: pipeline.architecture,
    reason: { code: 'RUNNER_LOST', message: 'Runner fra-2 was last heard 10 m ago.' },
    open: true,
    resolution: null,
    state: { before: head(4, 'a'), after: head(6, 'b') },
    lock: { job: job.id, fence: 3, runner: { id: 'rnr_0000000000000001', name: 'fra-2' }, since: NOON },
    inFlight: [
      { address: 'aws_subnet.a["x"]', action: 'create', id: null, at: NOON },
      { address: 'aws_eip.nat', action: 'update', id: 'eip-1', at: NOON },
    ],
    unrecorded: [
      { address: 'aws_vpc.main', id: 'vpc-0a1' },
      { address: 'random_pet.name', id: null },
    ],
    importBlocks: IMPORT_BLOCKS,
    captured: [
      { id: 'evd_1', kind: 'state', head: head(7, 'c'), refused: 'The attempt was fenced.', at: NOON },
      { id: 'evd_2', kind: 'state', head: head(8, 'd'), refused: 'The attempt was fenced.', at: NOON },
      { id: 'evd_3', kind: 'result', head: null, refused: 'The attempt was fenced.', at: NOON },
    ],
    ...more,
  };
};

/** A pipeline whose apply needs reconciliation. */
export const createBlockedView = (): PipelineView => {
  const view = createPipelineView({ status: 'error', finishedAt: NOON });
  const reason = { code: 'RUNNER_LOST', message: 'Runner fra-2 was last heard 10 m ago.' };
  const over = { status: 'error', phase: 'failed', conclusion: 'needsReconciliation', finishedAt: NOON } as const;
  const reconciliation = { open: true, resolution: null };
  return {
    ...view,
    jobs: view.jobs.map((job) => (job.key === 'apply' ? { ...job, ...over, reason, reconciliation } : job)),
  };
};
