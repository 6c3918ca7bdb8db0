import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readTrace } from '../../../src/trace/read.ts';
import type { Arm } from '../arm.ts';
import { runToEnd } from '../child.ts';
import { alternate, fromWall, median, medianRatio, nowMs } from '../rounds.ts';
import { atMost } from '../row.ts';

/** Between the end of one runner and the start of the next: what was on its way has arrived. */
const GAP_MS = 200;

/** A runner is killed in mid step → its successor has the step again; beside it `node -e 0`. */
export const readopt: Arm = {
  name: 'readopt',
  run: async ({ system, programs, directory, rounds }) => {
    const dir = join(directory, 'module');
    mkdirSync(dir);
    writeFileSync(join(dir, 'README'), 'nothing');
    const stop = join(directory, 'stop');
    const script = `i=0; while [ ! -e ${stop} ] && [ -d ${dir} ]; do i=$((i + 1)); echo tick $i; sleep 0.02; done`;
    const ready = await system.makeReady('script', dir, [[{ key: 'tick', options: { script } }]]);
    const options = await system.makeRunner();
    let runner = await system.startRunner(programs.runner, options);

    /** When the process was taken over, by the journal. */
    const readAdoption = (attempt: string): number => {
      const path = join(options.stateDirectory, 'jobs', attempt, 'trace.ndjson');
      const entries = readTrace(readFileSync(path, 'utf8'), path).flatMap((life) => life.entries);
      const started = entries.find((entry) => entry.kind === 'event' && entry.event['adopted'] === true);
      if (!started) throw new Error('the step was not adopted');
      return fromWall(started.at);
    };
    const runOurs = async () => {
      const begun = system.appended(({ text }) => /^tick 1$/m.test(text));
      const pipeline = await system.startPipeline(ready);
      await begun;
      await runner.kill();
      await pause(GAP_MS);
      const startedAt = nowMs();
      const seen = system.appended(() => true);
      runner = await system.startRunner(programs.runner, options);
      const seenAt = await seen;
      writeFileSync(stop, '');
      const { jobs } = await system.finish(pipeline);
      rmSync(stop);
      return { adopted: readAdoption(`${jobs[0]?.id}.1`) - startedAt, seen: seenAt - startedAt };
    };
    const runFloor = async () => {
      const startedAt = nowMs();
      await runToEnd(process.execPath, ['-e', '0']);
      return nowMs() - startedAt;
    };
    const { ours, floor } = await alternate(rounds ?? 7, runOurs, runFloor);
    const [adopted, seen] = [ours.map((round) => round.adopted), ours.map((round) => round.seen)];
    const row = { arm: 'readopt', unit: 'ms' };
    return [
      {
        ...row,
        what: 'runner killed: its successor’s process → the step adopted, p50, against `node -e 0`',
        ours: median(adopted),
        floor: median(floor),
        ratio: medianRatio(adopted, floor),
        goal: null,
      },
      {
        ...row,
        what: 'the same, the slowest',
        ours: Math.max(...adopted),
        floor: null,
        ratio: null,
        goal: atMost(1000),
      },
      { ...row, what: '→ its output arrives again, p50', ours: median(seen), floor: null, ratio: null, goal: null },
    ];
  },
};
