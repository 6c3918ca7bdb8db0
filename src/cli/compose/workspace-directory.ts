import { join, resolve } from 'node:path';

/**
 * Where the workspaces lie: a directory that holds nothing else, because the cage hides it from steps, all but their own.
 * That is the temporary directory, or a folder in it where something that steps need lies there too.
 */
export const toWorkspaceDirectory = (temporary: string, needed: readonly string[]): string => {
  const isShared = needed.some((path) => resolve(path).startsWith(`${resolve(temporary)}/`));
  return isShared ? join(temporary, 'workspaces') : temporary;
};
