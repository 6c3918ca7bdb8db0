import { type Entry, entry } from './entry.ts';

/** State, plans, and the evidence about them. */
export const STATE_ERRORS = {
  STATE_PATH: entry(
    400,
    2,
    'The path of the local backend, {path}, leaves the workspace.',
    'Use a path inside the module, or leave `path` out.',
  ),
  STATE_UNREADABLE: entry(
    400,
    1,
    'The state file {path} is not whole: {problem}.',
    'The last whole version is kept; look at what wrote it.',
  ),
  STATE_LINEAGE: entry(
    409,
    1,
    'The state has lineage {lineage}, and {architecture} has {current}.',
    'It belongs to other resources; it was kept as evidence and not stored.',
  ),
  STATE_SERIAL: entry(
    409,
    1,
    'The state has serial {serial}, and {architecture} is at {current}.',
    'Pull the newer state first; this one was kept as evidence and not stored.',
  ),
  STATE_NOT_HELD: entry(
    409,
    1,
    'The attempt {attempt} does not hold {architecture}, so its state was not stored.',
    'It was kept as evidence.',
  ),
  ARCHITECTURE_LOCKED: entry(
    409,
    1,
    'The architecture {architecture} is held by {holder}.',
    'Wait until that job is over.',
  ),
  NOTHING_TO_RESOLVE: entry(
    409,
    1,
    'The pipeline {pipeline} has nothing to resolve: {problem}.',
    'See `signalbox pipeline show {pipeline}`.',
  ),
  RESOLUTION_REFUSED: entry(
    409,
    1,
    'The pipeline {pipeline} was not resolved: {problem}.',
    'Look at `signalbox pipeline evidence {pipeline}`, and settle it in another way.',
  ),
  NOT_WAITING: entry(
    409,
    1,
    'The job {job} does not wait for approval: it is {status}.',
    'Look at its pipeline; somebody may have decided already.',
  ),
  PLAN_MOVED: entry(
    409,
    1,
    'The saved plan no longer fits: {moved}.',
    'Nothing was started. Plan again and apply that plan.',
  ),
  TOOL_EVIDENCE: entry(
    500,
    1,
    'Step `{step}` ended with exit code {exitCode}, and its own messages say otherwise: {problem}.',
    'Look at its output, and at the state, before running again.',
  ),
  PLAN_EVIDENCE: entry(
    500,
    1,
    'The tool ended with exit code {exitCode}, and its plan says otherwise: {problem}.',
    'The plan was not used. Look at the output of the step.',
  ),
} as const satisfies Record<string, Entry>;
