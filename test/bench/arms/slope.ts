import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Arm } from '../arm.ts';
import { fitSlope } from '../fit-slope.ts';
import { atMost } from '../row.ts';
import type { Holding } from '../watched-runner-main.ts';

const JOBS = 10_000;
const SLOTS = 16;
/** Of one pipeline. */
const BATCH = 50;
/** Pipelines under way at once, so that the slots are never empty. */
const AHEAD = 2;
/** Times at which the memory is looked at; before the first of them caches fill and code is compiled. */
const POINTS = 20;
const WARM_SHARE = 0.1;
/** Before the first look: connections are made, files are open that stay open. */
const WARM_JOBS = 100;
/** Kept-alive connections are let go by then. */
const SETTLE_MS = 70_000;

/** Jobs that do nothing, thousands through one process: what it holds on to, by a line through what is left after collections. */
export const slope: Arm = {
  name: 'slope',
  run: async ({ system, programs, directory, jobs, tell }) => {
    const dir = join(directory, 'module');
    mkdirSync(dir);
    writeFileSync(join(dir, 'README'), 'nothing');
    let told: (holding: Holding) => void = () => {};
    const options = { ...(await system.makeRunner()), slots: SLOTS };
    const program = programs.watchedRunner;
    const runner = await system.startRunner(program, options, (line) => told(JSON.parse(line) as Holding), [
      '--expose-gc',
    ]);
    const look = (): Promise<Holding> => {
      const { promise, resolve } = Promise.withResolvers<Holding>();
      told = resolve;
      process.kill(runner.pid, 'SIGUSR2');
      return promise;
    };
    const task = (index: number) => ({ key: `no-op-${index}`, options: { script: ':' } });
    const ready = await system.makeReady('script', dir, [Array.from({ length: BATCH }, (_, index) => task(index))]);

    const wanted = jobs ?? JOBS;
    let done = 0;
    const runTo = async (count: number): Promise<void> => {
      let started = done;
      const runSome = async (): Promise<void> => {
        while (started < count) {
          started += BATCH;
          await system.finish(await system.startPipeline(ready));
          done += BATCH;
        }
      };
      await Promise.all(Array.from({ length: AHEAD }, runSome));
    };
    await runTo(WARM_JOBS);
    await pause(SETTLE_MS);
    const before = await look();
    const points: { x: number; holding: Holding }[] = [];
    for (let point = 1; point <= POINTS; point++) {
      await runTo((wanted * point) / POINTS);
      const holding = await look();
      tell(`${done} jobs: heap ${holding.heapBytes}, outside ${holding.externalBytes}, resident ${holding.rssBytes}`);
      if (done >= wanted * WARM_SHARE) points.push({ x: done, holding });
    }
    await pause(SETTLE_MS);
    const after = await look();
    const toSlope = (pick: (holding: Holding) => number): number =>
      fitSlope(points.map(({ x, holding }) => ({ x, y: pick(holding) / 1024 })));
    const row = { arm: 'slope', unit: 'KB/job', floor: null, ratio: null };
    return [
      {
        ...row,
        what: `memory of the runner over ${done} jobs, after collections`,
        ours: toSlope(({ heapBytes, externalBytes }) => heapBytes + externalBytes),
        goal: atMost(0.5),
      },
      { ...row, what: 'its resident memory meanwhile', ours: toSlope(({ rssBytes }) => rssBytes), goal: null },
      ...(['descriptors', 'timers', 'entries'] as const).map((key) => ({
        ...row,
        what: {
          descriptors: 'descriptors left',
          timers: 'timers left',
          entries: 'files and folders left, traces aside',
        }[key],
        unit: '',
        ours: after[key] - before[key],
        goal: atMost(0),
      })),
    ];
  },
};
