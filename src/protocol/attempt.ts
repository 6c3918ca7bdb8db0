import * as z from 'zod';
import { AttemptId, Sha256, Timestamp } from './ids.ts';
import { PlanRef, StateHead } from './job.ts';
import { Conclusion, Phase, Reason } from './status.ts';

/** The desired state of an attempt: in every reply that concerns it, so that a cancel cannot be lost. */
export const Desired = z.enum(['run', 'cancel', 'kill']);
export type Desired = z.infer<typeof Desired>;

/** `4/6 resources`: what a progress line shows. `total` null while it is unknown. */
export const Progress = z.object({
  done: z.number().int(),
  total: z.number().int().nullable(),
  noun: z.string(),
});
export type Progress = z.infer<typeof Progress>;

export const Permit = {
  /** `POST /v1/attempts/:attempt/permit`: may this irreversible step start now? */
  Request: z.object({ fence: z.number().int(), step: z.string() }),
  Reply: z.object({ permitted: z.boolean(), validMs: z.number().int(), desired: Desired, reason: Reason.nullable() }),
};
export type PermitReply = z.infer<typeof Permit.Reply>;

export const Renew = {
  /** `POST /v1/attempts/:attempt/renew`: keeps the lease; 409 = fenced, 410 = over. */
  Request: z.object({ fence: z.number().int(), phase: Phase, progress: Progress.nullable() }),
  Reply: z.object({ leaseMs: z.number().int(), desired: Desired }),
};
export type RenewRequest = z.infer<typeof Renew.Request>;
export type RenewReply = z.infer<typeof Renew.Reply>;

/** What a runner tells about an attempt as it goes. `seq` counts from 0 without gaps; sent in batches, in order, once. */
export const AttemptEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('machine'), path: z.string(), machine: z.string(), state: z.string(), phase: Phase }),
  z.object({ type: z.literal('step.started'), step: z.string(), command: z.string() }),
  z.object({
    type: z.literal('step.finished'),
    step: z.string(),
    conclusion: Conclusion,
    exitCode: z.number().int().nullable(),
  }),
  z.object({ type: z.literal('progress'), progress: Progress }),
  /** The ledger: one line for each resource that began, ended or failed. `id` is what an import would need. */
  z.object({
    type: z.literal('resource'),
    address: z.string(),
    action: z.string(),
    moment: z.enum(['started', 'completed', 'errored']),
    id: z.string().nullable(),
  }),
  z.object({ type: z.literal('note'), level: z.enum(['info', 'warning', 'error']), message: z.string() }),
]);
export type AttemptEvent = z.infer<typeof AttemptEvent>;

export const StampedEvent = z.object({ seq: z.number().int().nonnegative(), at: Timestamp, event: AttemptEvent });
export type StampedEvent = z.infer<typeof StampedEvent>;

const KNOWN_TYPES: ReadonlySet<string> = new Set(AttemptEvent.options.map(({ shape }) => shape.type.value));
/** Of a newer runner, by its type: kept as it is, and shown by nobody here. */
const NewerEvent = z.looseObject({
  type: z.string().refine((type) => !KNOWN_TYPES.has(type), 'an event of this type has other fields'),
});
/** As it is told; its reader looks at the types that it knows. */
export const ToldEvent = StampedEvent.extend({ event: z.union([AttemptEvent, NewerEvent]) });
export type ToldEvent = z.infer<typeof ToldEvent>;
export const isKnownEvent = (event: ToldEvent['event']): event is AttemptEvent => KNOWN_TYPES.has(event.type);

export const Events = {
  /** `POST /v1/attempts/:attempt/events`; a gap answers 409 with `expected`. Events below it are dropped as known. */
  Request: z.object({ fence: z.number().int(), events: z.array(ToldEvent).max(1000) }),
  Reply: z.object({ next: z.number().int(), desired: Desired }),
};
export type EventsReply = z.infer<typeof Events.Reply>;

/**
 * `PATCH /v1/attempts/:attempt/log`, body: masked bytes, `Content-Range: bytes A-B/*`, `Fence: N`.
 * 204 with `Log-Offset: next`; 416 with `Log-Offset: n` when A is not what the server has next (bytes it has already are no error).
 */
export const LOG_OFFSET_HEADER = 'log-offset';
export const FENCE_HEADER = 'fence';
export const DESIRED_HEADER = 'desired-state';

/** `PUT /v1/attempts/:attempt/state?lineage=…&serial=…&sha256=…`, body: the state file; `Fence: N`. */
export const StateQuery = z.object({
  lineage: z.string().min(1).max(200),
  serial: z.coerce.number().int().nonnegative(),
  sha256: Sha256,
});
export type StateQuery = z.infer<typeof StateQuery>;

/** Artifacts are content addressed: `PUT|GET /v1/attempts/:attempt/artifacts/:sha256`. */
export const ArtifactKind = z.enum(['source', 'plan', 'planJson', 'report', 'trace', 'file']);
export type ArtifactKind = z.infer<typeof ArtifactKind>;
export const ArtifactRef = z.object({
  name: z.string(),
  kind: ArtifactKind,
  sha256: Sha256,
  size: z.number().int().nonnegative(),
});
export type ArtifactRef = z.infer<typeof ArtifactRef>;

/** What a plan would change, or an apply changed. */
export const Summary = z.object({
  add: z.number().int(),
  change: z.number().int(),
  remove: z.number().int(),
  import: z.number().int(),
  /** Outputs whose value changes. */
  outputs: z.number().int(),
});
export type Summary = z.infer<typeof Summary>;

/** One output of the code; a sensitive one never carries its value. */
export const Output = z.object({ value: z.json().optional(), sensitive: z.boolean() });
export type Output = z.infer<typeof Output>;
export const Outputs = z.record(z.string(), Output);
export type Outputs = z.infer<typeof Outputs>;

/** The last message about an attempt. */
export const Result = z.object({
  attempt: AttemptId,
  fence: z.number().int(),
  conclusion: Conclusion,
  reason: Reason.nullable(),
  exitCode: z.number().int().nullable(),
  startedAt: Timestamp,
  finishedAt: Timestamp,
  log: z.object({ bytes: z.number().int(), sha256: Sha256 }),
  /** How many events there are in all. */
  events: z.number().int(),
  /** The state that the job ends with; null: none, or not ours to keep. */
  state: StateHead.nullable(),
  plan: PlanRef.nullable(),
  artifacts: z.array(ArtifactRef),
  summary: Summary.nullable(),
  outputs: Outputs,
});
export type Result = z.infer<typeof Result>;

/**
 * `PUT /v1/attempts/:attempt/result`: 200 sealed (again: `replayed`), 202 names what the server still misses,
 * 409 fenced: kept as evidence.
 */
export const ResultReply = z.discriminatedUnion('status', [
  z.object({ status: z.literal('sealed'), replayed: z.boolean() }),
  z.object({
    status: z.literal('incomplete'),
    missing: z.object({
      logFrom: z.number().int().nullable(),
      eventsFrom: z.number().int().nullable(),
      state: z.boolean(),
      artifacts: z.array(Sha256),
    }),
  }),
]);
export type ResultReply = z.infer<typeof ResultReply>;
