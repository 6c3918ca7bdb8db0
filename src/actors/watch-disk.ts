import { fromCallback } from 'xstate';
import type { HostFact } from '../machines/runner.setup.ts';
import { toReason } from '../protocol/errors.ts';
import type { World } from './world.ts';

/** Looks at the runner's disk and journals, and tells when either stops or begins to be well. */
export const createWatchDisk = (world: World) =>
  fromCallback<{ type: 'never' }, { name: string }>(({ sendBack }) => {
    const tell = (fact: HostFact) => sendBack(fact);
    const stop = new AbortController();
    const { disk, logger } = world;
    const watch = async (): Promise<void> => {
      let told: string | null = null;
      while (!stop.signal.aborted) {
        const problem = await disk.look();
        if (stop.signal.aborted) return;
        if (problem !== null && problem.message !== told) {
          const reason = toReason(problem);
          // Once for each problem; how much is free changes all the time.
          if (told === null) logger.error({ reason }, `${problem.message} Running jobs go on; no new one is taken.`);
          tell({ type: 'disk.full', reason });
        } else if (problem === null && told !== null) {
          logger.info({}, 'the disk is well again: jobs are taken');
          tell({ type: 'disk.well' });
        }
        told = problem?.message ?? null;
        await disk.changed(stop.signal);
      }
    };
    void watch();
    return () => stop.abort();
  });
