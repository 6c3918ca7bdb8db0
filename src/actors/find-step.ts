import type { FoundJob } from '../machines/job.setup.ts';
import type { StepSpec } from '../protocol/job.ts';
import type { World } from './world.ts';

/** What a runner process does with the step that an earlier one had under way. */
export type StepFate =
  /** Its process runs, or has ended and said how; or it is not to be done again, and nobody knows how it ended. */
  | 'adopt'
  /** It never started, or it may be done again here. */
  | 'start'
  /** It cannot be done again here, and what was done before it stands. */
  | 'skip'
  /** Nothing irreversible was permitted: the job runs again from its start. */
  | 'give up';

/** Looks at the folder of a step's last start (null: it has none), and decides by the step's effect. */
export const findStep = async (
  world: World,
  given: {
    step: StepSpec;
    directory: string | null;
    found: Pick<FoundJob, 'cancelled' | 'stopped' | 'lease'>;
    wasPermitted: boolean;
    hasWorkspace: boolean;
  },
): Promise<StepFate> => {
  const { step, directory, found } = given;
  const isStopped = found.cancelled || (found.stopped ?? null) !== null || (found.lease ?? null) !== null;
  /** Where it may be done once more. */
  const again = (): StepFate => {
    if (given.hasWorkspace || isStopped) return 'start';
    if (!given.wasPermitted) return 'give up';
    return step.effect === 'irreversible' ? 'start' : 'skip';
  };
  const process = directory === null ? null : await world.processes.adopt(directory);
  if (process === null) return again();
  // Settled already where it has ended; then it wins.
  const exit = await Promise.race([process.exited, Promise.resolve(null)]);
  process.release();
  const isLost = exit !== null && exit.exitCode === null && exit.signal === null;
  if (!isLost || isStopped || step.effect === 'irreversible') return 'adopt';
  return given.wasPermitted ? again() : 'give up';
};
