import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { breakOff } from './break-off.ts';

/** A program of ours that runs beside the bench. */
export interface Child {
  pid: number;
  /** Asks it to end and waits until it has. */
  stop(): Promise<void>;
  /** Ends it by SIGKILL, and waits until it has. */
  kill(): Promise<void>;
}

const ENV = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => name !== 'TF_CLI_CONFIG_FILE' && !name.startsWith('NODE_')),
);
/** What every child of the bench is given: ours and the floor's alike. */
export const CHILD_ENV = { ...ENV, CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1', TF_INPUT: '0' };

const exitOf = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve, reject) => {
    child.once('exit', resolve);
    child.once('error', reject);
  });

const living = new Set<Child>();
/** Whatever was started and not stopped, as where the bench was broken off. */
export const killChildren = async (): Promise<void> => {
  await Promise.all([...living].map((child) => child.kill()));
};

/** Starts a Node program with its options on standard input, and hears its lines. */
export const startNode = (
  args: readonly string[],
  options: unknown,
  hear: (line: string) => void = () => {},
): Child => {
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'], env: CHILD_ENV });
  child.stdin.on('error', () => {});
  child.stdin.end(JSON.stringify(options));
  createInterface({ input: child.stdout }).on('line', hear);
  let isAsked = false;
  const exited = exitOf(child).then((code) => {
    living.delete(started);
    if (!isAsked) breakOff(`${args.at(-1)} ended by itself: ${code}`);
  });
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    isAsked = true;
    child.kill(signal);
    await exited;
  };
  const started: Child = { pid: child.pid ?? 0, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
  living.add(started);
  return started;
};

/** Runs a command to its end. Throws where it fails: a floor of failures is none. */
export const runToEnd = async (
  file: string,
  args: readonly string[],
  cwd?: string,
  env: Readonly<Record<string, string>> = {},
): Promise<void> => {
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'inherit'], env: { ...CHILD_ENV, ...env }, cwd });
  const code = await exitOf(child);
  if (code !== 0) throw new Error(`${file} ${args.join(' ')}: exit code ${code}`);
};
