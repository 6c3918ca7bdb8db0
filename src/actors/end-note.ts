import type { JobOutcome } from '../machines/job-outcome.ts';
import type { StateHead } from '../protocol/job.ts';

/** What is known of the state when a job that may change it is over. */
export interface StateFound {
  /** Before the job; null: there was none. */
  before: StateHead | null;
  /** The newest whole one in the workspace, or that the control plane has of this job. */
  after: StateHead | null;
  /** `gone`: the workspace is; `torn`: the file is not whole. */
  file: 'whole' | 'missing' | 'torn' | 'gone';
}

/** What happened to the state, in one sentence or two: for the log, and for the person who has to look. */
export const tellState = ({ before, after, file }: StateFound): string => {
  // Not even what this runner stored last: that is known here only where it had time to write it down.
  if (file === 'gone' && after === null)
    return 'The workspace is gone: the state is what the control plane has, and what came after that was lost.';
  const was = before === null ? 'there was none before' : `it was ${before.serial} before`;
  const told =
    after === null
      ? 'No state was written.'
      : after.serial === before?.serial
        ? `The state was not changed: its serial is ${after.serial} still.`
        : `The state was stored up to serial ${after.serial} (${was}).`;
  if (file === 'gone') return `${told} The workspace is gone: what came after that was lost with it.`;
  return file === 'torn' ? `${told} What was written after that is not whole, and is kept as evidence.` : told;
};

/** What happened to the lock: `needsReconciliation` keeps it. */
export const tellLock = ({ conclusion, reason }: JobOutcome): string => {
  if (conclusion === 'needsReconciliation') return 'The architecture stays blocked until someone resolves it.';
  return reason?.code === 'LEASE_LOST'
    ? 'The architecture is held by a newer attempt.'
    : 'The architecture is free again.';
};
