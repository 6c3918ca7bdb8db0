import * as z from 'zod';

/** The final word about a step, a job or a pipeline. */
export const Conclusion = z.enum(['succeeded', 'failed', 'cancelled', 'timedOut', 'skipped', 'needsReconciliation']);
export type Conclusion = z.infer<typeof Conclusion>;

/** What every runner, job and step actor shows, in the UI, metrics and heartbeats. */
export const Phase = z.enum(['idle', 'leased', 'running', 'reporting', 'failed', 'done']);
export type Phase = z.infer<typeof Phase>;

/** The nine published statuses of pipelines and jobs (brainboard.md 2.3). */
export const Status = z.enum([
  'scheduled',
  'pending',
  'manual',
  'running',
  'succeeded',
  'failed',
  'terminated',
  'warning',
  'error',
]);
export type Status = z.infer<typeof Status>;

/**
 * The one table: what a conclusion means as a published status and as a phase.
 * `needsReconciliation` is published as `error`: neither succeeded nor safely failed.
 */
export const CONCLUSIONS: Record<Conclusion, { status: Status; phase: Phase }> = {
  succeeded: { status: 'succeeded', phase: 'done' },
  failed: { status: 'failed', phase: 'failed' },
  cancelled: { status: 'terminated', phase: 'done' },
  timedOut: { status: 'failed', phase: 'failed' },
  skipped: { status: 'terminated', phase: 'done' },
  needsReconciliation: { status: 'error', phase: 'failed' },
};

/** Statuses that are still going somewhere, with the phase that a machine in them shows. */
export const LIVE_STATUSES = {
  scheduled: 'idle',
  pending: 'idle',
  manual: 'idle',
  running: 'running',
} as const satisfies Partial<Record<Status, Phase>>;

export const isFinal = (status: Status): boolean => !(status in LIVE_STATUSES);

/** The published status of a job that has concluded; a failure that its task ignores is a `warning`. */
export const toStatus = (conclusion: Conclusion, ignoreFailure = false): Status => {
  const { status } = CONCLUSIONS[conclusion];
  return ignoreFailure && status === 'failed' ? 'warning' : status;
};

/** The reason behind a conclusion: a stable code and a sentence. */
export const Reason = z.object({ code: z.string(), message: z.string(), hint: z.string().optional() });
export type Reason = z.infer<typeof Reason>;
