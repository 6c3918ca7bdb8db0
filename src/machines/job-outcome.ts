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
}

/** The worst that any step came to; a stop counts only where something was left undone. */
export const concludeJob = ({ done, failure, stopped, left }: Ended): JobOutcome => {
  const exitCode = done.findLast((step) => step.exitCode !== null)?.exitCode ?? null;
  const unknown = done.find(({ conclusion }) => conclusion === 'needsReconciliation');
  if (unknown) return { conclusion: 'needsReconciliation', reason: unknown.reason, exitCode };
  const broken = done.find(({ conclusion }) => conclusion !== 'succeeded');
  if (stopped && (broken || left > 0 || done.length === 0))
    return { conclusion: stopped, reason: STOPPED[stopped], exitCode };
  if (broken) {
    const conclusion = broken.conclusion === 'skipped' ? 'cancelled' : broken.conclusion;
    return { conclusion, reason: broken.reason, exitCode };
  }
  if (failure) return { conclusion: 'failed', reason: failure, exitCode };
  return { conclusion: 'succeeded', reason: null, exitCode };
};

const STOPPED: Record<'cancelled' | 'timedOut', Reason> = {
  cancelled: { code: 'STEP_CANCELLED', message: 'The job was stopped on request.' },
  timedOut: { code: 'JOB_TIMED_OUT', message: 'The job ran longer than it may and was interrupted.' },
};
