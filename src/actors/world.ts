import type { Api } from '../io/api.ts';
import type { Clock } from '../io/clock.ts';
import type { DiskWatch } from '../io/disk/disk-watch.ts';
import type { Environment, EnvironmentInput } from '../io/environment.ts';
import type { Files, RunningHash } from '../io/disk/files.ts';
import type { Ids } from '../io/ids.ts';
import type { JobFiles } from '../io/disk/job-files.ts';
import type { Journal } from '../io/disk/journal.ts';
import type { Logger } from '../io/logger.ts';
import type { Masker } from '../io/mask.ts';
import type { Processes } from '../io/process/process.ts';
import type { StateFile } from '../io/disk/state-file.ts';
import type { Tail } from '../io/disk/tail.ts';
import type { FoundTool, ToolWish } from '../io/tools/tools.ts';
import type { Workspaces } from '../io/disk/workspace.ts';

/** What the operator of a runner decides (io/config.ts reads it from the published keys). */
export interface RunnerSettings {
  name: string;
  version: string;
  instanceId: string;
  bootId: string;
  /** Which boot of the host `clock.elapsed` counts from. */
  hostBoot: string;
  slots: number;
  /** Documented `poll_interval`: the longest pause between two polls. */
  pollIntervalMs: number;
  stopGraceMs: number;
  maxExecutionMs: number;
  /** This runner runs `script` tasks. */
  allowsScripts: boolean;
  /** Names (or `PREFIX_*`) that pass from the runner's environment to the steps' besides the default ones. */
  passEnvironment: readonly string[];
  /** Hidden from steps where the cage can hide: state directory, configuration, control plane's data. */
  hidden: readonly string[];
  /** Directory of the host's provider plugins. */
  providerCache: string;
}

/** The doors of a runner: every effect of `actors/` goes through one of these. */
export interface World {
  settings: RunnerSettings;
  clock: Clock;
  ids: Ids;
  logger: Logger;
  api: Api;
  runnerToken: string;
  processes: Processes;
  workspaces: Workspaces;
  jobFiles: JobFiles;
  files: Files;
  disk: DiskWatch;
  /** Makes the workspace of an attempt afresh from its source bundle. */
  prepareWorkspace(attempt: string, bundle: AsyncIterable<Uint8Array>): Promise<{ dir: string; sha256: string }>;
  /** Writes what comes to a file. */
  download(body: AsyncIterable<Uint8Array>, path: string): Promise<void>;
  findTool(request: ToolWish): Promise<FoundTool>;
  openJournal(path: string): Promise<Journal>;
  createMasker(secrets: readonly string[]): Masker;
  createTail(path: string): Tail;
  createStateFile(path: string): StateFile;
  createEnvironment(input: Omit<EnvironmentInput, 'host' | 'fileExists'>): Environment;
  createHash(): RunningHash;
}
