import { watch, type FSWatcher } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Clock } from '../clock.ts';

/** Tells when a file may have changed: it need not exist yet, and it may be replaced. */
export interface Watch {
  /** Grows with each sign of a change. Read it, look at the file, then wait from there: no change is missed. */
  readonly signs: number;
  /** Resolves once there are more signs than `since`, after one interval in any case, and at once when aborted or closed. */
  after(since: number, signal?: AbortSignal): Promise<void>;
  close(): void;
}

/** The safety net: some file systems tell nothing, and the folder may appear later than the watch. */
const POLL_MS = 250;

export const createWatch = (path: string, { clock }: { clock: Clock }): Watch => {
  const name = basename(path);
  let signs = 0;
  let isClosed = false;
  let watcher: FSWatcher | null = null;
  const waiting = new Set<() => void>();
  const sign = () => {
    signs++;
    for (const wake of waiting) wake();
  };
  const lose = () => {
    watcher?.close();
    watcher = null;
  };
  const open = () => {
    if (watcher !== null || isClosed) return;
    try {
      // The folder: it tells of every write to its files, and of files that come later.
      watcher = watch(dirname(path), { persistent: false }, (_, changed) => {
        if (changed === null || changed === name) sign();
      });
      watcher.on('error', lose);
    } catch {
      lose();
    }
  };
  open();

  return {
    get signs() {
      return signs;
    },
    after: async (since, signal) => {
      open();
      if (signs > since || isClosed || signal?.aborted) return;
      const woken = new AbortController();
      const wake = () => woken.abort();
      waiting.add(wake);
      signal?.addEventListener('abort', wake, { once: true });
      await clock.wait(POLL_MS, woken.signal);
      waiting.delete(wake);
      signal?.removeEventListener('abort', wake);
    },
    close: () => {
      isClosed = true;
      lose();
      sign();
    },
  };
};
