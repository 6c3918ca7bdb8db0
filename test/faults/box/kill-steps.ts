import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createClock } from '../../../src/io/clock.ts';
import { isAlive } from '../../../src/io/process/proc.ts';
import { killTree } from '../../../src/io/process/kill-tree.ts';
import { readSupervisor } from '../../../src/io/process/step-files.ts';

const listFolders = (path: string): string[] => {
  try {
    return readdirSync(path).map((name) => join(path, name));
  } catch {
    return [];
  }
};

/** SIGKILL to every step that has a supervisor below this state directory, as the end of the host would. */
export const killSteps = async (stateDirectory: string): Promise<void> => {
  const clock = createClock();
  for (const job of listFolders(join(stateDirectory, 'jobs'))) {
    for (const step of listFolders(join(job, 'steps'))) {
      const supervisor = readSupervisor(step);
      if (supervisor && isAlive(supervisor.outer)) await killTree(supervisor.outer, clock);
    }
  }
};
