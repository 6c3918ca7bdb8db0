import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SignalboxError } from '../../protocol/errors.ts';
import type { Clock } from '../clock.ts';

/** Whether there is room to take work: free space, and journals that can be written. */
export interface DiskWatch {
  /** What is wrong; null: nothing. */
  look(): Promise<SignalboxError | null>;
  /** Resolves when it is time to look again; also when aborted. */
  changed(signal: AbortSignal): Promise<void>;
  /** A journal could not be written; the first such word counts until `journalWorks`. */
  journalFailed(path: string, error: SignalboxError): void;
  /** It can be written again, or is closed. */
  journalWorks(path: string): void;
}

const LOOK_MS = 2000;
/** On a small disk an absolute limit could never be met. */
const MAX_SHARE = 0.1;
/** Well again only with this much more than the limit: space that comes and goes must not be told each time. */
const HYSTERESIS = 1.1;

export const createDiskWatch = (options: {
  clock: Clock;
  /** State directory and workspaces. */
  paths: readonly string[];
  /** Less than this, or than a tenth of a small disk, is too little. */
  minFreeBytes: number;
}): DiskWatch => {
  const { clock, paths, minFreeBytes } = options;
  const failing = new Map<string, SignalboxError>();
  const low = new Set<string>();
  let woken = new AbortController();

  const lookAt = async (path: string): Promise<SignalboxError | null> => {
    let found;
    try {
      found = await readSpace(path);
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      return new SignalboxError('DATA_UNWRITABLE', { path, problem }, { cause: error });
    }
    const limit = Math.min(minFreeBytes, found.totalBytes * MAX_SHARE) * (low.has(path) ? HYSTERESIS : 1);
    if (found.freeBytes >= limit && !found.isOutOfFiles) {
      low.delete(path);
      return null;
    }
    low.add(path);
    return new SignalboxError('DISK_LOW', { path, limit: toSize(minFreeBytes) });
  };

  return {
    look: async () => {
      const [failed] = failing.values();
      if (failed) return failed;
      for (const path of paths) {
        const problem = await lookAt(path);
        if (problem !== null) return problem;
      }
      return null;
    },
    changed: async (signal) => {
      await clock.wait(LOOK_MS, AbortSignal.any([signal, woken.signal]));
      if (woken.signal.aborted) woken = new AbortController();
    },
    journalFailed: (path, error) => {
      failing.set(path, error);
      woken.abort();
    },
    journalWorks: (path) => {
      if (failing.delete(path)) woken.abort();
    },
  };
};

/** Of the folder, or of the nearest one above it that is there: a folder of work is made with the first job. */
const readSpace = async (path: string): Promise<{ freeBytes: number; totalBytes: number; isOutOfFiles: boolean }> => {
  try {
    const { bsize, blocks, bavail, files, ffree } = await statfs(path);
    // Some file systems count no files.
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize, isOutOfFiles: files > 0 && ffree === 0 };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(path) === path) throw error;
    return readSpace(dirname(path));
  }
};

const toSize = (bytes: number): string => (bytes % 2 ** 20 === 0 ? `${bytes / 2 ** 20} MiB` : `${bytes} bytes`);
