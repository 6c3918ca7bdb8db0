import type { World } from './world.ts';

const LOCK_FILE = '.terraform.lock.hcl';

export const lockFilePath = (module: string): string => `${module}/${LOCK_FILE}`;

/** The module's dependency lock file with its digest; null: it needs no provider that is locked. */
export const readLockFile = async (world: World, module: string): Promise<{ path: string; sha256: string } | null> => {
  const path = lockFilePath(module);
  const sha256 = await world.files.hash(path);
  return sha256 === null ? null : { path, sha256 };
};
