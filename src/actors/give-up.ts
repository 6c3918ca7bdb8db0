import type { JobDirectory } from '../io/disk/job-files.ts';
import { SignalboxError, toReason } from '../protocol/errors.ts';
import type { StepSpec } from '../protocol/job.ts';
import { toLifeHeader } from './life-header.ts';
import type { World } from './world.ts';

/**
 * Gives up an attempt whose step was lost with its host before anything irreversible was permitted. Its trace is closed, and it
 * is not named when the session opens: so the control plane queues the job again, under a new attempt with a higher fence.
 */
export const giveUp = async (
  world: World,
  left: { attempt: string; directory: JobDirectory; life: number; step: StepSpec },
): Promise<void> => {
  const { attempt, directory, life, step } = left;
  const reason = toReason(new SignalboxError('STEP_LOST', { step: step.key }));
  world.logger.warn({ attempt, reason }, 'a step was lost with its host: the job will run again as a new attempt');
  const journal = await world.openJournal(directory.journal);
  journal.append(toLifeHeader(world, attempt, life));
  const data = { abandoned: { step: step.key, reason } };
  journal.append({ kind: 'mark', at: world.clock.now(), mark: 'sealed', data });
  // On a full disk it is the removal that makes room for the last line.
  await journal.barrier().catch(() => {});
  await world.workspaces.remove(attempt);
  await directory.seal();
  await journal.close();
};
