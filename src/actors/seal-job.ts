import { fromPromise } from 'xstate';
import { attemptOf, type Attempts } from './attempt.ts';
import type { World } from './world.ts';

/** Old traces are looked for once in so many jobs: the look costs more, the more there are. */
const PRUNE_EVERY = 100;

/** Removes everything of the job from this host but its trace. */
export const createSealJob = (world: World, attempts: Attempts) => {
  let sealed = 0;
  return fromPromise<void, { attempt: string }>(async ({ input }) => {
    const { journal, directory, spec } = attemptOf(attempts, input.attempt);
    journal.append({ kind: 'mark', at: world.clock.now(), mark: 'sealed', data: null });
    // On a full disk it is the removal that makes room: the mark is written when the journal is closed.
    await journal.barrier().catch(() => {});
    await world.workspaces.remove(spec.attempt);
    await directory.seal();
    sealed += 1;
    if (sealed % PRUNE_EVERY === 0) await world.jobFiles.prune(world.clock.now());
  });
};
