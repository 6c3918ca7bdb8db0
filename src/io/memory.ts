import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Clock } from './clock.ts';

/** Where the engine is asked to let go of what it does not use. */
export interface Memory {
  stop(): void;
}

type Collect = (options: { type: 'major'; execution: 'sync'; flavor: 'last-resort' }) => void;

const LOOK_MS = 2000;

/**
 * Gives memory back while there is nothing to do: once after the start, and once after each time of work. By itself the engine
 * keeps what starting took (10 MiB of an idle runner), and every process that is started later copies the tables of all of it.
 */
export const keepMemorySmall = ({ clock, isIdle }: { clock: Clock; isIdle: () => boolean }): Memory => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as Collect;
  const stop = new AbortController();
  const watch = async (): Promise<void> => {
    let [hasWorked, wasIdle] = [true, false];
    while (!stop.signal.aborted) {
      await clock.wait(LOOK_MS, stop.signal);
      const isIdleNow = isIdle();
      if (hasWorked && wasIdle && isIdleNow) {
        collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
        hasWorked = false;
      }
      if (!isIdleNow) hasWorked = true;
      wasIdle = isIdleNow;
    }
  };
  void watch();
  return { stop: () => stop.abort() };
};
