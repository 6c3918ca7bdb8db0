import { access, constants, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** Why this user could not write to the directory, or make it, as the rest of a sentence; null: nothing stands in the way. */
export const findObstacle = async (directory: string): Promise<string | null> => {
  const path = resolve(directory);
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => error);
  if (found instanceof Error) {
    if (found.code === 'ENOENT' && dirname(path) !== path) return findObstacle(dirname(path));
    return found.code === 'ENOTDIR' ? `something on the way to ${path} is a file` : found.message;
  }
  if (!found.isDirectory()) return `${path} is a file`;
  return access(path, constants.W_OK | constants.X_OK).then(
    () => null,
    (error: NodeJS.ErrnoException) =>
      error.code === 'EROFS' ? `${path} is read-only` : `this user may not write to ${path}`,
  );
};

/** The same for a directory whose owner could exchange what lies in it; null as well where it is not there yet. */
export const findForeignOwner = async (directory: string): Promise<string | null> => {
  const found = await stat(directory).catch(() => null);
  const own = process.getuid?.();
  return found === null || own === undefined || found.uid === own
    ? null
    : `it belongs to another user (uid ${found.uid})`;
};
