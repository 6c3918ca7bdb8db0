import { constants } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

interface Entry {
  handle: Promise<FileHandle>;
  users: number;
  isDropped: boolean;
}

/** Files kept open while they are used often. */
export interface OpenFiles {
  /** Runs `use` with the file open for reading and writing; it is made where `create` is set, else a missing one is an error. */
  use<T>(path: string, create: boolean, use: (file: FileHandle) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** At most `limit` stay open when nobody uses them: the least recently used goes first, never under somebody's hands. */
export const createOpenFiles = (limit: number): OpenFiles => {
  const entries = new Map<string, Entry>();

  const openFile = async (path: string, create: boolean): Promise<FileHandle> => {
    if (create) await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    return open(path, constants.O_RDWR | (create ? constants.O_CREAT : 0), 0o600);
  };
  const drop = async (path: string, entry: Entry): Promise<void> => {
    if (entries.get(path) === entry) entries.delete(path);
    entry.isDropped = true;
    if (entry.users === 0) await entry.handle.then((handle) => handle.close()).catch(() => {});
  };
  const shrink = async (): Promise<void> => {
    for (const [path, entry] of entries) {
      if (entries.size <= limit) return;
      await drop(path, entry);
    }
  };

  return {
    use: async (path, create, use) => {
      const entry = entries.get(path) ?? { handle: openFile(path, create), users: 0, isDropped: false };
      // Set again, so that the map's order is the order of use.
      entries.delete(path);
      entries.set(path, entry);
      entry.users += 1;
      try {
        const handle = await entry.handle;
        await shrink();
        return await use(handle);
      } catch (error) {
        entry.isDropped = true;
        if (entries.get(path) === entry) entries.delete(path);
        throw error;
      } finally {
        entry.users -= 1;
        if (entry.isDropped && entry.users === 0) await drop(path, entry);
      }
    },
    close: async () => {
      for (const [path, entry] of entries) await drop(path, entry);
    },
  };
};
