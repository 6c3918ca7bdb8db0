import { readdir, readFile, readlink, realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { SignalboxError } from '../../protocol/errors.ts';
import { readIgnoreRules, type IgnoreRules } from './ignore-rules.ts';
import { isInside } from './is-inside.ts';

/** One thing to pack: `path` is where it belongs, `source` where its bytes are (elsewhere when a link was followed). */
export type Collected =
  | { type: 'file'; path: string; source: string; size: number; isExecutable: boolean }
  | { type: 'link'; path: string; to: string }
  | { type: 'directory'; path: string };

interface Base {
  folder: string;
  rules: IgnoreRules;
}

interface Link {
  path: string;
  source: string;
  bases: readonly Base[];
}

const LEFT_OUT = new Set(['.git', '.terraform', '.signalbox.json']);

/** Never packed: version control, what `init` made, state in all its forms, our own link file. */
const isLeftOut = (name: string): boolean =>
  LEFT_OUT.has(name) || (name.includes('.tfstate') && !/\.(tf|tofu)(\.json)?$/.test(name));

const readBase = async (folder: string): Promise<Base[]> => {
  const text = await readFile(join(folder, '.terraformignore'), 'utf8').catch(() => null);
  return text === null ? [] : [{ folder, rules: readIgnoreRules(text) }];
};

/**
 * Everything below `trees` that belongs into a bundle (absolute real paths; `.gitignore` is not asked). The
 * `.terraformignore` of each tree and of `root` counts, but none can take a whole tree away that another one needs.
 * Links stay links where their target is packed too, become the target's contents where it only lies inside `boundary`,
 * and throw `LINK_OUTSIDE` where it does not.
 */
export const collectFiles = async (options: {
  trees: readonly string[];
  root: string;
  boundary: string;
}): Promise<Collected[]> => {
  const { root, boundary } = options;
  const trees = [...new Set(options.trees)].toSorted((one, other) => one.length - other.length);
  const allBases = (await Promise.all([...new Set([root, ...trees])].map(readBase))).flat();
  const found = new Map<string, Collected>();
  const folders = new Set<string>();
  const links: Link[] = [];
  /** Directories reached through a link, and where their contents went. */
  const copies = new Map<string, string>();

  const judge = (bases: readonly Base[], path: string, isDirectory: boolean): 'take' | 'skip' | 'search' => {
    const against = bases.filter(
      ({ folder, rules }) =>
        path !== folder && isInside(path, folder) && rules.ignores(relative(folder, path), isDirectory),
    );
    if (against.length === 0) return 'take';
    return isDirectory && against.every(({ rules }) => rules.hasExceptions) ? 'search' : 'skip';
  };

  const addFile = async (path: string, source: string): Promise<void> => {
    const { size, mode } = await stat(source);
    found.set(path, { type: 'file', path, source, size, isExecutable: (mode & 0o100) !== 0 });
  };

  const walk = async (path: string, source: string, bases: readonly Base[]): Promise<void> => {
    if (folders.has(path)) return;
    folders.add(path);
    const entries = await readdir(source, { withFileTypes: true });
    if (entries.length === 0) found.set(path, { type: 'directory', path });
    for (const entry of entries) {
      const inner = { path: join(path, entry.name), source: join(source, entry.name) };
      if (isLeftOut(entry.name) || judge(bases, inner.path, entry.isDirectory()) === 'skip') continue;
      if (entry.isSymbolicLink()) links.push({ ...inner, bases });
      else if (entry.isDirectory()) await walk(inner.path, inner.source, bases);
      else if (entry.isFile()) await addFile(inner.path, inner.source);
    }
  };

  /** Where the archive holds what really lies at `target`; null: nowhere. */
  const findPacked = (target: string): string | null => {
    const places = [...copies]
      .filter(([real]) => isInside(target, real))
      .map(([real, path]) => join(path, relative(real, target)));
    return [target, ...places].find((path) => found.has(path) || folders.has(path)) ?? null;
  };

  const keepDangling = async (link: Link): Promise<void> => {
    const to = await readlink(link.source);
    const target = resolve(dirname(link.path), to);
    if (!isInside(target, boundary)) throw new SignalboxError('LINK_OUTSIDE', { path: link.path, root: boundary });
    if (!isAbsolute(to) && isInside(target, root)) found.set(link.path, { type: 'link', path: link.path, to });
  };

  const addLink = async (link: Link): Promise<void> => {
    const target = await realpath(link.source).catch(() => null);
    if (target === null) return keepDangling(link);
    if (!isInside(target, boundary)) throw new SignalboxError('LINK_OUTSIDE', { path: link.path, root: boundary });
    if (relative(boundary, target).split(sep).some(isLeftOut)) return;
    // A module may be named through the link; then its files are there already, and a link cannot be.
    const isOccupied = [...folders].some((folder) => isInside(folder, link.path));
    const packed = isOccupied ? null : findPacked(target);
    if (packed !== null) {
      const to = relative(dirname(link.path), packed) || '.';
      found.set(link.path, { type: 'link', path: link.path, to });
    } else if ((await stat(target)).isDirectory()) {
      copies.set(target, link.path);
      await walk(link.path, target, link.bases);
    } else if ((await stat(target)).isFile()) await addFile(link.path, target);
  };

  for (const tree of trees) {
    const bases = allBases.filter(
      ({ folder }) =>
        isInside(folder, tree) ||
        judge(
          allBases.filter((base) => base.folder === folder),
          tree,
          true,
        ) === 'take',
    );
    await walk(tree, await realpath(tree), bases);
  }
  // The list grows while it is worked off: a followed link may hold further ones.
  for (const link of links) await addLink(link);
  return [...found.values()];
};
