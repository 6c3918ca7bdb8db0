import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Arm } from '../arm.ts';
import { alternate, median, nowMs } from '../rounds.ts';
import { atMost } from '../row.ts';

/** Long enough for every pause between two tries to have grown to its longest. */
const OUTAGE_MS = 2500;
/** Each round meets the tries at another moment. */
const SHIFT_MS = 170;
const LOOK_MS = 10;

/** The control plane is killed in mid step, the step ends meanwhile, the control plane comes back → the result is sealed. */
export const deliver: Arm = {
  name: 'deliver',
  run: async ({ system, programs, directory, rounds }) => {
    const dir = join(directory, 'module');
    mkdirSync(dir);
    writeFileSync(join(dir, 'README'), 'nothing');
    const [go, over] = [join(directory, 'go'), join(directory, 'over')];
    const script = `echo begun; while [ ! -e ${go} ] && [ -d ${dir} ]; do sleep 0.01; done; echo ended; echo > ${over}`;
    const options = await system.makeRunner();
    await system.startRunner(programs.runner, options);
    const ready = await system.makeReady('script', dir, [[{ key: 'wait', options: { script } }]]);
    const { controlPlane } = system;

    const runOurs = async (round: number) => {
      const begun = system.appended(({ text }) => /^begun$/m.test(text));
      const pipeline = await system.startPipeline(ready);
      await begun;
      await controlPlane.kill();
      writeFileSync(go, '');
      while (!existsSync(over)) await pause(LOOK_MS);
      await pause(OUTAGE_MS + SHIFT_MS * round);
      const servedAt = await controlPlane.start();
      await system.finish(pipeline);
      const sealedAt = nowMs();
      for (const path of [go, over]) rmSync(path);
      return sealedAt - servedAt;
    };
    const { ours } = await alternate(rounds ?? 4, runOurs, async () => null);
    const row = { arm: 'deliver', unit: 'ms', floor: null, ratio: null };
    return [
      { ...row, what: 'control plane back → result sealed, p50', ours: median(ours), goal: null },
      { ...row, what: 'the same, the slowest', ours: Math.max(...ours), goal: atMost(2000) },
    ];
  },
};
