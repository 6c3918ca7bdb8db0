import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
} from 'node:fs';
import { dirname, normalize } from 'node:path';
import type { Clock } from '../clock.ts';
import { isAlive } from './proc.ts';
import { isLocked, readExit, readSupervisor } from './step-files.ts';

/** Everything that a step is shown under a fixed path lies below this directory, which all users of the host share. */
export const FIXED_PATH_ROOT = '/tmp/signalbox/work';

const codeOf = (error: unknown): unknown => (error as NodeJS.ErrnoException).code;

const makeDirectory = (path: string, mode: number): void => {
  try {
    mkdirSync(path);
    // `mkdir` itself would subtract the umask.
    chmodSync(path, mode);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    if (!lstatSync(path).isDirectory()) throw new Error(`${path} is not a directory`, { cause: error });
  }
};

const makeParents = (to: string): void => {
  if (normalize(to) !== to || !to.startsWith(`${FIXED_PATH_ROOT}/`))
    throw new Error(`${to} is not below ${FIXED_PATH_ROOT}`);
  const parents: string[] = [];
  for (let path = dirname(to); path !== '/tmp'; path = dirname(path)) parents.unshift(path);
  for (const path of parents) makeDirectory(path, 0o1777);
};

/** The step whose link it is; null: no link is there. */
const readHolder = (to: string): string | null => {
  try {
    return dirname(readlinkSync(to));
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'EINVAL') return null;
    throw error;
  }
};

/** A step holds its link from before its start to its end; one that was found never to have started has no `exit` file. */
const isHolding = async (flock: string, dir: string): Promise<boolean> => {
  if (!existsSync(`${dir}/exit`) || readExit(dir) !== null) return false;
  const supervisor = readSupervisor(dir);
  return supervisor === null || isAlive(supervisor.outer) || (await isLocked(flock, dir));
};

const dropStaleLink = async (flock: string, to: string): Promise<void> => {
  const holder = readHolder(to);
  if (holder === null) return;
  if (await isHolding(flock, holder)) throw new Error(`${to} is in use by another running step (${holder})`);
  unlinkSync(to);
};

/** Makes the empty directory that `mount` covers in the step's own view; on the host it stays empty. */
export const prepareMountPoint = async (flock: string, to: string, clock: Clock): Promise<void> => {
  makeParents(to);
  await dropStaleLink(flock, to);
  makeDirectory(to, 0o700);
  if (lstatSync(to).uid !== process.geteuid?.()) throw new Error(`${to} belongs to another user`);
  // Young again: what clears old things out of /tmp would take the mount away from under a long step.
  utimesSync(to, clock.now() / 1000, clock.now() / 1000);
};

/**
 * Where nothing can be mounted: `to` → `<dir>/workspace` → `from`. The middle link names the holder, so that one reading
 * tells both. Returns what takes the link away again.
 */
export const prepareLink = async (options: {
  flock: string;
  dir: string;
  from: string;
  to: string;
}): Promise<() => void> => {
  const { flock, dir, from, to } = options;
  const own = `${dir}/workspace`;
  makeParents(to);
  if (readHolder(own) !== null) unlinkSync(own);
  symlinkSync(from, own);
  for (let isMade = false; !isMade;) {
    await dropStaleLink(flock, to);
    try {
      symlinkSync(own, to);
      isMade = true;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      // Either another runner was quicker (then the loop says who), or an empty mount point is left from another cage.
      if (lstatSync(to).isDirectory()) rmdirSync(to);
    }
  }
  return () => {
    if (readHolder(to) === dir) unlinkSync(to);
  };
};
