import * as z from 'zod';
import { ArchitectureId, AttemptId, JobId, PipelineId, Sha256 } from './ids.ts';

/**
 * What a repetition of a step would do to the world. The class alone decides what lease loss, runner loss, cancel and
 * retry do: only `read` and `idempotent` steps are ever repeated by a machine.
 */
export const Effect = z.enum(['read', 'idempotent', 'irreversible']);
export type Effect = z.infer<typeof Effect>;

export const TaskKind = z.enum(['terraform', 'opentofu', 'script']);
export type TaskKind = z.infer<typeof TaskKind>;

/** One entry of a workflow, as stored. `options` are checked by the plugin of `kind`. */
export const Task = z.object({
  /** Unique in its workflow; lower-case words and dashes. */
  key: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/),
  title: z.string().min(1).max(200),
  kind: TaskKind,
  options: z.record(z.string(), z.json()).default({}),
  ignoreFailure: z.boolean().default(false),
  requireApproval: z.boolean().default(false),
  /** Key of the task whose saved plan this one applies; null: it makes its own. */
  planFrom: z.string().nullable().default(null),
});
export type Task = z.infer<typeof Task>;

/** Ordered stages of tasks that start together. */
export const Stages = z.array(z.array(Task).min(1).max(50)).min(1).max(50);
export type Stages = z.infer<typeof Stages>;

/** Names one version of an architecture's state. `serial` counts up within a `lineage`. */
export const StateHead = z.object({ lineage: z.string(), serial: z.number().int().nonnegative(), sha256: Sha256 });
export type StateHead = z.infer<typeof StateHead>;

/** The source bundle: a gzipped tar. `root` names its top folder, `dir` the module to run inside it (`.` = the top). */
export const Source = z.object({ sha256: Sha256, size: z.number().int(), root: z.string(), dir: z.string() });
export type Source = z.infer<typeof Source>;

/** A file that planning created or changed in the workspace, and that the apply needs again. */
export const PlannedFile = z.object({ path: z.string(), sha256: Sha256, mode: z.number().int() });

/** Everything that must still hold when a saved plan is applied. A mismatch is refused before the tool starts. */
export const PlanManifest = z.object({
  /** Absolute working directory of the plan: `path.cwd` and `abspath()` are part of it. */
  path: z.string(),
  tool: z.object({ name: z.enum(['terraform', 'tofu']), version: z.string() }),
  source: Sha256,
  lockFile: Sha256.nullable(),
  /** The state it was made from; null: there was none; `remote`: the code's own backend holds it. */
  state: z.union([StateHead, z.null(), z.literal('remote')]),
  plan: Sha256,
  files: z.array(PlannedFile),
  /** True when the plan was made with `-destroy`. */
  destroy: z.boolean(),
});
export type PlanManifest = z.infer<typeof PlanManifest>;

/** A plan that travels: a tar with `tfplan`, the lock file and the planned files, and its manifest. */
export const PlanRef = z.object({ artifact: Sha256, size: z.number().int(), manifest: PlanManifest });
export type PlanRef = z.infer<typeof PlanRef>;

/** How a secret reaches the tool: as Terraform variable or as environment variable. */
export const SecretName = z.object({ name: z.string(), as: z.enum(['variable', 'environment']) });
export const Secret = SecretName.extend({ value: z.string() });
export type SecretName = z.infer<typeof SecretName>;
export type Secret = z.infer<typeof Secret>;

/** What one lease allows: everything a runner needs, secrets by name only (it is journalled). */
export const JobSpec = z.object({
  id: JobId,
  attempt: AttemptId,
  pipeline: PipelineId,
  architecture: z.object({ id: ArchitectureId, name: z.string() }),
  task: Task,
  effect: Effect,
  source: Source,
  /** Version constraint of the tool (`~> 1.11`), null: whatever the runner has. */
  toolVersion: z.string().nullable(),
  /** The managed state to start from (architecture.md D8); null: there is none yet. */
  state: StateHead.nullable(),
  plan: PlanRef.nullable(),
  variables: z.record(z.string(), z.string()),
  /** Variable files, relative to the module, in order. */
  varFiles: z.array(z.string()),
  secrets: z.array(SecretName),
  /** Regular expression over resource addresses; null: everything. */
  target: z.string().nullable(),
  maxExecutionMs: z.number().int().positive(),
});
export type JobSpec = z.infer<typeof JobSpec>;

/** One command of a job, compiled by the plugin on the runner's side. */
export const StepSpec = z.object({
  key: z.string(),
  effect: Effect,
  program: z.string(),
  args: z.array(z.string()),
  /** The command line as the log shows it, after ` $ `; null: the step is silent in the log. */
  shown: z.string().nullable(),
  env: z.record(z.string(), z.string()),
  /** `plain`: bytes as they are; `tool-json`: a tool's `-json` stream, rendered; `document`: read by the plugin, not shown. */
  format: z.enum(['plain', 'tool-json', 'document']),
  /** Whom the one soft signal goes to: the tool itself, or its whole process group. */
  softSignal: z.enum(['leader', 'group']),
  /** Exit codes that are no failure by themselves; the plugin judges further. */
  okExitCodes: z.array(z.number().int()),
  timeoutMs: z.number().int().positive().nullable(),
  /** From the soft signal to force; null: until the job's own deadline. */
  graceMs: z.number().int().positive().nullable(),
  /** True: one at a time per host (a tool's provider cache that is not safe). */
  exclusive: z.boolean(),
  /** How often a `read` or `idempotent` step is tried again after an infrastructure failure. */
  retries: z.number().int().nonnegative(),
});
export type StepSpec = z.infer<typeof StepSpec>;
