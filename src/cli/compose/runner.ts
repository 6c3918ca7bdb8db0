import { createWriteStream } from 'node:fs';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createDesires } from '../../actors/desires.ts';
import { startRunner, type RunnerHandle } from '../../actors/runner.ts';
import type { World } from '../../actors/world.ts';
import { createApi } from '../../io/api.ts';
import { createClock, type Clock } from '../../io/clock.ts';
import { createDiskWatch } from '../../io/disk/disk-watch.ts';
import { readHostBoot } from '../../io/host-boot.ts';
import { createEnvironment } from '../../io/environment.ts';
import { createFiles, createRunningHash } from '../../io/disk/files.ts';
import { createHttp } from '../../io/http.ts';
import { createIds } from '../../io/ids.ts';
import { createJobFiles } from '../../io/disk/job-files.ts';
import { openJournal } from '../../io/disk/journal.ts';
import type { Logger } from '../../io/logger.ts';
import { createMasker } from '../../io/mask.ts';
import { keepMemorySmall } from '../../io/memory.ts';
import { FIXED_PATH_ROOT } from '../../io/process/fixed-path.ts';
import type { Cage } from '../../io/process/process.ts';
import { createProcesses } from '../../io/process/processes.ts';
import type { DownloadProgress, ToolName } from '../../io/tools/releases.ts';
import { lockStateDirectory } from '../../io/disk/state-dir.ts';
import { createStateFile } from '../../io/disk/state-file.ts';
import { createTail } from '../../io/disk/tail.ts';
import { createTools } from '../../io/tools/tools.ts';
import { createWorkspaces } from '../../io/disk/workspace.ts';
import { SignalboxError, toReason } from '../../protocol/errors.ts';
import { VERSION } from '../version.ts';
import { toWorkspaceDirectory } from './workspace-directory.ts';

export interface RunnerOptions {
  endpoint: string;
  token: string;
  name: string;
  slots: number;
  pollIntervalMs: number;
  httpTimeoutMs: number;
  maxExecutionMs: number;
  stopGraceMs: number;
  /** With less than this free, nothing new is taken; 64 MiB. */
  minFreeDiskBytes?: number;
  stateDirectory: string;
  temporaryDirectory: string;
  cacheDirectory: string;
  /** Hidden from steps where the cage can hide. */
  hidden: readonly string[];
  /** Only this cage; without it the strongest that works. */
  cage?: Cage;
  allowsScripts: boolean;
  passEnvironment: readonly string[];
  terraformPath: string | null;
  releasesUrl?: Partial<Record<ToolName, string>> | null;
  /** For drills and tests alone, out of reach of any configuration: added to each step's own environment, past what is stripped. */
  stepEnvironment?: Readonly<Record<string, string>>;
  onProgress?: (progress: DownloadProgress) => void;
  logger: Logger;
  /** For drills and tests: another time than the host's. */
  clock?: Clock;
  /** For drills and tests: doors that are put before the real ones. No configuration reaches it. */
  changeWorld?: (world: World) => World;
}

export interface ConfiguredRunner extends RunnerHandle {
  /** What this host allows to put around a step. */
  cage: Cage;
  /** Lets go of everything; processes run on under their supervisors. */
  close(): Promise<void>;
}

const MIN_FREE_DISK_BYTES = 64 * 2 ** 20;

/** Builds a runner's doors and starts it. Throws `STATE_DIR_IN_USE`, `DATA_UNWRITABLE`. */
export const startConfiguredRunner = async (options: RunnerOptions): Promise<ConfiguredRunner> => {
  const { logger } = options;
  const clock = options.clock ?? createClock();
  const ids = createIds();
  const stateDirectory = await lockStateDirectory(options.stateDirectory, { ids });
  const http = createHttp({ clock });
  const release = async () => {
    await http.close();
    await stateDirectory.release();
  };
  const providerCache = join(options.cacheDirectory, 'plugins');
  const processes = await makeWritable(providerCache)
    .then(() => createProcesses({ clock, logger, ...(options.cage && { cage: options.cage }) }))
    .catch(async (error: unknown) => {
      await release();
      throw error;
    });
  const desires = createDesires();
  const needed = [options.cacheDirectory, FIXED_PATH_ROOT, options.terraformPath ?? ''];
  const workspaceDirectory = toWorkspaceDirectory(options.temporaryDirectory, needed);
  const workspaces = createWorkspaces({ temporaryDir: workspaceDirectory });
  const tools = createTools({
    cacheDir: options.cacheDirectory,
    path: options.terraformPath,
    environmentPath: process.env['PATH'] ?? '',
    ...(options.releasesUrl !== undefined && { releasesUrl: options.releasesUrl }),
    http,
    clock,
    ...(options.onProgress && { onProgress: options.onProgress }),
  });
  const disk = createDiskWatch({
    clock,
    paths: [options.stateDirectory, workspaceDirectory],
    minFreeBytes: options.minFreeDiskBytes ?? MIN_FREE_DISK_BYTES,
  });
  const real: World = {
    settings: {
      name: options.name,
      version: VERSION,
      instanceId: stateDirectory.instanceId,
      bootId: ids.create('boot'),
      hostBoot: readHostBoot(),
      slots: options.slots,
      pollIntervalMs: options.pollIntervalMs,
      stopGraceMs: options.stopGraceMs,
      maxExecutionMs: options.maxExecutionMs,
      allowsScripts: options.allowsScripts,
      passEnvironment: options.passEnvironment,
      hidden: [...options.hidden, workspaceDirectory],
      providerCache,
    },
    clock,
    ids,
    logger,
    api: createApi({ endpoint: options.endpoint, http, timeoutMs: options.httpTimeoutMs, onDesired: desires.hear }),
    runnerToken: options.token,
    processes,
    workspaces,
    jobFiles: createJobFiles(options.stateDirectory),
    files: createFiles(),
    disk,
    prepareWorkspace: (attempt, bundle) => workspaces.prepare(attempt, Readable.from(bundle)),
    download: async (body, path) => pipeline(body, createWriteStream(path, { mode: 0o600 })),
    findTool: (wish) => tools.find(wish),
    openJournal: (path) =>
      openJournal(path, {
        clock,
        onError: (error) => {
          logger.error({ reason: toReason(error) }, 'the journal cannot be written');
          disk.journalFailed(path, error);
        },
        onWell: () => disk.journalWorks(path),
      }),
    createMasker,
    createTail: (path) => createTail(path, { clock }),
    createStateFile: (path) => createStateFile(path, { clock }),
    createEnvironment: (input) =>
      createEnvironment({
        ...input,
        step: { ...input.step, ...options.stepEnvironment },
        host: process.env,
        fileExists: existsSync,
      }),
    createHash: createRunningHash,
  };
  const handle = startRunner(options.changeWorld?.(real) ?? real, desires);
  const memory = keepMemorySmall({ clock, isIdle: () => handle.held() === 0 });
  return {
    ...handle,
    cage: processes.cage,
    close: async () => {
      handle.leave();
      memory.stop();
      await release();
    },
  };
};

const makeWritable = async (path: string): Promise<void> => {
  await mkdir(path, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    throw new SignalboxError('DATA_UNWRITABLE', { path, problem: error.code ?? error.message }, { cause: error });
  });
};
