import { fromCallback } from 'xstate';
import type { RecoveryFact } from '../machines/runner.setup.ts';
import { toReason } from '../protocol/errors.ts';
import { AttemptId } from '../protocol/ids.ts';
import type { Attempts } from './attempt.ts';
import { recoverJob } from './recover-job.ts';
import type { World } from './world.ts';

/** So many at once: each waits for the disk, and for a program that looks at a lock. */
const AT_ONCE = 16;

/** Reads the journals of earlier lives and tells what each job left; one that cannot be read is left where it lies, and said. */
export const createRecoverJobs = (world: World, attempts: Attempts) =>
  fromCallback<{ type: 'never' }, { name: string }>(({ sendBack }) => {
    const tell = (fact: RecoveryFact) => sendBack(fact);
    const take = async (id: string): Promise<void> => {
      try {
        const job = await recoverJob(world, attempts, id);
        if (job) tell({ type: 'job.found', job });
        else await clearAway(world, id);
      } catch (error) {
        world.logger.error(
          { attempt: id, reason: toReason(error) },
          'a job of an earlier process cannot be taken over',
        );
      }
    };
    const recover = async (): Promise<void> => {
      const left = (await world.jobFiles.unsealed()).values();
      const work = async (): Promise<void> => {
        for (const id of left) await take(id);
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      tell({ type: 'recovery.finished' });
      await world.jobFiles.prune(world.clock.now()).catch(() => {});
    };
    recover().catch((error: unknown) => tell({ type: 'recovery.failed', reason: toReason(error) }));
  });

/** Of a job that is over, or that never began: all but its trace. */
const clearAway = async (world: World, id: string): Promise<void> => {
  await world.workspaces.remove(AttemptId.parse(id));
  await world.jobFiles.at(id).seal();
};
