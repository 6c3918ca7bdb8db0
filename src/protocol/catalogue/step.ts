import { type Entry, entry } from './entry.ts';

/** What became of a step or a job, and of its recorded trace. */
export const STEP_ERRORS = {
  STEP_FAILED: entry(500, 1, 'Step `{step}` ended with exit code {exitCode}.', 'Its output says why.'),
  STEP_SIGNALLED: entry(
    500,
    1,
    'Step `{step}` was ended by {signal}.',
    "Look at the host: memory, or somebody's kill.",
  ),
  STEP_TIMED_OUT: entry(
    500,
    1,
    'Step `{step}` ran longer than {limitMs} ms and was interrupted.',
    'Raise the limit, or make the step faster.',
  ),
  STEP_CANCELLED: entry(500, 1, 'Step `{step}` was interrupted on request.', 'Nothing to do.'),
  STEP_FORCED: entry(
    500,
    1,
    "Step `{step}` was killed before its end, by an administrator's explicit act.",
    'Look at the state and at the world, then settle it: `signalbox pipeline resolve`.',
  ),
  STEP_NOT_STARTED: entry(
    500,
    1,
    'Step `{step}` could not be started: {problem}.',
    'Check that the program exists and may be run.',
  ),
  STEP_LOST: entry(
    500,
    1,
    'Step `{step}` ended without telling its exit code.',
    'Its supervisor was killed; look at the state before running again.',
  ),
  HOST_LACKS: entry(
    424,
    2,
    'This host lacks {program}, which steps are started with: {problem}.',
    'Install util-linux and coreutils (8.31 or newer), or run in the image of the runner.',
  ),
  JOB_TIMED_OUT: entry(
    500,
    1,
    'The job ran longer than {limitMs} ms and was interrupted.',
    'Raise `job_max_execution_time`, or split the job.',
  ),
  JOURNAL_FAILED: entry(
    500,
    1,
    'The journal {path} cannot be written: {problem}.',
    'Free some space; nothing that was acknowledged is lost.',
  ),
  TRACE_UNREADABLE: entry(400, 2, '{path}, line {line}: {problem}.', 'It is no trace, or it was damaged.'),
  TRACE_TOO_NEW: entry(
    400,
    2,
    '{path} is of a format from the future: version {version}, and this program reads up to {known}.',
    'Read it with the Signalbox that wrote it, or a newer one.',
  ),
  TRACE_DIVERGES: entry(
    400,
    1,
    '{path}: {divergence}.',
    'The trace was changed, or a machine was, in a way that breaks recorded jobs: see docs/replay.md.',
  ),
} as const satisfies Record<string, Entry>;
