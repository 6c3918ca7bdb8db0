import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { SignalboxError } from '../../protocol/errors.ts';
import { probeCage, type CageKit } from './cage.ts';
import type { Clock } from '../clock.ts';
import { prepareLink, prepareMountPoint } from './fixed-path.ts';
import type { Logger } from '../logger.ts';
import { toMountTable } from './mount-table.ts';
import { readStat, type Identity } from './proc.ts';
import type { Cage, ProcessExit, Processes, ProcessSpec, RunningProcess } from './process.ts';
import { forceStep, isSupervised, requestInterrupt, watchStep } from './running-step.ts';
import { readExit, readSupervisor, toSilentExit, writeBoot } from './step-files.ts';
import { toSupervisedCommand } from './supervisor.ts';

const SETTLE_MS = 5;

interface Options {
  clock: Clock;
  logger?: Logger;
  /** Only this cage, or none at all; without it the strongest that works. */
  cage?: Cage;
}

export const createProcesses = async (options: Options): Promise<Processes> => {
  const { clock, logger } = options;
  const kit = await probeCage({ ...(options.cage && { wanted: options.cage }), ...(logger && { logger }) });
  const { flock } = kit.programs;
  // The supervisor learns its numbers outside of its namespace through this.
  const procFd = openSync('/proc', 'r');

  const start = async (spec: ProcessSpec): Promise<RunningProcess> => {
    const { dir } = spec;
    const notStarted = (cause: unknown) =>
      new SignalboxError(
        'STEP_NOT_STARTED',
        { step: spec.program, problem: cause instanceof Error ? cause.message : String(cause) },
        { cause },
      );
    let unlink = () => {};
    let isFirst = false;
    const fds: number[] = [];
    const open = (path: string, flags: string): number => {
      const fd = openSync(path, flags, 0o600);
      fds.push(fd);
      return fd;
    };
    let child;
    try {
      mkdirSync(dir, { recursive: true, mode: 0o700 });
      // Exclusively: a step that was started is never started again.
      const exit = open(`${dir}/exit`, 'ax');
      isFirst = true;
      for (const name of ['pid', 'interrupt', 'forced', 'signals', 'mounts']) rmSync(`${dir}/${name}`, { force: true });
      writeBoot(dir);
      if (spec.mount && kit.hasMounts) await prepareMountPoint(flock, spec.mount.to, clock);
      else if (spec.mount) unlink = await prepareLink({ flock, dir, ...spec.mount });
      const cwd = toHostPath(spec);
      if (!statSync(cwd).isDirectory()) throw new Error(`${cwd} is not a directory`);

      const output = open(`${dir}/output`, 'a');
      const stderr = spec.stderr === 'apart' ? open(`${dir}/stderr`, 'a') : output;
      const signals = open(`${dir}/signals`, 'a');
      const exclusive = spec.exclusive === null ? 'ignore' : open(spec.exclusive, 'a');
      const table = kit.hasMounts ? toMountTable(spec.mount, spec.hide) : null;
      const mountTable = table === null ? null : `${dir}/mounts`;
      if (mountTable !== null) writeFileSync(mountTable, table ?? '');
      const env = toShellEnv(spec.env, logger);
      const isExclusive = spec.exclusive !== null;
      const { file, args } = toSupervisedCommand(kit, { ...spec, env, mountTable, isExclusive });
      child = spawn(file, args, {
        cwd: '/',
        env,
        detached: true,
        stdio: ['ignore', output, stderr, exit, signals, procFd, exclusive],
      });
      if (child.pid === undefined) {
        const failed = child;
        throw await new Promise((resolve) => failed.once('error', resolve));
      }
    } catch (cause) {
      unlink();
      if (isFirst) rmSync(`${dir}/exit`, { force: true });
      throw notStarted(cause);
    } finally {
      for (const fd of fds) closeSync(fd);
    }
    // The child is not reaped before the event loop turns, so its entry is there.
    const identity: Identity = { pid: child.pid, startTime: readStat(child.pid)?.startTime ?? '' };
    const started = child;
    const context = { dir, flock, clock };
    let release = () => started.unref();
    const exited = new Promise<ProcessExit>((resolve) => {
      const onExit = async () => {
        const exit = readExit(dir);
        // A supervisor that was killed leaves a namespace that is still dying.
        if (exit === null) while (await isSupervised(context)) await clock.wait(SETTLE_MS);
        unlink();
        resolve(exit ?? toSilentExit(dir, clock.now()));
      };
      started.once('exit', () => void onExit());
      release = () => {
        started.removeAllListeners('exit');
        started.unref();
      };
    });
    return toRunning(kit, { dir, identity, clock, exited, release: () => release() });
  };

  const adopt = async (dir: string): Promise<RunningProcess | null> => {
    const context = { dir, flock, clock };
    if (!existsSync(`${dir}/exit`)) return null;
    while (readSupervisor(dir) === null) {
      if (readExit(dir) !== null) break;
      if (!(await isSupervised(context))) {
        // Taken away first: a supervisor that comes up this very instant finds its file gone and starts nothing.
        renameSync(`${dir}/exit`, `${dir}/exit.unstarted`);
        if (readSupervisor(dir) === null && !(await isSupervised(context))) return null;
        renameSync(`${dir}/exit.unstarted`, `${dir}/exit`);
      }
      await clock.wait(SETTLE_MS);
    }
    const identity = readSupervisor(dir)?.outer ?? { pid: 0, startTime: '' };
    let release = () => {};
    const isLeft = await isSupervised(context);
    const exit = readExit(dir);
    const exited = isLeft
      ? new Promise<ProcessExit>((resolve) => {
          release = watchStep(context, resolve);
        })
      : Promise.resolve(exit ?? toSilentExit(dir, clock.now()));
    return toRunning(kit, { dir, identity, clock, exited, release: () => release() });
  };

  return { cage: kit.cage, hasMounts: kit.hasMounts, start, adopt };
};

/** Where the working directory lies outside of the step's own view. */
const toHostPath = ({ cwd, mount }: ProcessSpec): string =>
  mount !== null && `${cwd}/`.startsWith(`${mount.to}/`) ? mount.from + cwd.slice(mount.to.length) : cwd;

interface Parts {
  dir: string;
  identity: Identity;
  clock: Clock;
  exited: Promise<ProcessExit>;
  release: () => void;
}

const toRunning = (kit: CageKit, { dir, identity, clock, exited, release }: Parts): RunningProcess => {
  const context = { dir, flock: kit.programs.flock, clock };
  return {
    ...identity,
    exited,
    release,
    interrupt: () => requestInterrupt(context),
    force: () => forceStep(context, identity),
  };
};

/** A shell passes on only what it could itself name; the rest would vanish silently, so it is said. */
const toShellEnv = (env: ProcessSpec['env'], logger: Logger | undefined): Record<string, string> => {
  const entries = Object.entries(env);
  const dropped = entries.map(([name]) => name).filter((name) => !/^[A-Za-z_]\w*$/.test(name));
  if (dropped.length > 0) logger?.warn({ names: dropped }, 'environment names that no shell can hold were left out');
  return Object.fromEntries(entries.filter(([name]) => !dropped.includes(name)));
};
