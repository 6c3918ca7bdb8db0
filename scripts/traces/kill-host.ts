import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createClock } from '../../src/io/clock.ts';
import { killTree } from '../../src/io/process/kill-tree.ts';
import { isAlive } from '../../src/io/process/proc.ts';
import { readSupervisor } from '../../src/io/process/step-files.ts';
import type { RunnerProcess } from '../../test/helpers/signalbox.ts';

/** The end of a host: the runner and everything that its steps run is gone at once, supervisors included. */
export const killHost = async (runner: RunnerProcess): Promise<void> => {
  await runner.kill();
  const jobs = join(runner.stateDirectory, 'jobs');
  for (const job of readdirSync(jobs)) {
    for (const step of readdirSync(join(jobs, job, 'steps'))) {
      const supervisor = readSupervisor(join(jobs, job, 'steps', step));
      if (supervisor && isAlive(supervisor.outer)) await killTree(supervisor.outer, createClock());
    }
  }
};
