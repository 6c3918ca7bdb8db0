import { existsSync, watch, writeFileSync } from 'node:fs';
import type { Clock } from '../clock.ts';
import { killTree } from './kill-tree.ts';
import { isAlive, sendSignal, type Identity } from './proc.ts';
import type { ProcessExit } from './process.ts';
import { hasBeenSignalled, isLocked, readExit, readSupervisor, toSilentExit } from './step-files.ts';

const LIVENESS_MS = 250;
const ENDING_MS = 5;
const REQUEST_MS = 20;
const MAX_REQUEST_MS = 5_000;

interface Context {
  readonly dir: string;
  readonly flock: string;
  readonly clock: Clock;
}

/** Whether anything of the supervisor is left. The pids are asked first: the lock costs a program. */
export const isSupervised = async ({ dir, flock }: Context): Promise<boolean> => {
  const supervisor = readSupervisor(dir);
  if (supervisor !== null && (isAlive(supervisor.outer) || isAlive(supervisor.inner))) return true;
  return isLocked(flock, dir);
};

/** Writes the request down and wakes the supervisor until it has acted on it; that it acts once is its own affair. */
export const requestInterrupt = async ({ dir, clock }: Context): Promise<void> => {
  // Where the step has ended and been cleared away there is nothing to ask.
  if (!existsSync(dir) || readExit(dir) !== null) return;
  writeFileSync(`${dir}/interrupt`, '');
  for (let waitedMs = 0; waitedMs < MAX_REQUEST_MS; waitedMs += REQUEST_MS) {
    const supervisor = readSupervisor(dir);
    if (supervisor !== null && !sendSignal(supervisor.inner, 'SIGUSR1')) return;
    await clock.wait(REQUEST_MS);
    if (hasBeenSignalled(dir) || readExit(dir) !== null) return;
  }
};

/** SIGKILL to the whole tree; returns when none of it is left. */
export const forceStep = async ({ dir, clock }: Context, outer: Identity): Promise<void> => {
  const isLeft = () => [outer, readSupervisor(dir)?.inner ?? outer].some(isAlive);
  if (!isLeft() || readExit(dir) !== null) return;
  writeFileSync(`${dir}/forced`, '');
  while (isLeft()) {
    // Read again in each round: the innermost process may only just be coming to be.
    const supervisor = readSupervisor(dir);
    if (supervisor?.kind === 'namespace') {
      // The outer one first: `unshare` complains in the step's output when it sees its child killed.
      for (const one of [supervisor.outer, supervisor.inner]) sendSignal(one, 'SIGKILL');
    } else for (const root of [outer, supervisor?.inner ?? outer]) await killTree(root, clock);
    if (isLeft()) await clock.wait(ENDING_MS);
  }
};

/** Watches a step that another process started. `onEnd` is called once, unless the watch is stopped before. */
export const watchStep = (context: Context, onEnd: (exit: ProcessExit) => void): (() => void) => {
  const { dir, clock } = context;
  let isStopped = false;
  let timer: unknown = null;
  let isLooking = false;
  const stop = () => {
    isStopped = true;
    clock.clearTimeout(timer);
    watcher?.close();
  };
  const look = async () => {
    if (isStopped || isLooking) return;
    isLooking = true;
    clock.clearTimeout(timer);
    const isLeft = await isSupervised(context);
    isLooking = false;
    if (isStopped) return;
    const exit = readExit(dir);
    if (isLeft) {
      timer = clock.setTimeout(() => void look(), exit === null ? LIVENESS_MS : ENDING_MS);
      return;
    }
    stop();
    onEnd(exit ?? toSilentExit(dir, clock.now()));
  };
  const watcher = createWatcher(`${dir}/exit`, () => void look());
  void look();
  return stop;
};

/** Only quickens: where the host has no watches left, the timer does it alone. */
const createWatcher = (path: string, onChange: () => void): { close(): void } | null => {
  try {
    return watch(path, onChange).on('error', () => {});
  } catch {
    return null;
  }
};
