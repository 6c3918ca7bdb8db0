import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';

/** A program of ours in a process of its own, that can be killed, frozen and spoken to by lines of JSON. */
export interface Child {
  readonly pid: number;
  readonly isRunning: boolean;
  /** Settled when it has ended, however. */
  readonly ended: Promise<void>;
  send(line: unknown): void;
  signal(name: NodeJS.Signals): void;
  /** Sends the signal and waits for the end. Throws where it does not come: then the process is killed. */
  end(name: NodeJS.Signals): Promise<void>;
}

const ENDS_WITHIN_MS = 20_000;

const ENV = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => name !== 'TF_CLI_CONFIG_FILE' && !name.startsWith('NODE_')),
);

/** Starts `program` by Node and gives it `options` as its first line. It ends by itself when this process does. */
export const startChild = (program: string, options: unknown, hear: (line: unknown) => void): Child => {
  const child: ChildProcess = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'], env: ENV });
  const { stdin, stdout } = child;
  if (!stdin || !stdout) throw new Error(`${program} was not given its pipes`);
  // What dies in the middle of being spoken to is what this suite is about.
  stdin.on('error', () => {});
  const send = (line: unknown) => void stdin.write(`${JSON.stringify(line)}\n`);
  createInterface({ input: stdout }).on('line', (line) => hear(JSON.parse(line)));
  let isRunning = true;
  const ended = new Promise<void>((resolve) => {
    const end = () => {
      isRunning = false;
      resolve();
    };
    child.once('exit', end);
    child.once('error', end);
  });
  send(options);
  const signal = (name: NodeJS.Signals) => void child.kill(name);
  return {
    pid: child.pid ?? 0,
    get isRunning() {
      return isRunning;
    },
    ended,
    send,
    signal,
    end: async (name) => {
      signal(name);
      // A frozen process hears nothing but SIGKILL until it goes on.
      if (name !== 'SIGKILL') signal('SIGCONT');
      const waiting = new AbortController();
      const late = pause(ENDS_WITHIN_MS, 'late', { signal: waiting.signal }).catch(() => 'ended');
      const how = await Promise.race([ended, late]);
      waiting.abort();
      if (how !== 'late') return;
      signal('SIGKILL');
      throw new Error(`${program} did not end within ${ENDS_WITHIN_MS} ms of ${name}`);
    },
  };
};
