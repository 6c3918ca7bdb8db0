import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SignalboxError } from '../../protocol/errors.ts';
import type { Clock } from '../clock.ts';
import { newestOf, type Constraint } from './constraints.ts';
import type { Releases, ToolName } from './releases.ts';
import type { ToolVersions } from './tool-version.ts';
import { unzipFile } from './zip.ts';

/** The tools that were downloaded, one folder each: `terraform_1.11.4_linux_amd64/terraform`. Many processes may share it. */
export interface ToolCache {
  /** The newest that fits and is whole, or null. */
  find(name: ToolName, constraint: Constraint): Promise<{ path: string; version: string } | null>;
  /** Downloads, checks, runs it once, and only then puts it in place. Throws `TOOL_CHECKSUM`, `TOOL_ARCHIVE`. */
  install(name: ToolName, version: string): Promise<{ path: string; version: string }>;
}

/** What an installation that was killed left behind is swept after a day. */
const LEFTOVER_MS = 24 * 3600 * 1000;
const DRAFT = '.new-';

export const createToolCache = (options: {
  home: string;
  platform: string;
  versions: ToolVersions;
  releases: Releases;
  clock: Clock;
}): ToolCache => {
  const { home, platform, versions, releases, clock } = options;
  const pathOf = (name: ToolName, version: string): string => join(home, `${name}_${version}_${platform}`, name);

  const isWhole = async (name: ToolName, version: string): Promise<boolean> => {
    const said = await versions.read(pathOf(name, version));
    return said?.name === name && said.version === version;
  };

  const find = async (name: ToolName, constraint: Constraint) => {
    const folders = await readdir(home).catch(() => []);
    const offered = folders.flatMap((folder) => {
      const [tool, version = '', ...rest] = folder.split('_');
      return tool === name && rest.join('_') === platform ? [version] : [];
    });
    const version = newestOf(offered, constraint);
    if (version === null || !(await isWhole(name, version))) return null;
    return { path: pathOf(name, version), version };
  };

  const sweep = async (): Promise<void> => {
    for (const name of await readdir(home)) {
      if (!name.startsWith(DRAFT)) continue;
      const path = join(home, name);
      const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
      if (clock.now() - mtimeMs > LEFTOVER_MS) await rm(path, { recursive: true, force: true });
    }
  };

  const place = async (unpacked: string, name: ToolName, version: string): Promise<void> => {
    const folder = join(pathOf(name, version), '..');
    if (!(await isWhole(name, version))) await rm(folder, { recursive: true, force: true });
    await rename(unpacked, folder).catch((error: NodeJS.ErrnoException) => {
      // Another process was as fast, and its copy is as good.
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  };

  const install = async (name: ToolName, version: string) => {
    await mkdir(home, { recursive: true });
    await sweep();
    const draft = await mkdtemp(join(home, DRAFT));
    try {
      const zip = join(draft, 'release.zip');
      const { url } = await releases.download(name, version, zip);
      const unpacked = join(draft, 'tool');
      await mkdir(unpacked);
      await unzipFile(zip, name, join(unpacked, name), 0o755).catch((error: Error) => {
        throw new SignalboxError('TOOL_ARCHIVE', { url, problem: error.message }, { cause: error });
      });
      const said = await versions.ask(join(unpacked, name));
      if (said?.name !== name || said.version !== version) {
        const problem =
          said === null ? 'its program cannot be run here' : `its program is ${said.name} ${said.version}`;
        throw new SignalboxError('TOOL_ARCHIVE', { url, problem });
      }
      await place(unpacked, name, version);
      return { path: pathOf(name, version), version };
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  };

  return { find, install };
};
