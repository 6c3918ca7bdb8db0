import { chmod, mkdir } from 'node:fs/promises';
import { takeLock } from '../../io/disk/lock-file.ts';
import { SignalboxError } from '../../protocol/errors.ts';

export interface DataDirectory {
  readonly path: string;
  release(): Promise<void>;
}

/**
 * Makes the directory (0700) and takes it for this process: two processes on one PGlite directory destroy it without an
 * error. Throws `DATA_UNWRITABLE`, and `DATA_IN_USE` with the pid of a living holder; a dead one's lock is taken over.
 */
export const lockDataDirectory = async (path: string): Promise<DataDirectory> => {
  try {
    const made = await mkdir(path, { recursive: true, mode: 0o700 });
    if (made !== undefined) await chmod(path, 0o700);
    const lock = await takeLock(path);
    if ('holder' in lock) throw new SignalboxError('DATA_IN_USE', { path, pid: lock.holder });
    return { path, release: lock.release };
  } catch (error) {
    if (error instanceof SignalboxError) throw error;
    const problem = error instanceof Error ? error.message : String(error);
    throw new SignalboxError('DATA_UNWRITABLE', { path, problem }, { cause: error });
  }
};
