import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Arm } from '../arm.ts';
import { startBareServer } from '../bare-server.ts';
import { CHILD_ENV } from '../child.ts';
import { send } from '../client.ts';
import { alternate, median, medianRatio, nowMs, quantile } from '../rounds.ts';
import { atMost } from '../row.ts';

const TOOL = join(import.meta.dirname, '..', 'note-interrupts.mjs');
const READY = /^ready-to-be-interrupted$/m;

/** Cancel is pressed → the one SIGINT is at the tool; beside it a bare request, then `kill`. */
export const cancel: Arm = {
  name: 'cancel',
  run: async ({ system, programs, directory, rounds }) => {
    const dir = join(directory, 'module');
    mkdirSync(dir);
    writeFileSync(join(dir, 'README'), 'nothing');
    const times = join(directory, 'times');
    const script = `exec ${process.execPath} ${TOOL} ${times}`;
    await system.startRunner(programs.runner);
    const ready = await system.makeReady('script', dir, [[{ key: 'wait', options: { script } }]]);
    const bare = await startBareServer();

    /** When the signal came; there must have been one. */
    const readTime = (): number => {
      const lines = readFileSync(times, 'utf8').trim().split('\n');
      rmSync(times);
      if (lines.length !== 1) throw new Error(`the tool was sent ${lines.length} signals`);
      return Number(BigInt(lines[0] ?? '')) / 1e6;
    };
    const runOurs = async () => {
      const isReady = system.appended(({ text }) => READY.test(text));
      const pipeline = await system.startPipeline(ready);
      await isReady;
      const pressedAt = nowMs();
      await system.call('POST', `/api/pipelines/${pipeline.id}/stop`, {});
      const { status } = await system.until(pipeline, ({ finishedAt }) => finishedAt !== null);
      if (status !== 'terminated') throw new Error(`the pipeline ended ${status}`);
      return readTime() - pressedAt;
    };
    const runFloor = async () => {
      const child = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'inherit'], env: CHILD_ENV });
      const ended = once(child, 'exit');
      await once(child.stdout, 'data');
      const pressedAt = nowMs();
      await send('POST', bare.url, {}, '{}');
      child.kill('SIGINT');
      await ended;
      return readTime() - pressedAt;
    };
    await alternate(3, runOurs, runFloor);
    const { ours, floor } = await alternate(rounds ?? 50, runOurs, runFloor);
    bare.close();
    const row = { arm: 'cancel', unit: 'ms' };
    return [
      {
        ...row,
        what: 'cancel pressed → the one SIGINT at the tool, p50',
        ours: median(ours),
        floor: median(floor),
        ratio: medianRatio(ours, floor),
        goal: null,
      },
      {
        ...row,
        what: 'the same, p99',
        ours: quantile(ours, 0.99),
        floor: quantile(floor, 0.99),
        ratio: null,
        goal: atMost(20),
      },
    ];
  },
};
