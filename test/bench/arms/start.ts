import type { Arm } from '../arm.ts';
import { runToEnd } from '../child.ts';
import { alternate, median, medianRatio, nowMs } from '../rounds.ts';
import { atMost } from '../row.ts';

/** From the start of the runner's process to its first poll at the server; beside it `node -e 0`. */
export const start: Arm = {
  name: 'start',
  run: async ({ system, programs, rounds }) => {
    const time = async (run: () => Promise<void>): Promise<number> => {
      const startedAt = nowMs();
      await run();
      return nowMs() - startedAt;
    };
    const runOurs = async (program: string): Promise<number> => {
      const startedAt = nowMs();
      const polled = system.polled();
      const runner = await system.startCli(program);
      const tookMs = (await polled) - startedAt;
      await runner.stop();
      return tookMs;
    };
    const runFloor = () => time(() => runToEnd(process.execPath, ['-e', '0']));
    const { ours, floor } = await alternate(rounds ?? 7, () => runOurs(programs.cli), runFloor);
    const sources = await runOurs(programs.cliFromSources);
    const row = { arm: 'start', unit: 'ms' };
    return [
      {
        ...row,
        what: '`signalbox runner` → its first poll, from the bundle, against `node -e 0`',
        ours: median(ours),
        floor: median(floor),
        ratio: medianRatio(ours, floor),
        goal: atMost(500),
      },
      { ...row, what: 'the same from the sources', ours: sources, floor: null, ratio: null, goal: null },
      {
        ...row,
        what: 'control plane: process → serving, a new database',
        ours: system.controlPlane.startedInMs,
        floor: null,
        ratio: null,
        goal: null,
      },
    ];
  },
};
