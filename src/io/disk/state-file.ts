import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { SignalboxError } from '../../protocol/errors.ts';
import type { StateHead } from '../../protocol/job.ts';
import type { Clock } from '../clock.ts';
import { createWatch } from './watch.ts';

/** A tool's local state file, read while the tool rewrites it. */
export interface StateFile {
  /** The newest whole version; null where there is none. Throws `STATE_UNREADABLE` where it stays half-written. */
  read(): Promise<{ head: StateHead; bytes: Uint8Array } | null>;
  /** Resolves once a whole version other than `since` is there; also when aborted or closed. */
  changed(since: StateHead | null, signal?: AbortSignal): Promise<void>;
  close(): void;
}

/**
 * Pauses between tries. The tool empties the file and writes it anew in less than a millisecond as a rule; one second in all
 * bears a slow disk, and is short enough for a file that a killed tool left half-written.
 */
const PAUSES_MS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 500];
/** An apply that starts from nothing leaves its file empty until its first resource: that is soon believed. */
const EMPTY_TRIES = 3;

export const createStateFile = (path: string, { clock }: { clock: Clock }): StateFile => {
  const watch = createWatch(path, { clock });
  let isClosed = false;

  const read: StateFile['read'] = async () => {
    let empty = 0;
    let problem = '';
    for (const pauseMs of PAUSES_MS) {
      const bytes = await readFile(path).catch(unlessMissing);
      // One read may meet the beginning of one version and the end of the next: two in a row must agree.
      const again = bytes?.length ? await readFile(path).catch(unlessMissing) : bytes;
      if (bytes === null || again === null) return null;
      empty = bytes.length === 0 ? empty + 1 : 0;
      if (empty === EMPTY_TRIES) return null;
      const head = bytes.equals(again) ? toHead(bytes) : 'it changes faster than it can be read';
      if (typeof head !== 'string') return { head, bytes };
      problem = head;
      await clock.wait(pauseMs);
    }
    throw new SignalboxError('STATE_UNREADABLE', { path, problem });
  };

  return {
    read,
    changed: async (since, signal) => {
      let seen = '';
      let signs = -1;
      while (!isClosed && !signal?.aborted) {
        const isSigned = watch.signs > signs;
        signs = watch.signs;
        const seenNow = await toIdentity(path);
        if (isSigned || seenNow !== seen) {
          const found = await read().catch(unlessUnreadable);
          if (found !== null && found.head.sha256 !== since?.sha256) return;
        }
        seen = seenNow;
        await watch.after(signs, signal);
      }
    },
    close: () => {
      isClosed = true;
      watch.close();
    },
  };
};

/** Changes with every write, as far as the file system's clock can tell them apart. */
const toIdentity = async (path: string): Promise<string> => {
  const stats = await stat(path).catch(unlessMissing);
  return stats === null ? '' : `${stats.ino} ${stats.size} ${stats.mtimeMs}`;
};

/** The head of a whole state file, or what is wrong with it. */
const toHead = (bytes: Uint8Array): StateHead | string => {
  let state: unknown;
  try {
    state = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString());
  } catch {
    return bytes.length === 0 ? 'it is empty' : 'it ends too early, or is no JSON';
  }
  if (typeof state !== 'object' || state === null || !('lineage' in state) || !('serial' in state)) {
    return 'it names no lineage and serial';
  }
  const { lineage, serial } = state;
  if (typeof lineage !== 'string' || typeof serial !== 'number') return 'its lineage or serial is of another kind';
  return { lineage, serial, sha256: createHash('sha256').update(bytes).digest('hex') };
};

const unlessMissing = (error: NodeJS.ErrnoException): null => {
  if (error.code === 'ENOENT') return null;
  throw error;
};
const unlessUnreadable = (error: unknown): null => {
  if (error instanceof SignalboxError && error.code === 'STATE_UNREADABLE') return null;
  throw error;
};
