import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { readSettings } from '../../plugins/terraform/settings.ts';
import { SignalboxError } from '../../protocol/errors.ts';
import { isCode } from './is-code.ts';
import { isInside } from './is-inside.ts';

/** What must travel so that a module finds everything that it names. */
export interface SourceRoot {
  /** Nothing outside is ever packed. */
  boundary: string;
  /** The lowest directory that holds all `trees`: the top folder of the bundle. */
  root: string;
  /** The module's own directory, then each local module's. */
  trees: string[];
}

const isThere = async (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

const isDirectory = async (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

const findGitRoot = async (folder: string): Promise<string | null> => {
  if (await isThere(join(folder, '.git'))) return folder;
  const parent = dirname(folder);
  return parent === folder ? null : findGitRoot(parent);
};

const findBoundary = async (dir: string, given: string | null): Promise<string> => {
  if (given === null) return (await findGitRoot(dir)) ?? dir;
  const boundary = await realpath(given).catch(() => resolve(given));
  if (isInside(dir, boundary)) return boundary;
  throw new SignalboxError('USAGE', { problem: `--root ${given} does not hold ${dir}`, command: 'run' });
};

/** The local modules that the code in `folder` names, and in which file. */
const readLocalModules = async (folder: string): Promise<{ source: string; file: string }[]> => {
  const names = await readdir(folder).catch(() => []);
  const perFile = names.filter(isCode).map(async (name) => {
    const text = await readFile(join(folder, name), 'utf8').catch(() => '');
    return readSettings({ [name]: text }).localModules.map((source) => ({ source, file: join(folder, name) }));
  });
  return (await Promise.all(perFile)).flat();
};

const findCommon = (folders: readonly string[]): string =>
  folders.reduce((common, folder) => {
    let candidate = common;
    while (!isInside(folder, candidate)) candidate = dirname(candidate);
    return candidate;
  });

/**
 * Follows `source = "../x"` from module to module, up to `given` (`--root`), else the git repository's root, else `dir`
 * itself. Throws `MODULE_OUTSIDE`. A module that does not exist is left to the tool, which says it with file and line.
 */
export const findRoot = async (dir: string, given: string | null): Promise<SourceRoot> => {
  const boundary = await findBoundary(dir, given);
  const trees = new Set([dir]);
  // The set grows while it is worked off.
  for (const folder of trees) {
    for (const { source, file } of await readLocalModules(folder)) {
      const module = resolve(folder, source);
      if (!isInside(module, boundary)) {
        throw new SignalboxError('MODULE_OUTSIDE', { module: source, file: relative(dir, file), root: boundary });
      }
      if (!(await isDirectory(module))) continue;
      if (!isInside(await realpath(module), boundary))
        throw new SignalboxError('LINK_OUTSIDE', { path: module, root: boundary });
      trees.add(module);
    }
  }
  return { boundary, root: findCommon([...trees]), trees: [...trees] };
};
