import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createFaultProxy, type FaultProxy } from '../../helpers/fault-proxy.ts';
import { startChild, type Child } from '../processes/child.ts';
import type { RunnerMainOptions, RunnerMoment, RunnerToldMoment } from '../processes/runner-main.ts';
import type { ControlPlane } from './control-plane.ts';
import { createExclusively } from './exclusively.ts';
import { killSteps } from './kill-steps.ts';

/** A runner of a box: one state directory and one network, through which its processes come and go. */
export interface Runner {
  readonly index: number;
  readonly directories: { state: string; work: string; keep: string };
  readonly proxy: FaultProxy;
  /** What it tells of itself, by name. */
  readonly moments: EventEmitter<Record<RunnerMoment, []>>;
  readonly pid: number;
  start(): Promise<void>;
  kill(): Promise<void>;
  /** As a reboot: the process, and every step that it started. */
  reboot(): Promise<void>;
  /** It ends itself, by SIGKILL, at the n-th record from now on that it adds to a journal. */
  dieAfterRecords(count: number): void;
  readonly ended: Promise<void>;
  freeze(ms: number): Promise<void>;
  drain(): Promise<void>;
  /** For good: with every step that is left. */
  stop(): Promise<void>;
  exclusively<T>(act: () => Promise<T>): Promise<T>;
}

export interface RunnerParts {
  index: number;
  program: string;
  controlPlane: ControlPlane;
  token: string;
  /** Its own directory. */
  directory: string;
  /** Its state directory, where it is a file system of its own. */
  stateDirectory: string | null;
  slots: number;
  stepEnvironment: Record<string, string>;
  seed: number;
}

const STARTED_WITHIN_MS = 20_000;
const MOST_TRIES = 20;
const RESTART_MS = 250;

export const createRunner = async (parts: RunnerParts): Promise<Runner> => {
  const { index, controlPlane, directory } = parts;
  const proxy = await createFaultProxy({ target: controlPlane.url, seed: parts.seed });
  const directories = {
    state: parts.stateDirectory ?? join(directory, 'state'),
    work: join(directory, 'work'),
    keep: join(directory, 'keep'),
  };
  const moments = new EventEmitter<Record<RunnerMoment, []>>().setMaxListeners(100);
  const options: RunnerMainOptions = {
    endpoint: proxy.url,
    token: parts.token,
    name: `runner-${index}`,
    slots: parts.slots,
    pollIntervalMs: 500,
    httpTimeoutMs: 1500,
    maxExecutionMs: 600_000,
    stopGraceMs: 500,
    stateDirectory: directories.state,
    temporaryDirectory: directories.work,
    cacheDirectory: join(directory, 'cache'),
    hidden: [directories.state, controlPlane.hidden],
    allowsScripts: true,
    passEnvironment: [],
    terraformPath: null,
    releasesUrl: null,
    stepEnvironment: parts.stepEnvironment,
    keepDirectory: directories.keep,
    logFile: join(directory, 'runner.log'),
  };
  let child: Child | null = null;

  const startOnce = async (): Promise<'ready' | 'ended' | 'late'> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const started = startChild(parts.program, options, (line) => {
      const { moment } = line as RunnerToldMoment;
      if (moment === 'ready') resolve();
      moments.emit(moment);
    });
    child = started;
    const waiting = new AbortController();
    const late = pause(STARTED_WITHIN_MS, 'late' as const, { signal: waiting.signal }).catch(() => 'late' as const);
    const ready = promise.then(() => 'ready' as const);
    const how = await Promise.race([ready, started.ended.then(() => 'ended' as const), late]);
    waiting.abort();
    return how;
  };
  const start = async (): Promise<void> => {
    let how = await startOnce();
    // On a full disk it says so and ends; then it is started again, as by any service manager.
    for (let tries = 1; how === 'ended' && parts.stateDirectory !== null && tries < MOST_TRIES; tries++) {
      await pause(RESTART_MS);
      how = await startOnce();
    }
    if (how !== 'ready') throw new Error(`runner ${index} did not start (${how}); see ${options.logFile}`);
  };
  const end = (signal: NodeJS.Signals) => child?.end(signal) ?? Promise.resolve();

  await start();
  return {
    index,
    directories,
    proxy,
    moments,
    get pid() {
      return child?.pid ?? 0;
    },
    get ended() {
      return child?.ended ?? Promise.resolve();
    },
    start,
    kill: () => end('SIGKILL'),
    reboot: async () => {
      await end('SIGKILL');
      await killSteps(directories.state);
    },
    dieAfterRecords: (count) => child?.send({ dieAfterRecords: count }),
    freeze: async (ms) => {
      child?.signal('SIGSTOP');
      await pause(ms);
      child?.signal('SIGCONT');
    },
    drain: () => end('SIGTERM'),
    stop: async () => {
      await end('SIGTERM');
      await killSteps(directories.state);
      await proxy.close();
    },
    exclusively: createExclusively(),
  };
};
