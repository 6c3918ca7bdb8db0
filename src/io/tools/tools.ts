import { access, constants, stat } from 'node:fs/promises';
import { arch, platform as hostPlatform } from 'node:os';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { SignalboxError } from '../../protocol/errors.ts';
import type { Clock } from '../clock.ts';
import { newestOf, readConstraint, type Constraint } from './constraints.ts';
import { HttpFailure, type Http } from '../http.ts';
import { AnsweredBadly, createReleases, type DownloadProgress, type ToolName } from './releases.ts';
import { createToolCache } from './tool-cache.ts';
import { createToolVersions } from './tool-version.ts';

/** A tool that can be run. `shown` is what the log calls it: `terraform`, `opentofu`. */
export interface FoundTool {
  name: ToolName;
  shown: string;
  path: string;
  version: string;
}

export interface ToolWish {
  kind: 'terraform' | 'opentofu';
  /** What the code asks for (`~> 1.11`); null: any version. */
  constraint: string | null;
  /** Whose code it is, for the sentence of an error. */
  architecture: string;
}

/** Finds the binary: the path given, else the PATH, else the cache, else the vendor's releases; the first that fits. */
export interface Tools {
  /** Throws `TOOL_VERSION`, `TOOL_MISSING`, `TOOL_UNREACHABLE`, `TOOL_CHECKSUM`, `TOOL_ARCHIVE`, `CONSTRAINT_INVALID`. */
  find(wish: ToolWish): Promise<FoundTool>;
  /** Whichever of the two is there; OpenTofu is downloaded where neither is. */
  findAny(constraint?: string): Promise<FoundTool>;
}

const SHOWN = { terraform: 'terraform', tofu: 'opentofu' } as const;
const TITLE = { terraform: 'Terraform', tofu: 'OpenTofu' } as const;
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };
const IDLE_MS = 30_000;

const toTool = (name: ToolName, found: { path: string; version: string }): FoundTool => ({
  name,
  shown: SHOWN[name],
  ...found,
});

const canRun = async (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    async () => (await stat(path)).isFile(),
    () => false,
  );

export const createTools = (options: {
  cacheDir: string;
  /** What `--terraform PATH` named; null: nothing. */
  path: string | null;
  environmentPath: string;
  /** Base addresses of mirrors; null: nothing is ever downloaded. */
  releasesUrl?: Partial<Record<ToolName, string>> | null;
  http: Http;
  clock: Clock;
  onProgress?: (progress: DownloadProgress) => void;
  platform?: string;
  idleMs?: number;
}): Tools => {
  const {
    cacheDir,
    path: explicit,
    environmentPath,
    releasesUrl = {},
    http,
    clock,
    onProgress = () => undefined,
  } = options;
  const platform = options.platform ?? `${hostPlatform()}_${ARCHITECTURES[arch()] ?? arch()}`;
  const home = join(cacheDir, 'tools');
  const versions = createToolVersions({ cacheDir, environmentPath, clock });
  const releases = createReleases({
    http,
    mirrors: releasesUrl ?? {},
    platform,
    idleMs: options.idleMs ?? IDLE_MS,
    onProgress,
  });
  const cache = createToolCache({ home, platform, versions, releases, clock });
  const installing = new Map<string, Promise<FoundTool>>();

  const look = async (path: string): Promise<FoundTool | null> => {
    const found = await versions.read(path);
    return found && toTool(found.name, { path, version: found.version });
  };

  const fromPath = async (name: ToolName): Promise<FoundTool | null> => {
    for (const folder of environmentPath.split(delimiter)) {
      const path = join(folder, name);
      if (isAbsolute(folder) && (await canRun(path))) return look(path);
    }
    return null;
  };

  const obtain = async (name: ToolName, constraint: Constraint): Promise<FoundTool> => {
    try {
      if (releasesUrl === null) throw new Error('downloads are off');
      const offered = constraint.exact === null ? await releases.list(name) : [constraint.exact];
      const version = newestOf(offered, constraint);
      if (version === null) throw new Error(`no release fits ${constraint.text}`);
      return toTool(name, await cache.install(name, version));
    } catch (error) {
      if (error instanceof SignalboxError) throw error;
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'ENOSPC') throw new SignalboxError('DISK_FULL', { path: home }, { cause: error });
      const isUnreachable = error instanceof HttpFailure || (error instanceof AnsweredBadly && error.isPassing);
      if (isUnreachable)
        throw new SignalboxError('TOOL_UNREACHABLE', { tool: TITLE[name], problem: message }, { cause: error });
      throw new SignalboxError('TOOL_MISSING', { tool: TITLE[name], problem: message }, { cause: error });
    }
  };

  /** Eight jobs that miss the same tool download it once. */
  const obtainOnce = (name: ToolName, constraint: Constraint): Promise<FoundTool> => {
    const key = `${name} ${constraint.text}`;
    const running = installing.get(key) ?? obtain(name, constraint).finally(() => installing.delete(key));
    installing.set(key, running);
    return running;
  };

  const versionError = (tool: FoundTool, constraint: Constraint, architecture: string, cause?: unknown) => {
    const { path, version } = tool;
    return new SignalboxError('TOOL_VERSION', { path, version, architecture, constraint: constraint.text }, { cause });
  };

  const fromOption = async (given: string, constraint: Constraint, architecture: string): Promise<FoundTool> => {
    const path = resolve(given);
    const tool = await look(path);
    const problem = `${path} is neither Terraform nor OpenTofu, or cannot be run`;
    if (tool === null) throw new SignalboxError('TOOL_MISSING', { tool: 'Terraform', problem });
    if (!constraint.allows(tool.version)) throw versionError(tool, constraint, architecture);
    return tool;
  };

  const find = async (wish: ToolWish): Promise<FoundTool> => {
    const constraint = readConstraint(wish.constraint);
    if (explicit !== null) return fromOption(explicit, constraint, wish.architecture);
    const name = wish.kind === 'terraform' ? 'terraform' : 'tofu';
    const onPath = await fromPath(name);
    if (onPath !== null && constraint.allows(onPath.version)) return onPath;
    const kept = await cache.find(name, constraint);
    if (kept !== null) return toTool(name, kept);
    return obtainOnce(name, constraint).catch((error: unknown) => {
      if (!(error instanceof SignalboxError) || onPath === null) throw error;
      if (error.code === 'TOOL_UNREACHABLE') {
        const unfit = `${onPath.path} is version ${onPath.version}, which does not fit ${constraint.text}`;
        const problem = `${String(error.details['problem'])}; ${unfit}`;
        throw new SignalboxError('TOOL_UNREACHABLE', { ...error.details, problem }, { cause: error });
      }
      throw error.code === 'TOOL_MISSING' ? versionError(onPath, constraint, wish.architecture, error) : error;
    });
  };

  const findAny = async (text?: string): Promise<FoundTool> => {
    const constraint = readConstraint(text ?? null);
    if (explicit !== null) return fromOption(explicit, constraint, 'the demo');
    for (const name of ['terraform', 'tofu'] as const) {
      const onPath = await fromPath(name);
      if (onPath !== null && constraint.allows(onPath.version)) return onPath;
    }
    for (const name of ['terraform', 'tofu'] as const) {
      const kept = await cache.find(name, constraint);
      if (kept !== null) return toTool(name, kept);
    }
    return obtainOnce('tofu', constraint);
  };

  return { find, findAny };
};
