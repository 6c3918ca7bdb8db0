import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface StartedProvider {
  /** The value of `TF_REATTACH_PROVIDERS`. */
  reattach: string;
  pid: number;
  stop(): Promise<void>;
}

/**
 * A provider in a process of its own, for the cloud in this directory; it ends with this process at the latest.
 * `watchedPid` 1 is for an ordinary user whose Terraform runs in a PID namespace: see `main.ts`.
 */
export const startProvider = async (
  cloudDir: string,
  options: { watchedPid?: number } = {},
): Promise<StartedProvider> => {
  const watched = options.watchedPid === undefined ? [] : ['--watched-pid', String(options.watchedPid)];
  const args = [join(import.meta.dirname, 'main.ts'), '--cloud', cloudDir, '--tie-to-stdin', ...watched];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (complaint += text));
  const ended = once(child, 'close');
  const lines = createInterface({ input: child.stdout });
  const said = await Promise.race([once(lines, 'line'), ended.then(() => null)]);
  if (said === null || child.pid === undefined)
    throw new Error(`the simulated provider ended before it listened: ${complaint}`);
  child.stderr.pipe(process.stderr);
  return {
    reattach: String(said[0]),
    pid: child.pid,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
};
