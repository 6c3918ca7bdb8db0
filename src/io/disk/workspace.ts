import { chmod, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { AttemptId } from '../../protocol/ids.ts';
import { unpack, type Archive } from './archive.ts';

/** The directories that jobs run in: one for each attempt, of this user only, gone when the attempt is sealed. */
export interface Workspaces {
  /** Where an attempt's workspace is, or would be. */
  pathOf(attempt: AttemptId): string;
  /** Makes it afresh and unpacks the source bundle into it. A refused bundle leaves nothing behind. */
  prepare(attempt: AttemptId, bundle: string | Readable): Promise<Archive & { dir: string }>;
  remove(attempt: AttemptId): Promise<void>;
}

const makeWritable = async (dir: string): Promise<void> => {
  await chmod(dir, 0o700);
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    if (entry.isDirectory()) await makeWritable(join(dir, entry.name));
  }
};

const removeTree = async (dir: string): Promise<void> => {
  const remove = () => rm(dir, { recursive: true, force: true });
  await remove().catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EACCES' && error.code !== 'EPERM') throw error;
    // Some programs leave directories that nobody may write to, their owner neither.
    await makeWritable(dir);
    await remove();
  });
};

export const createWorkspaces = (options: { temporaryDir: string }): Workspaces => {
  const { temporaryDir } = options;
  // The id comes over the wire and becomes a path: checked here too.
  const pathOf = (attempt: AttemptId): string => join(temporaryDir, AttemptId.parse(attempt));
  const remove = (attempt: AttemptId): Promise<void> => removeTree(pathOf(attempt));

  const prepare = async (attempt: AttemptId, bundle: string | Readable) => {
    const dir = pathOf(attempt);
    await removeTree(dir);
    await mkdir(temporaryDir, { recursive: true });
    await mkdir(dir, { mode: 0o700 });
    try {
      return { dir, ...(await unpack(bundle, dir)) };
    } catch (error) {
      await removeTree(dir);
      throw error;
    }
  };
  return { pathOf, prepare, remove };
};
