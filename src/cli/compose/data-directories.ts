import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where everything of one user lies. `hidden` is what no step may see (architecture.md 8). */
export interface DataDirectories {
  root: string;
  /** Database, blobs, logs, keys, operator token. */
  control: string;
  /** State directory of the runner that `up` and `run` bring along. */
  runner: string;
  hidden: string;
  work: string;
  cache: string;
}

/** One directory per user, by the platform's convention; never the current directory. */
export const defaultDataDirectory = (env: NodeJS.ProcessEnv, platform = process.platform): string => {
  const home = env['HOME'] ?? homedir();
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'signalbox');
  return join(env['XDG_DATA_HOME'] || join(home, '.local', 'share'), 'signalbox');
};

export const toDataDirectories = (root: string): DataDirectories => ({
  root,
  control: join(root, 'private', 'control'),
  runner: join(root, 'private', 'runner'),
  hidden: join(root, 'private'),
  work: join(root, 'work'),
  cache: join(root, 'cache'),
});
