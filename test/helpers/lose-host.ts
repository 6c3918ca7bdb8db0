import { setTimeout } from 'node:timers/promises';
import { findOwnProcesses, type LivingProcess } from './living-processes.ts';
import type { RunnerProcess } from './signalbox.ts';

/** What runs for a runner: its supervisors, which name its state directory, and all that descends from them. */
const findTree = (stateDirectory: string): LivingProcess[] => {
  const all = findOwnProcesses(stateDirectory);
  const tree = new Set(all.filter(({ command }) => command.includes(stateDirectory)).map(({ pid }) => pid));
  for (let size = -1; size !== tree.size;) {
    size = tree.size;
    for (const { pid, parent } of all) if (tree.has(parent)) tree.add(pid);
  }
  return all.filter(({ pid }) => tree.has(pid));
};

/** The host burns: the runner goes first, so that it tells nothing of it, then its supervisors and their tools, all by SIGKILL. */
export const loseHost = async (runner: RunnerProcess): Promise<void> => {
  const { stateDirectory } = runner;
  await runner.kill();
  for (let left = findTree(stateDirectory); left.length > 0; left = findTree(stateDirectory)) {
    for (const { pid } of left) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It went with its parent.
      }
    }
    await setTimeout(5);
  }
};
