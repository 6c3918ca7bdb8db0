import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PipelineItem } from '../../../src/protocol/rest.ts';
import type { Arm } from '../arm.ts';
import { runToEnd, type Child } from '../child.ts';
import { alternate, median, medianRatio, nowMs } from '../rounds.ts';
import { ratioAtLeast, type Row } from '../row.ts';

const CHILDREN = 2000;

/** Jobs that do nothing, all enqueued beforehand, through the full cage; beside it `xargs` with as many at once. */
export const noOp: Arm = {
  name: 'no-op',
  run: async ({ system, programs, directory, rounds }) => {
    const dir = join(directory, 'module');
    mkdirSync(dir);
    writeFileSync(join(dir, 'README'), 'nothing');

    const stages = [[{ key: 'no-op', options: { script: ':' } }]];
    const runOurs = async ({ pid }: Child, count: number): Promise<number> => {
      const ready = await system.makeReady('script', dir, stages);
      // Held still meanwhile: enqueueing is not what is measured.
      process.kill(pid, 'SIGSTOP');
      let last = await system.startPipeline(ready);
      for (let made = 1; made < count; made++) last = await system.startPipeline(ready);
      const startedAt = nowMs();
      process.kill(pid, 'SIGCONT');
      await system.finish(last);
      const path = `/api/pipelines?limit=200&architecture=${ready.architecture}`;
      for (let isOver = false; !isOver;) {
        const { pipelines } = await system.call<{ pipelines: PipelineItem[] }>('GET', path);
        isOver = pipelines.every(({ finishedAt }) => finishedAt !== null);
      }
      return (count * 1000) / (nowMs() - startedAt);
    };
    const runFloor = async (slots: number): Promise<number> => {
      const startedAt = nowMs();
      await runToEnd('sh', ['-c', `seq ${CHILDREN} | xargs -P ${slots} -n 1 sh -c :`]);
      return (CHILDREN * 1000) / (nowMs() - startedAt);
    };
    const rows: Row[] = [];
    for (const [slots, count] of [
      [1, 50],
      [16, 150],
    ] as const) {
      const runner = await system.startRunner(programs.runner, { slots });
      // The first jobs of a process wait for its code to be compiled.
      await runOurs(runner, count);
      const { ours, floor } = await alternate(
        rounds ?? 3,
        () => runOurs(runner, count),
        () => runFloor(slots),
      );
      await runner.stop();
      rows.push({
        arm: 'no-op',
        what: `jobs that do nothing, ${slots === 1 ? 'one slot' : `${slots} slots`}`,
        unit: 'jobs/s',
        ours: median(ours),
        floor: median(floor),
        ratio: medianRatio(ours, floor),
        goal: slots === 1 ? null : ratioAtLeast(0.05),
      });
    }
    return rows;
  },
};
