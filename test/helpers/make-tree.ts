import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A directory of this test only, gone when it ends. */
export const makeTempDir = async (): Promise<string> => {
  const dir = await mkdtemp(join(tmpdir(), 'signalbox-test-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
};

/** Writes files by path; `-> target` makes a link, `#!` in front an executable, a name ending in `/` an empty directory. */
export const writeTree = async (dir: string, files: Readonly<Record<string, string>>): Promise<void> => {
  for (const [name, content] of Object.entries(files)) {
    const path = join(dir, name);
    await mkdir(name.endsWith('/') ? path : dirname(path), { recursive: true });
    if (name.endsWith('/')) continue;
    if (content.startsWith('-> ')) await symlink(content.slice(3), path);
    else await writeFile(path, content);
    if (content.startsWith('#!')) await chmod(path, 0o755);
  }
};

export const makeTree = async (files: Readonly<Record<string, string>>): Promise<string> => {
  const dir = await makeTempDir();
  await writeTree(dir, files);
  return dir;
};

/** Paths of everything but directories below `dir`, sorted. */
export const listTree = async (dir: string): Promise<string[]> => {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .sort();
};
