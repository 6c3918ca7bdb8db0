import * as z from 'zod';
import { AttemptId, JobId, RunnerId, SessionId } from './ids.ts';
import { JobSpec, Secret } from './job.ts';
import { Phase, Reason } from './status.ts';

/**
 * Runner and control plane may be one version apart, either way: a version only adds fields that may be missing, and what a reader
 * does not know it passes over. 2 added: why a runner takes nothing new, and the control plane's own version in its reply.
 */
export const PROTOCOL_VERSION = 2;

/** An attempt that a runner process holds, as it tells at session start. */
export const HeldAttempt = z.object({
  attempt: AttemptId,
  fence: z.number().int(),
  phase: Phase,
  logOffset: z.number().int(),
});
export type HeldAttempt = z.infer<typeof HeldAttempt>;

export const Session = {
  /** `POST /v1/sessions`, bearer: the runner token. Another live instance of the token: 409 `RUNNER_TOKEN_IN_USE`. */
  Request: z.object({
    protocol: z.number().int(),
    /** Random id of the state directory: who is the same runner after a restart. */
    instanceId: z.string().min(8).max(64),
    /** New for each process. */
    bootId: z.string().min(8).max(64),
    name: z.string().min(1).max(200),
    version: z.string().max(50),
    slots: z.number().int().min(1).max(255),
    running: z.array(HeldAttempt),
  }),
  Reply: z.object({
    /** The control plane's own version. */
    protocol: z.number().int().default(1),
    session: SessionId,
    runner: RunnerId,
    /** Short-lived: good for poll, claim, decline and drain of this session. */
    token: z.string(),
    leaseMs: z.number().int(),
    renewMs: z.number().int(),
    pollHoldMs: z.number().int(),
    running: z.array(z.object({ attempt: AttemptId, verdict: z.enum(['continue', 'stop', 'unknown']) })),
    /** Attempts the control plane holds for this runner that it did not name: it queues them again where no permit was given. */
    held: z.array(AttemptId),
  }),
};
export type SessionRequest = z.infer<typeof Session.Request>;
export type SessionReply = z.infer<typeof Session.Reply>;

/** What the control plane wants of a runner. Unacknowledged commands come again. */
export const Command = z.discriminatedUnion('type', [
  z.object({ type: z.literal('offer'), job: JobId, attempt: AttemptId, title: z.string() }),
  z.object({ type: z.literal('cancel'), attempt: AttemptId, desired: z.enum(['cancel', 'kill']) }),
  z.object({ type: z.literal('drain') }),
]);
export type Command = z.infer<typeof Command>;

const passOverUnknown = (commands: unknown): unknown =>
  Array.isArray(commands) ? commands.filter((command) => Command.safeParse(command).success) : commands;

export const Poll = {
  /** `POST /v1/poll`: held up to `waitMs` (≤ 25 s) until there is a command. `ack` = the last cursor handled. */
  Request: z.object({
    session: SessionId,
    ack: z.number().int().nonnegative(),
    free: z.number().int().min(0).max(255),
    waitMs: z.number().int().min(0).max(25_000),
    /** Why it takes nothing new although it lives (its disk is full …); null: it is well. */
    problem: Reason.nullable().default(null),
  }),
  Reply: z.object({
    cursor: z.number().int(),
    /** Those of a newer control plane that this runner does not know are passed over. */
    commands: z.preprocess(passOverUnknown, z.array(Command)),
  }),
};
export type PollRequest = z.infer<typeof Poll.Request>;
export type PollReply = z.infer<typeof Poll.Reply>;

export const Claim = {
  /** `POST /v1/claim`: one idempotent write that raises the fence. 409 taken, 410 withdrawn. */
  Request: z.object({ session: SessionId, attempt: AttemptId }),
  Reply: z.object({
    spec: JobSpec,
    fence: z.number().int(),
    /** Lives until the job is sealed; only in this answer and in the job's 0600 file. */
    jobToken: z.string(),
    secrets: z.array(Secret),
  }),
};
export type ClaimRequest = z.infer<typeof Claim.Request>;
export type ClaimReply = z.infer<typeof Claim.Reply>;

export const Decline = {
  /** `POST /v1/decline`: the offer goes back to the queue at once. */
  Request: z.object({ session: SessionId, attempt: AttemptId, reason: z.string().max(500) }),
  Reply: z.object({ withdrawn: z.boolean() }),
};

export const Drain = {
  /** `POST /v1/drain`: no new offers; the answer lists offers withdrawn in the same transaction. `end`: the session is over. */
  Request: z.object({ session: SessionId, end: z.boolean() }),
  Reply: z.object({ withdrawn: z.array(AttemptId) }),
};
