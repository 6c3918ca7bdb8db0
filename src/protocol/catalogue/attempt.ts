import { type Entry, entry } from './entry.ts';

/** What the control plane and a runner tell each other about a job. */
export const ATTEMPT_ERRORS = {
  CONTROL_PLANE_UNREACHABLE: entry(
    503,
    1,
    'The control plane at {endpoint} cannot be reached: {problem}.',
    'Check that it is running and that this host may connect to it; the runner keeps trying.',
  ),
  OFFER_TAKEN: entry(409, 1, 'The job {job} was claimed by another runner.', 'Nothing to do.'),
  OFFER_WITHDRAWN: entry(410, 1, 'The offer of {job} was withdrawn.', 'Nothing to do.'),
  FENCED: entry(
    409,
    1,
    'The attempt {attempt} carries fence {fence}, and a newer one holds {current}.',
    'Its late results are kept as evidence.',
  ),
  ATTEMPT_OVER: entry(410, 1, 'The attempt {attempt} is over.', 'Nothing to do.'),
  LEASE_LOST: entry(410, 1, 'The lease of {attempt} was lost.', 'Look at the pipeline page for what became of it.'),
  RUNNER_LOST: entry(
    500,
    1,
    'The runner {runner} {happened}; {doing}.',
    'Look at `signalbox pipeline evidence {pipeline}`, then settle it with `signalbox pipeline resolve {pipeline} --as accept|import|push|discard`.',
  ),
  EVENTS_GAP: entry(409, 1, 'Events of {attempt} skip from {expected} to {got}.', 'Send from the expected one.'),
  PIPELINE_STOPPED: entry(409, 1, 'The pipeline was stopped: {problem}.', 'Run it again when you want to go on.'),
  PERMIT_REFUSED: entry(
    409,
    1,
    'The step {step} was not permitted: {problem}.',
    'Start the pipeline again when the cause is gone.',
  ),
} as const satisfies Record<string, Entry>;
