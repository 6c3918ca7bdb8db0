import type { Reason } from '../protocol/status.ts';

/** What is tried again, and how often: failures of the world around a job, never of its code, and never its own doing. */
interface Rule {
  /** How often preparing is tried again; Infinity: for as long as the lease stands. */
  preparing: number;
  /** How often gathering what a job leaves is tried again. */
  concluding: number;
  /** Whether a `read` or `idempotent` step that failed so may be tried again, within its own `retries`. */
  step: boolean;
  /** The longest pause before the next try. */
  maxPauseMs: number;
  why: string;
}

const FIRST_PAUSE_MS = 1000;
const MAX_PAUSE_MS = 30_000;
const no = { preparing: 0, concluding: 0, step: false, maxPauseMs: MAX_PAUSE_MS };

/** Every code that is not here is final at once: trying again would only repeat the answer. */
export const RETRYABLE: Readonly<Record<string, Rule>> = {
  CONTROL_PLANE_UNREACHABLE: {
    ...no,
    preparing: Infinity,
    concluding: Infinity,
    maxPauseMs: 5000,
    why: 'An outage ends; source bundle, state and plan lie at the control plane alone.',
  },
  TOOL_UNREACHABLE: {
    ...no,
    preparing: 4,
    why: 'A mirror or the network on the way was down; nothing was installed.',
  },
  DIGEST_MISMATCH: { ...no, preparing: 2, why: 'The bundle was damaged on its way; the control plane has it whole.' },
  DISK_FULL: {
    ...no,
    preparing: 8,
    concluding: Infinity,
    step: true,
    why: 'Room comes back. A job that did nothing yet may fail in the end; what one did is never given up.',
  },
  JOURNAL_FAILED: {
    ...no,
    preparing: 8,
    concluding: Infinity,
    step: true,
    why: 'As with a full disk: nothing is done that could not be written down first.',
  },
  STEP_NOT_STARTED: { ...no, step: true, why: 'The host could not start a process; the command never ran.' },
  STEP_LOST: { ...no, step: true, why: 'The supervisor was killed, as by a host short of memory.' },
};

export const mayPrepareAgain = ({ code }: Reason, tries: number): boolean => tries < (RETRYABLE[code]?.preparing ?? 0);
export const mayConcludeAgain = ({ code }: Reason, tries: number): boolean =>
  tries < (RETRYABLE[code]?.concluding ?? 0);
export const mayStepAgain = ({ code }: Reason): boolean => RETRYABLE[code]?.step ?? false;

/** How many tries there are in all; null: no end is set. */
export const maxTries = ({ code }: Reason): number | null => {
  const again = RETRYABLE[code]?.preparing ?? 0;
  return again === Infinity ? null : again + 1;
};

/** Twice as long each time, up to the cap. `tries`: how many there were before the one that failed. */
export const retryPauseMs = (tries: number, reason: Reason | null): number =>
  Math.min((reason && RETRYABLE[reason.code]?.maxPauseMs) ?? MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(tries, 10));
