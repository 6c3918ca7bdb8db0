import * as z from 'zod';
import { ArtifactRef, Outputs, Progress, Summary } from './attempt.ts';
import { ArchitectureId, AttemptId, JobId, PipelineId, RunnerId, Timestamp, WorkflowId } from './ids.ts';
import { Secret, Source, Stages, StateHead, TaskKind } from './job.ts';
import { Conclusion, Phase, Reason, Status } from './status.ts';

/** Names people give: letters, digits, dashes, dots, underscores, spaces inside; at most 100. */
export const Name = z.string().regex(/^[\p{L}\p{N}](?:[\p{L}\p{N} ._-]{0,98}[\p{L}\p{N}])?$/u, 'not a usable name');

export const ArchitectureView = z.object({
  id: ArchitectureId,
  name: z.string(),
  kind: TaskKind,
  toolVersion: z.string().nullable(),
  state: StateHead.nullable(),
  /** The job that holds the lock domain now. */
  lockedBy: JobId.nullable(),
  createdAt: Timestamp,
});
export type ArchitectureView = z.infer<typeof ArchitectureView>;

/** `POST /api/architectures`; a taken name: 409 `ARCHITECTURE_EXISTS`. `GET /api/architectures?name=N`: list. */
export const CreateArchitecture = z.object({
  name: Name,
  kind: TaskKind,
  toolVersion: z.string().max(100).nullable().default(null),
});

/** `PUT /api/architectures/:id/workflows`: made or replaced by its name. */
export const PutWorkflow = z.object({ name: Name, stages: Stages });
export const WorkflowView = z.object({
  id: WorkflowId,
  architecture: ArchitectureId,
  name: z.string(),
  stages: Stages,
});
export type WorkflowView = z.infer<typeof WorkflowView>;

/** `POST /api/pipelines`: one run of a workflow. The source bundle was uploaded before (`PUT /api/blobs/:sha256`). */
export const CreatePipeline = z.object({
  workflow: WorkflowId,
  source: Source,
  variables: z.record(z.string(), z.string()).default({}),
  varFiles: z.array(z.string()).default([]),
  secrets: z.array(Secret).default([]),
  target: z.string().nullable().default(null),
  /** A repetition with the same key answers with the first one's pipeline. */
  idempotencyKey: z.string().max(100).nullable().default(null),
});
export type CreatePipeline = z.input<typeof CreatePipeline>;

/** Where an actor's machine stands: drawn by the page. */
export const MachineView = z.object({ path: z.string(), machine: z.string(), state: z.string(), phase: Phase });
export type MachineView = z.infer<typeof MachineView>;

export const StepView = z.object({
  key: z.string(),
  command: z.string(),
  conclusion: Conclusion.nullable(),
  exitCode: z.number().int().nullable(),
  startedAt: Timestamp,
  finishedAt: Timestamp.nullable(),
});

/** How a job that needed reconciliation was settled, by a person: what the state is from then on. */
export const ResolveAs = z.enum([
  /** The newest stored state is right as it is. */
  'accept',
  /** What the ledger shows and the state lacks is imported, by a pipeline of its own. */
  'import',
  /** A state that was captured as evidence becomes the newest version. */
  'push',
  /** Nothing of it matters any more; needs a reason. */
  'discard',
]);
export type ResolveAs = z.infer<typeof ResolveAs>;
/** As a command line shows the choice. */
export const RESOLVE_WAYS = ResolveAs.options.join('|');
export const Resolution = z.object({
  as: ResolveAs,
  reason: z.string(),
  by: z.string(),
  at: Timestamp,
  /** Of `import`: the pipeline that imports; the architecture stays blocked for all others until it has succeeded. */
  pipeline: PipelineId.nullable(),
});
export type Resolution = z.infer<typeof Resolution>;
/** `POST /api/pipelines/:id/resolve`. Throws `NOTHING_TO_RESOLVE`, `RESOLUTION_REFUSED`. */
export const ResolvePipeline = z.object({
  as: ResolveAs,
  reason: z.string().max(1000).default(''),
  /** Of `push`: which captured state (`EvidenceView.captured`); null: the one with the highest serial. */
  evidence: z.string().nullable().default(null),
});
export type ResolvePipeline = z.input<typeof ResolvePipeline>;

/**
 * `GET /api/jobs/:id/evidence`: what is known about an irreversible step whose end nobody knows, or whose runner has not been
 * heard for too long.
 */
export const EvidenceView = z.object({
  pipeline: PipelineId,
  job: JobId,
  attempt: AttemptId,
  architecture: z.object({ id: ArchitectureId, name: z.string() }),
  reason: Reason,
  /** The architecture is still blocked by it. */
  open: z.boolean(),
  resolution: Resolution.nullable(),
  /** The managed state when the attempt began, and the newest one now. */
  state: z.object({ before: StateHead.nullable(), after: StateHead.nullable() }),
  /** Who holds the architecture. */
  lock: z
    .object({
      job: JobId,
      fence: z.number().int(),
      runner: z.object({ id: RunnerId, name: z.string() }),
      since: Timestamp,
    })
    .nullable(),
  /** Resources that were begun and of which no end was told. */
  inFlight: z.array(z.object({ address: z.string(), action: z.string(), id: z.string().nullable(), at: Timestamp })),
  /** Created or replaced according to the ledger, and not in the newest state. */
  unrecorded: z.array(z.object({ address: z.string(), id: z.string().nullable() })),
  /** Ready-made `import` blocks for those of `unrecorded` whose id is known; empty: none. */
  importBlocks: z.string(),
  /** What came too late or did not fit, and was kept. */
  captured: z.array(
    z.object({
      id: z.string(),
      kind: z.string(),
      head: StateHead.nullable(),
      refused: z.string().nullable(),
      at: Timestamp,
    }),
  ),
});
export type EvidenceView = z.infer<typeof EvidenceView>;

