import { execFile } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { readHostBoot } from '../host-boot.ts';
import type { Identity } from './proc.ts';
import type { ProcessExit } from './process.ts';

/** What the supervisor wrote of itself: how its tree is ended, its outermost process, and the one that takes requests. */
export interface Supervisor {
  readonly kind: 'namespace' | 'subreaper' | 'group';
  readonly outer: Identity;
  readonly inner: Identity;
}

const readText = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

const NOBODY: Identity = { pid: 0, startTime: '' };
const thisBoot = readHostBoot();

/** Written before the supervisor starts: pids and start times begin anew with each boot of the host, and one may fit by chance. */
export const writeBoot = (dir: string): void => writeFileSync(`${dir}/boot`, thisBoot, { mode: 0o600 });

const isOfEarlierBoot = (dir: string): boolean => {
  const boot = readText(`${dir}/boot`);
  return boot !== '' && boot !== thisBoot;
};

/** Null: not written (whole) yet. After a reboot of the host it is nobody. */
export const readSupervisor = (dir: string): Supervisor | null => {
  const match = /^(namespace|subreaper|group) (\d+) (\d+) (\d+) (\d+)\n$/.exec(readText(`${dir}/pid`));
  if (match === null) return null;
  const [, kind, pid, startTime, innerPid, innerStartTime] = match as unknown as [
    string,
    Supervisor['kind'],
    ...string[],
  ];
  if (isOfEarlierBoot(dir)) return { kind, outer: NOBODY, inner: NOBODY };
  return {
    kind,
    outer: { pid: Number(pid), startTime: String(startTime) },
    inner: { pid: Number(innerPid), startTime: String(innerStartTime) },
  };
};

/**
 * A shell sees a tool that died of a signal as 128 + its number, and one that chose that number just the same.
 * These five are told as the signal: a program that exits with them means it. Every other number stays an exit code.
 */
const SIGNAL_CODES: Readonly<Record<number, string>> = {
  130: 'SIGINT',
  134: 'SIGABRT',
  137: 'SIGKILL',
  139: 'SIGSEGV',
  143: 'SIGTERM',
};

/** Null: the supervisor has not written it, or not to its end. */
export const readExit = (dir: string): ProcessExit | null => {
  const path = `${dir}/exit`;
  const match = /^(\d{1,3})\n$/.exec(readText(path));
  if (match === null) return null;
  const code = Number(match[1]);
  const signal = SIGNAL_CODES[code] ?? null;
  return { exitCode: signal === null ? code : null, signal, at: Math.round(statSync(path).mtimeMs) };
};

/** How a step ended whose supervisor ended without a word. */
export const toSilentExit = (dir: string, at: number): ProcessExit => ({
  exitCode: null,
  signal: existsSync(`${dir}/forced`) ? 'SIGKILL' : null,
  at,
});

/** Whether the soft signal was sent. */
export const hasBeenSignalled = (dir: string): boolean => readText(`${dir}/signals`) !== '';

/** Whether a supervisor holds the step's lock: it does from its first to its last instant. */
export const isLocked = (flock: string, dir: string): Promise<boolean> => {
  const lock = `${dir}/lock`;
  if (!existsSync(lock)) return Promise.resolve(false);
  return new Promise((resolve) =>
    execFile(flock, ['-n', lock, flock, '--version'], { env: {} }, (error) => resolve(error?.code === 1)),
  );
};
