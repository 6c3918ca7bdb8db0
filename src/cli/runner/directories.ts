import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { RunnerConfig } from '../../io/config.ts';
import { SignalboxError } from '../../protocol/errors.ts';
import type { DataDirectories } from '../compose/data-directories.ts';
import { findForeignOwner, findObstacle } from './find-obstacle.ts';

/** Where a configured runner keeps its things. */
export interface RunnerDirectories {
  state: string;
  temporary: string;
  cache: string;
  /** True where nothing better than the temporary directory could be written: the state may not outlive the host. */
  isVolatile: boolean;
}

/** A name → one part of a path, which no other name has. */
const toFolder = (name: string): string => {
  const plain = name.replaceAll(/[^\w-]+/g, '-').slice(0, 40);
  return `${plain}-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;
};

/** Decides the directories. Throws `DATA_UNWRITABLE` for one that was configured, or that jobs need. */
export const chooseDirectories = async (config: RunnerConfig, data: DataDirectories): Promise<RunnerDirectories> => {
  const temporary = resolve(config.temporaryDirectory);
  const obstacle = (await findObstacle(temporary)) ?? (await findForeignOwner(temporary));
  if (obstacle !== null) throw new SignalboxError('DATA_UNWRITABLE', { path: temporary, problem: obstacle });

  const choose = async (configured: string | null, usual: string, inTemporary: string) => {
    if (configured === null) return (await findObstacle(usual)) === null ? usual : join(temporary, inTemporary);
    const problem = await findObstacle(configured);
    if (problem !== null) throw new SignalboxError('DATA_UNWRITABLE', { path: configured, problem });
    return resolve(configured);
  };
  const usualState = join(resolve(data.hidden), 'runners', toFolder(config.name));
  const state = await choose(config.stateDirectory, usualState, 'state');
  return {
    state,
    temporary,
    cache: await choose(config.cacheDirectory, resolve(data.cache), 'cache'),
    isVolatile: config.stateDirectory === null && state !== usualState,
  };
};
