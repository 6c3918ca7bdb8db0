import { open, stat, type FileHandle } from 'node:fs/promises';
import type { Clock } from '../clock.ts';
import { createWatch } from './watch.ts';

/** Reads a file that another process is still writing. One that does not exist yet counts as empty. */
export interface Tail {
  /** Up to `maxBytes` from `offset`; empty at the end. They stay valid until the next `read`. One read at a time. */
  read(offset: number, maxBytes: number): Promise<Uint8Array>;
  /** Resolves as soon as the file is longer than `offset`; also when aborted or closed, so look at what `read` says. */
  grown(offset: number, signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

const MIN_BUFFER_BYTES = 65_536;

export const createTail = (path: string, { clock }: { clock: Clock }): Tail => {
  const watch = createWatch(path, { clock });
  let opening: Promise<FileHandle | null> | null = null;
  let isClosed = false;
  let buffer = new Uint8Array(0);

  const openOnce = async (): Promise<FileHandle | null> => {
    opening ??= open(path, 'r').catch(unlessMissing);
    const handle = await opening;
    if (handle === null) opening = null;
    return handle;
  };

  return {
    read: async (offset, maxBytes) => {
      const handle = isClosed ? null : await openOnce();
      if (handle === null) return buffer.subarray(0, 0);
      // The buffer follows the output: most steps write little, and it grows while reads come back full.
      const wanted = Math.min(maxBytes, Math.max(buffer.length, MIN_BUFFER_BYTES));
      if (buffer.length < wanted) buffer = new Uint8Array(wanted);
      const { bytesRead } = await handle.read(buffer, 0, wanted, offset);
      const bytes = buffer.subarray(0, bytesRead);
      if (bytesRead === wanted && wanted < maxBytes) buffer = new Uint8Array(Math.min(maxBytes, wanted * 4));
      return bytes;
    },
    grown: async (offset, signal) => {
      while (!isClosed && !signal?.aborted) {
        const { signs } = watch;
        const size = await stat(path).then((stats) => stats.size, unlessMissing);
        if (size !== null && size > offset) return;
        await watch.after(signs, signal);
      }
    },
    close: async () => {
      isClosed = true;
      watch.close();
      const handle = await opening;
      await handle?.close();
    },
  };
};

/** For a rejected call on a file: null where there is no such file, else thrown on. */
const unlessMissing = (error: NodeJS.ErrnoException): null => {
  if (error.code === 'ENOENT') return null;
  throw error;
};
