import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { SignalboxError } from '../../protocol/errors.ts';
import type { Logger } from '../logger.ts';
import type { Cage } from './process.ts';

const NEEDED = ['sh', 'env', 'cat', 'sleep', 'flock', 'setsid'] as const;
const OPTIONAL = ['unshare', 'mount', 'setpriv', 'tini'] as const;
type Program = (typeof NEEDED)[number] | (typeof OPTIONAL)[number];

/** What the host offers to hold a step together, and the full paths of the programs that do it. */
export interface CageKit {
  readonly cage: Cage;
  readonly hasMounts: boolean;
  /** An optional program that is missing is an empty string; the cage that needs it was then not chosen. */
  readonly programs: Readonly<Record<Program, string>>;
}

const FOLDERS = ['/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin'];

const findProgram = (name: string): string => {
  for (const folder of FOLDERS) {
    try {
      accessSync(`${folder}/${name}`, constants.X_OK);
      return `${folder}/${name}`;
    } catch {}
  }
  return '';
};

/** Null: it works. Otherwise why not, in its own last words. */
const tryCommand = ([file = '', ...args]: string[]): Promise<string | null> => {
  if (file === '') return Promise.resolve('its program is missing');
  return new Promise((resolve) =>
    execFile(file, args, { timeout: 10_000, env: { PATH: FOLDERS.join(':') } }, (error, _, stderr) =>
      resolve(error === null ? null : stderr.trim().split('\n').at(-1) || error.message),
    ),
  );
};

const NAMESPACES = ['--pid', '--fork', '--kill-child', '--mount', '--mount-proc'];
const USER_NAMESPACES = ['--user', '--map-current-user', '--keep-caps', ...NAMESPACES];

/** The commands that must work for a cage to be used, strongest cage first. */
const toTrials = (programs: CageKit['programs']): [Cage, string[]][] => {
  const mounted = `"${programs.mount}" -t tmpfs signalbox /tmp && [ -d /proc/1 ] && [ $$ = 1 ]`;
  const dropped = `exec "${programs.setpriv}" --inh-caps=-all --ambient-caps=-all "${programs.env}"`;
  return [
    ['namespaces', [programs.unshare, ...NAMESPACES, programs.sh, '-c', mounted]],
    ['user namespaces', [programs.unshare, ...USER_NAMESPACES, programs.sh, '-c', `${mounted} && ${dropped}`]],
    ['subreaper', [programs.tini, '-s', '--', programs.env]],
    ['process group', [programs.env, '--default-signal=INT', programs.sh, '-c', ':']],
  ];
};

/** Tries the cages, strongest first, and takes the first that works (or only `wanted`). Says in the log what it found. */
export const probeCage = async (options: { wanted?: Cage; logger?: Logger } = {}): Promise<CageKit> => {
  const names = [...NEEDED, ...OPTIONAL];
  const programs = Object.fromEntries(names.map((name) => [name, findProgram(name)])) as Record<Program, string>;
  const missing = NEEDED.filter((name) => programs[name] === '');
  if (missing.length > 0) {
    throw new SignalboxError('HOST_LACKS', {
      program: missing.join(', '),
      problem: 'it is in none of the usual folders',
    });
  }
  const refused: Record<string, string> = {};
  for (const [cage, command] of toTrials(programs)) {
    if (options.wanted !== undefined && options.wanted !== cage) continue;
    const problem = await tryCommand(command);
    if (problem !== null) {
      refused[cage] = problem;
      continue;
    }
    const hasMounts = cage === 'namespaces' || cage === 'user namespaces';
    options.logger?.info({ cage, hasMounts, refused }, 'the cage that steps run in was chosen');
    return { cage, hasMounts, programs };
  }
  const problem = Object.entries(refused).map(([cage, why]) => `${cage}: ${why}`);
  throw new SignalboxError('HOST_LACKS', { program: 'a cage', problem: problem.join('; ') });
};
