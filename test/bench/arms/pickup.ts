import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Arm } from '../arm.ts';
import { startBareServer } from '../bare-server.ts';
import { CHILD_ENV } from '../child.ts';
import { send } from '../client.ts';
import { alternate, median, medianRatio, nowMs, quantile } from '../rounds.ts';
import { atMost, ratioAtMost } from '../row.ts';

const WORD = 'first-byte-of-the-step';

/** A job is enqueued → the first byte of its step is at the server; beside it a bare request and a bare process. */
export const pickup: Arm = {
  name: 'pickup',
  run: async ({ system, programs, directory, rounds }) => {
    const dir = join(directory, 'module');
    mkdirSync(dir);
    writeFileSync(join(dir, 'README'), 'nothing');
    await system.startRunner(programs.runner);
    const ready = await system.makeReady('script', dir, [[{ key: 'echo', options: { script: `echo ${WORD}` } }]]);
    const bare = await startBareServer();

    const runOurs = async () => {
      // The command line that the log announces has the word too; the output has it alone on its line.
      const seen = system.appended(({ text }) => new RegExp(`^${WORD}$`, 'm').test(text));
      const startedAt = nowMs();
      const pipeline = await system.startPipeline(ready);
      const tookMs = (await seen) - startedAt;
      await system.finish(pipeline);
      return tookMs;
    };
    const runFloor = async () => {
      const startedAt = nowMs();
      await send('POST', bare.url, {}, '{}');
      const child = spawn('sh', ['-c', `echo ${WORD}`], { stdio: ['ignore', 'pipe', 'ignore'], env: CHILD_ENV });
      await once(child.stdout, 'data');
      const tookMs = nowMs() - startedAt;
      await once(child, 'exit');
      return tookMs;
    };
    await alternate(5, runOurs, runFloor);
    const { ours, floor } = await alternate(rounds ?? 60, runOurs, runFloor);
    bare.close();
    const row = { arm: 'pickup', unit: 'ms' };
    return [
      {
        ...row,
        what: 'enqueued → first byte of the step at the server, p50',
        ours: median(ours),
        floor: median(floor),
        ratio: medianRatio(ours, floor),
        goal: ratioAtMost(3),
      },
      {
        ...row,
        what: 'the same, p99',
        ours: quantile(ours, 0.99),
        floor: quantile(floor, 0.99),
        ratio: null,
        goal: atMost(100),
      },
    ];
  },
};
