import { createHash } from 'node:crypto';
import { copyFile, mkdir, open, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { dirname } from 'node:path';
import { packDirectory, unpack, type Archive, type ArchiveEntry } from './archive.ts';
import { findChanges, hashFile, takeSnapshot, type HashedFile, type Snapshot } from './snapshot.ts';

/** The files of a workspace, as the running side needs them. A file that is not there is null. */
export interface Files {
  list(directory: string): Promise<string[]>;
  readText(path: string): Promise<string | null>;
  /** At most the last `maxBytes` bytes, as text. */
  readEnd(path: string, maxBytes: number): Promise<string | null>;
  write(path: string, bytes: Uint8Array): Promise<void>;
  copy(from: string, to: string): Promise<void>;
  hash(path: string): Promise<string | null>;
  size(path: string): Promise<number>;
  stream(path: string): AsyncIterable<Uint8Array>;
  snapshot(directory: string): Promise<Snapshot>;
  changes(directory: string, before: Snapshot): Promise<HashedFile[]>;
  pack(entries: readonly ArchiveEntry[], destination: string): Promise<Archive>;
  unpack(archive: string, directory: string): Promise<Archive>;
}

/** SHA-256 as it goes; `digest` may be taken once. */
export interface RunningHash {
  update(bytes: Uint8Array): void;
  digest(): string;
}
export const createRunningHash = (): RunningHash => {
  const hash = createHash('sha256');
  return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('hex') };
};

const orNull = (error: NodeJS.ErrnoException): null => {
  if (error.code === 'ENOENT') return null;
  throw error;
};

export const createFiles = (): Files => ({
  list: (directory) => readdir(directory),
  readText: (path) => readFile(path, 'utf8').catch(orNull),
  readEnd: async (path, maxBytes) => {
    const file = await open(path, 'r').catch(orNull);
    if (file === null) return null;
    try {
      const { size } = await file.stat();
      const from = Math.max(0, size - maxBytes);
      const { bytesRead, buffer } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  },
  write: async (path, bytes) => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes, { mode: 0o600 });
  },
  copy: async (from, to) => {
    await mkdir(dirname(to), { recursive: true });
    await copyFile(from, to);
  },
  hash: (path) => hashFile(path).catch(orNull),
  size: async (path) => (await stat(path)).size,
  stream: (path) => createReadStream(path),
  snapshot: takeSnapshot,
  changes: findChanges,
  pack: packDirectory,
  unpack,
});
