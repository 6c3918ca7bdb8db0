import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { packDirectory, type ArchiveEntry } from '../../io/disk/archive.ts';
import { SignalboxError } from '../../protocol/errors.ts';
import { collectFiles, type Collected } from './collect-files.ts';
import { findRoot } from './find-root.ts';
import { isCode } from './is-code.ts';

export interface PackOptions {
  /** `--root DIR`: how far up local modules may lie; null: the git repository. */
  root: string | null;
  maxBytes?: number;
  /** As given on the command line, in order. */
  varFiles: readonly string[];
  /** The archive to write. */
  out: string;
  /** False for jobs of other kinds: a directory without `.tf` files is no error then. */
  needsTerraform: boolean;
}

/** A source bundle: the top folder `root`, the module to run in `dir` below it, variable files as seen from the module. */
export interface PackedSource {
  file: string;
  sha256: string;
  size: number;
  root: string;
  dir: string;
  varFiles: string[];
}

const MAX_BUNDLE_BYTES = 100 * 1024 ** 2;
/** Beside the top folder, not in it: code that lists its own files must not meet them. */
const VAR_FILES = '.signalbox/var-files';

const findModule = async (given: string, needsTerraform: boolean): Promise<string> => {
  const dir = await realpath(given).catch(() => null);
  if (dir === null || !(await stat(dir)).isDirectory()) throw new SignalboxError('NOT_A_DIRECTORY', { path: given });
  if (needsTerraform && !(await readdir(dir)).some(isCode))
    throw new SignalboxError('NO_TERRAFORM_FILES', { path: given });
  return dir;
};

const nameLargest = (files: readonly Collected[], root: string): string =>
  files
    .filter((file) => file.type === 'file')
    .toSorted((one, other) => other.size - one.size)
    .slice(0, 3)
    .map((file) => `${relative(root, file.path)} (${file.size} bytes)`)
    .join(', ');

const toEntry = (file: Collected, path: string): ArchiveEntry =>
  file.type === 'file'
    ? { type: 'file', path, source: file.source, isExecutable: file.isExecutable }
    : { ...file, path };

const findVarFile = async (path: string): Promise<string> => {
  const found = await realpath(path).catch(() => null);
  if (found === null) throw new SignalboxError('VARIABLE_FILE', { path, problem: 'there is no such file' });
  if (!(await stat(found)).isFile()) throw new SignalboxError('VARIABLE_FILE', { path, problem: 'it is not a file' });
  return found;
};

/** Errors of the file system about the user's own files, as a sentence. */
const toSentence = (error: unknown): unknown => {
  const { code, path } = error as NodeJS.ErrnoException;
  const isDenied = code === 'EACCES' || code === 'EPERM';
  return isDenied
    ? new SignalboxError('USAGE', { problem: `${path} cannot be read: permission denied`, command: 'run' })
    : error;
};

/** Packs the code in `given` with all local modules that it names. The same code gives the same digest everywhere. */
export const packSource = async (given: string, options: PackOptions): Promise<PackedSource> => {
  const { maxBytes = MAX_BUNDLE_BYTES, out, needsTerraform } = options;
  const module = await findModule(given, needsTerraform);
  const { boundary, root, trees } = await findRoot(module, options.root);
  const name = basename(root) || 'root';
  const dir = relative(root, module) || '.';
  const files = await collectFiles({ trees, root, boundary }).catch((error: unknown) => {
    throw toSentence(error);
  });
  const entries = files.map((file) => toEntry(file, join(name, relative(root, file.path))));

  const packed = new Set(files.map((file) => file.path));
  const varFiles: string[] = [];
  for (const [index, path] of options.varFiles.entries()) {
    const source = await findVarFile(resolve(path));
    const copy = join(VAR_FILES, `${index}-${basename(path)}`);
    if (packed.has(source)) varFiles.push(relative(module, source));
    else {
      entries.push({ type: 'file', path: copy, source, isExecutable: false });
      varFiles.push(relative(join('/', name, dir), join('/', copy)));
    }
  }

  const archive = await packDirectory(entries, out, { maxBytes }).catch((error: unknown) => {
    if (!(error instanceof SignalboxError) || error.code !== 'TOO_LARGE') throw toSentence(error);
    const { size = null } = error.details;
    throw new SignalboxError('BUNDLE_TOO_LARGE', { size, limit: maxBytes, largest: nameLargest(files, root) });
  });
  return { file: out, ...archive, root: name, dir, varFiles };
};
