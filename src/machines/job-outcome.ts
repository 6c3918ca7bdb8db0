import type { StepOutput } from './step-outcome.ts';
import type { Conclusion, Reason } from '../protocol/status.ts';

/** What the job came to, before its delivery. */
export interface JobOutcome {
  conclusion: Conclusion;
  reason: Reason | null;
  exitCode: number | null;
}

interface Ended {
  done: readonly Pick<StepOutput, 'conclusion' | 'reason' | 'exitCode'>[];
  failure: Reason | null;
  stopped: 'cancelled' | 'timedOut' | null;
  /** Steps that were planned and never made. */
  left: number;
  lease?: 'fenced' | 'lost' | null;
  /** What is known of the state where a person has to look. */
  note?: string | null;
}

/** The worst that any step came to; a stop counts only where something was left undone. */
export const concludeJob = ({ done, failure, stopped, left, lease, note }: Ended): JobOutcome => {
  const exitCode = done.findLast((step) => step.exitCode !== null)?.exitCode ?? null;
  const unknown = done.find(({ conclusion }) => conclusion === 'needsReconciliation');
  if (unknown) {
    const reason =
      unknown.reason && note ? { ...unknown.reason, message: `${unknown.reason.message} ${note}` } : unknown.reason;
    return { conclusion: 'needsReconciliation', reason, exitCode };
  }
  const broken = done.find(({ conclusion }) => conclusion !== 'succeeded');
  if (stopped && (broken || left > 0 || done.length === 0))
    return { conclusion: stopped, reason: STOPPED[stopped], exitCode };
  if (lease && (broken ? broken.conclusion === 'cancelled' : left > 0 || done.length === 0))
    return { conclusion: broken ? 'cancelled' : 'failed', reason: LEASE_LOST, exitCode };
  if (broken) {
    const conclusion = broken.conclusion === 'skipped' ? 'cancelled' : broken.conclusion;
    return { conclusion, reason: broken.reason, exitCode };
  }
  if (failure) return { conclusion: 'failed', reason: failure, exitCode };
  return { conclusion: 'succeeded', reason: null, exitCode };
};

const LEASE_LOST: Reason = {
  code: 'LEASE_LOST',
  message: 'The control plane gave the job to somebody else; no further step was started.',
};
const STOPPED: Record<'cancelled' | 'timedOut', Reason> = {
  cancelled: { code: 'STEP_CANCELLED', message: 'The job was stopped on request.' },
  timedOut: { code: 'JOB_TIMED_OUT', message: 'The job ran longer than it may and was interrupted.' },
};