export const JobView = z.object({
  id: JobId,
  key: z.string(),
  title: z.string(),
  kind: TaskKind,
  stage: z.number().int(),
  status: Status,
  phase: Phase,
  conclusion: Conclusion.nullable(),
  reason: Reason.nullable(),
  attempt: AttemptId.nullable(),
  runner: z.object({ id: RunnerId, name: z.string() }).nullable(),
  /** Why it is not running yet, in words; null when it is, or is over. */
  waitsFor: z.string().nullable(),
  progress: Progress.nullable(),
  steps: z.array(StepView),
  machines: z.array(MachineView),
  notes: z.array(z.object({ level: z.enum(['info', 'warning', 'error']), message: z.string() })),
  logBytes: z.number().int(),
  summary: Summary.nullable(),
  outputs: Outputs,
  artifacts: z.array(ArtifactRef),
  /** Set where nobody knows how far it came; `open` while its architecture is blocked by it. */
  reconciliation: z.object({ open: z.boolean(), resolution: Resolution.nullable() }).nullable().default(null),
  startedAt: Timestamp.nullable(),
  finishedAt: Timestamp.nullable(),
});
export type JobView = z.infer<typeof JobView>;

export const PipelineView = z.object({
  id: PipelineId,
  number: z.number().int(),
  architecture: z.object({ id: ArchitectureId, name: z.string() }),
  workflow: z.string(),
  status: Status,
  reason: Reason.nullable(),
  createdAt: Timestamp,
  startedAt: Timestamp.nullable(),
  finishedAt: Timestamp.nullable(),
  /** Grows with every change: `GET /api/pipelines/:id?after=VERSION&waitMs=N` answers when it has. */
  version: z.number().int(),
  /** The pipeline's own machine state. */
  machine: MachineView,
  jobs: z.array(JobView),
});
export type PipelineView = z.infer<typeof PipelineView>;

/** `GET /api/pipelines?limit=N&architecture=ID`, newest first: without jobs' details. */
export const PipelineItem = PipelineView.omit({ jobs: true, machine: true }).extend({
  jobs: z.array(JobView.pick({ id: true, title: true, status: true, stage: true })),
});
export type PipelineItem = z.infer<typeof PipelineItem>;
export const PipelineList = z.object({ pipelines: z.array(PipelineItem) });

/**
 * `GET /api/jobs/:id/log?offset=N&waitMs=N&attempt=N`: raw masked bytes from `offset`; headers `Log-Offset` (next), `Log-Complete`
 * (`true` when there will be no more). Without new bytes it is held up to `waitMs` (≤ 25 s). `Range: bytes=A-B` works too.
 */
export const LOG_COMPLETE_HEADER = 'log-complete';

/** `POST /api/pipelines/:id/stop`, `POST /api/jobs/:id/approve`, `POST /api/jobs/:id/reject`. */
export const StopPipeline = z.object({
  reason: z.string().max(500).default('stopped by the operator'),
  /** An administrator's explicit act: what runs is killed, an irreversible step too, which then needs reconciliation. */
  force: z.boolean().default(false),
});
export const Approval = z.object({ comment: z.string().max(1000).default('') });

/** `GET|POST /api/runners` (a row is made with its token), `DELETE /api/runners/:id` revokes at once. */
export const RunnerView = z.object({
  id: RunnerId,
  name: z.string().nullable(),
  version: z.string().nullable(),
  createdAt: Timestamp,
  lastSeenAt: Timestamp.nullable(),
  revokedAt: Timestamp.nullable(),
  status: z.enum(['never seen', 'online', 'offline', 'draining', 'revoked']),
  jobs: z.array(JobId),
  /** Why it takes nothing new although it lives; null: it is well. */
  problem: Reason.nullable().default(null),
});
export type RunnerView = z.infer<typeof RunnerView>;
/** The only answer that carries the token. */
export const CreatedRunner = z.object({ runner: RunnerView, token: z.string() });
export type CreatedRunner = z.infer<typeof CreatedRunner>;

/**
 * `GET /api/architectures/:id/states`: newest first. `GET …/states/:serial|latest`: the file. `PUT …/states?lineage&serial&sha256`:
 * push, same lineage and a higher serial only (`409 STATE_LINEAGE`, `409 STATE_SERIAL`); any lineage where there is none yet.
 */
export const StateVersionView = StateHead.extend({
  size: z.number().int(),
  attempt: AttemptId.nullable(),
  createdAt: Timestamp,
});
export type StateVersionView = z.infer<typeof StateVersionView>;

/** `GET /api/overview`: who answers. */
export const Overview = z.object({
  name: z.literal('signalbox'),
  version: z.string(),
  organisation: z.object({ id: z.string(), name: z.string() }),
  database: z.enum(['pglite', 'postgresql']),
});
export type Overview = z.infer<typeof Overview>;

/** `POST /api/browser-links` → a one-time path that signs a browser in. */
export const BrowserLink = z.object({ path: z.string() });
