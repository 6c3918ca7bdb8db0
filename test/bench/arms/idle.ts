import { setTimeout as wait } from 'node:timers/promises';
import type { Arm } from '../arm.ts';
import { startNode } from '../child.ts';
import { readRss } from '../memory.ts';
import { median, medianRatio } from '../rounds.ts';
import { ratioAtMost, type Row } from '../row.ts';

const SETTLE_MS = 6000;

/** Memory of a runner that waits for work; beside it a Node process that waits for nothing. */
export const idle: Arm = {
  name: 'idle',
  run: async ({ system, programs, rounds }) => {
    const bundled: number[] = [];
    const sources: number[] = [];
    const floor: number[] = [];
    for (let round = 0; round < (rounds ?? 3); round++) {
      const children = [
        await system.startCli(programs.cli),
        await system.startCli(programs.cliFromSources),
        startNode(['-e', 'setInterval(()=>{},1e9)'], null),
      ];
      await wait(SETTLE_MS);
      [bundled, sources, floor].forEach((values, index) => values.push(readRss(children[index]?.pid ?? 0)));
      for (const child of children) await child.stop();
    }
    const toRow = (what: string, ours: number[], goal: Row['goal']): Row => ({
      arm: 'idle',
      what,
      unit: 'MiB',
      ours: median(ours),
      floor: median(floor),
      ratio: medianRatio(ours, floor),
      goal,
    });
    return [
      toRow('idle `signalbox runner` from the bundle, against an idle node', bundled, ratioAtMost(1.6)),
      toRow('the same from the sources', sources, null),
    ];
  },
};
