import * as z from 'zod';

/**
 * Identifiers: a prefix that names the kind, an underscore, and 16 random characters of `0-9a-z`.
 * An attempt is named by its job and its number: `job_0123456789abcdef.1`.
 */
const id = (prefix: string) => z.string().regex(new RegExp(`^${prefix}_[0-9a-z]{16}$`), `not a ${prefix}_… id`);

export const OrganisationId = id('org');
export const RunnerId = id('rnr');
export const SessionId = id('ses');
export const ArchitectureId = id('arc');
export const WorkflowId = id('wfl');
export const PipelineId = id('pip');
export const JobId = id('job');
export const AttemptId = z.string().regex(/^job_[0-9a-z]{16}\.[1-9][0-9]{0,5}$/, 'not an attempt: job_….N');

export type OrganisationId = z.infer<typeof OrganisationId>;
export type RunnerId = z.infer<typeof RunnerId>;
export type SessionId = z.infer<typeof SessionId>;
export type ArchitectureId = z.infer<typeof ArchitectureId>;
export type WorkflowId = z.infer<typeof WorkflowId>;
export type PipelineId = z.infer<typeof PipelineId>;
export type JobId = z.infer<typeof JobId>;
export type AttemptId = z.infer<typeof AttemptId>;

/** Lower-case hexadecimal SHA-256 of some bytes. */
export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'not a sha256 in lower-case hexadecimal');
export type Sha256 = z.infer<typeof Sha256>;

/** Milliseconds since 1970, by the clock of whoever stamped it. */
export const Timestamp = z.number().int().nonnegative();

/** `job_….3` → `job_…` and 3. */
export const fromAttemptId = (attempt: AttemptId): { job: JobId; number: number } => {
  const dot = attempt.lastIndexOf('.');
  return { job: attempt.slice(0, dot), number: Number(attempt.slice(dot + 1)) };
};
export const toAttemptId = (job: JobId, number: number): AttemptId => `${job}.${number}`;
