import type { Arm } from '../arm.ts';
import { createByHand, toStages, writeTrivialModule } from '../by-hand.ts';
import { alternate, median, medianRatio, nowMs } from '../rounds.ts';
import { ratioAtLeast } from '../row.ts';

const LANES = 8;
const RUNS_EACH = 3;

/** Eight architectures planned and applied at once, three times each; beside it eight shells. */
export const eight: Arm = {
  name: 'eight',
  run: async ({ system, programs, directory, rounds }) => {
    const module = writeTrivialModule(directory);
    const byHand = createByHand(module, directory);
    await system.startRunner(programs.runner, { slots: LANES });
    const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);
    const toRate = async (run: (lane: number) => Promise<void>): Promise<number> => {
      const startedAt = nowMs();
      await Promise.all(times(LANES, () => 0).map((_, lane) => run(lane)));
      return (LANES * RUNS_EACH * 60_000) / (nowMs() - startedAt);
    };

    const runOurs = async () => {
      const make = () => system.makeReady('terraform', module, toStages({ requireApproval: false }));
      const lanes = await Promise.all(times(LANES, () => Promise.all(times(RUNS_EACH, make))));
      return toRate(async (lane) => {
        for (const ready of lanes[lane] ?? []) await system.finish(await system.startPipeline(ready));
      });
    };
    const runFloor = async () => {
      const lanes = times(LANES, () => times(RUNS_EACH, byHand.copy));
      return toRate(async (lane) => {
        for (const dir of lanes[lane] ?? []) {
          await byHand.plan(dir);
          await byHand.apply(dir);
        }
      });
    };
    const { ours, floor } = await alternate(rounds ?? 3, runOurs, runFloor);
    return [
      {
        arm: 'eight',
        what: 'eight architectures at once, against eight shells',
        unit: 'plan+apply runs/min',
        ours: median(ours),
        floor: median(floor),
        ratio: medianRatio(ours, floor),
        goal: ratioAtLeast(0.55),
      },
    ];
  },
};
