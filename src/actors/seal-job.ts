import { fromPromise } from 'xstate';
import { attemptOf, type Attempts } from './attempt.ts';
import type { World } from './world.ts';

/** Removes everything of the job from this host but its trace. */
export const createSealJob = (world: World, attempts: Attempts) =>
  fromPromise<void, { attempt: string }>(async ({ input }) => {
    const { journal, directory, spec } = attemptOf(attempts, input.attempt);
    journal.append({ kind: 'mark', at: world.clock.now(), mark: 'sealed', data: null });
    await journal.barrier();
    await directory.seal();
    await world.workspaces.remove(spec.attempt);
  });
