import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PipelineItem } from '../../../src/protocol/rest.ts';
import type { Arm } from '../arm.ts';
import { runToEnd } from '../child.ts';
import { alternate, median, medianRatio, nowMs } from '../rounds.ts';
import { ratioAtLeast, type Row } from '../row.ts';

const CHILDREN = 2000;
/** Of all jobs, while the runner's code is not compiled yet. */
const WARM_UP = 0.25;

/** Jobs that do nothing, all enqueued beforehand, through the full cage; beside it `xargs` with as many at once. */
export const noOp: Arm = {
  name: 'no-op',
  run: async ({ system, programs, directory, rounds }) => {
    const dir = join(directory, 'module');
    mkdirSync(dir);
    writeFileSync(join(dir, 'README'), 'nothing');

    const runOurs = async (slots: number, count: number): Promise<number> => {
      const ready = await system.makeReady('script', dir, [[{ key: 'no-op', options: { script: ':' } }]]);
      let last = await system.startPipeline(ready);
      for (let made = 1; made < count; made++) last = await system.startPipeline(ready);
      const runner = await system.startRunner(programs.runner, { slots });
      await system.finish(last);
      const path = `/api/pipelines?limit=200&architecture=${ready.architecture}`;
      let ends: number[] = [];
      while (ends.length < count) {
        const { pipelines } = await system.call<{ pipelines: PipelineItem[] }>('GET', path);
        ends = pipelines.flatMap(({ finishedAt }) => (finishedAt === null ? [] : [finishedAt]));
      }
      await runner.stop();
      const counted = ends.toSorted((a, b) => a - b).slice(Math.floor(count * WARM_UP));
      return ((counted.length - 1) * 1000) / (counted.at(-1)! - counted[0]!);
    };
    const runFloor = async (slots: number): Promise<number> => {
      const startedAt = nowMs();
      await runToEnd('sh', ['-c', `seq ${CHILDREN} | xargs -P ${slots} -n 1 sh -c :`]);
      return (CHILDREN * 1000) / (nowMs() - startedAt);
    };
    const rows: Row[] = [];
    for (const [slots, count] of [
      [1, 60],
      [16, 200],
    ] as const) {
      const { ours, floor } = await alternate(
        rounds ?? 3,
        () => runOurs(slots, count),
        () => runFloor(slots),
      );
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
