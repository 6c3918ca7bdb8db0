import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** The files of a workspace by path, as their file system describes them: enough to tell which ones were touched. */
export type Snapshot = ReadonlyMap<string, { size: number; mode: number; changedAt: number }>;

/** A file with its contents' digest. */
export interface HashedFile {
  path: string;
  sha256: string;
  mode: number;
}

/** What a tool keeps for itself: it travels on its own, or not at all. */
const isOfTheTool = (name: string): boolean =>
  name === '.terraform' || name === '.terraform.lock.hcl' || /(^|\.)tfplan$/.test(name) || name.includes('.tfstate');

export const hashFile = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
};

/** Regular files only; links are not followed. Paths are relative to `dir`. */
export const takeSnapshot = async (dir: string): Promise<Snapshot> => {
  const files = new Map<string, { size: number; mode: number; changedAt: number }>();
  const walk = async (folder: string): Promise<void> => {
    for (const entry of await readdir(join(dir, folder), { withFileTypes: true })) {
      if (isOfTheTool(entry.name)) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) await walk(path);
      if (!entry.isFile()) continue;
      // The inode's own time: it cannot be set back, as a copying program does with the time of the contents.
      const { size, mode, ctimeMs } = await lstat(join(dir, path));
      files.set(path, { size, mode: mode & 0o777, changedAt: ctimeMs });
    }
  };
  await walk('');
  return files;
};

/** The files below `dir` that are new or were written to since `before`, sorted by path: what an apply needs again. */
export const findChanges = async (dir: string, before: Snapshot): Promise<HashedFile[]> => {
  const touched = [...(await takeSnapshot(dir))].filter(([path, now]) => {
    const then = before.get(path);
    return then === undefined || then.size !== now.size || then.mode !== now.mode || then.changedAt !== now.changedAt;
  });
  const hashed = touched.map(async ([path, { mode }]) => ({ path, mode, sha256: await hashFile(join(dir, path)) }));
  return (await Promise.all(hashed)).toSorted((one, other) => (one.path < other.path ? -1 : 1));
};
