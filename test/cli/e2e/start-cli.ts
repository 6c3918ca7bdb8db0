import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProgram } from '../../helpers/tools.ts';

export interface CliRun {
  code: number | null;
  out: string;
  err: string;
  /** The lines of `--json`. */
  events: Record<string, unknown>[];
}
export interface Cli {
  child: ChildProcess;
  /** Types on the terminal of `isTerminal`. */
  type(text: string): void;
  /** Resolves when the output so far holds this; rejects when the process ends without it. */
  until(text: string): Promise<void>;
  interrupt(signal?: NodeJS.Signals): void;
  done: Promise<CliRun>;
}
export interface CliOptions {
  data: string;
  env?: Record<string, string>;
  /** Folders to look for programs in; the usual ones, with Terraform and OpenTofu where this host has them. */
  path?: string;
  cwd?: string;
  /** Of the control plane; null: as the arguments say. */
  port?: number | null;
  /** True: on a terminal of its own, made by `script`. */
  isTerminal?: boolean;
}

const MAIN = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));
const SYSTEM = ['/usr/bin', '/bin'];

const folderOf = (name: string): string[] =>
  [findProgram(name)].flatMap((path) => (path === null ? [] : [dirname(path)]));

/** The usual programs without any tool: what a bare machine has. */
export const makeBarePath = (directory: string): string => {
  const bin = join(mkdtempSync(join(directory, 'bare-')), 'bin');
  mkdirSync(bin);
  const linked = new Set(['terraform', 'tofu']);
  for (const folder of SYSTEM) {
    for (const name of readdirSync(folder)) {
      if (!linked.has(name)) symlinkSync(join(folder, name), join(bin, name));
      linked.add(name);
    }
  }
  return bin;
};

/** The program as a user starts it, in a process of its own, with an environment that disturbs Terraform. */
export const startCli = (args: readonly string[], options: CliOptions): Cli => {
  const path = options.path ?? [...folderOf('terraform'), ...folderOf('tofu'), ...SYSTEM].join(':');
  const { data, port = 0 } = options;
  const given = ['--data', data, ...(port === null ? [] : ['--port', String(port)])];
  const command = [process.execPath, MAIN, ...args, ...given];
  const shown = command.map((word) => `'${word}'`).join(' ');
  const [program = '', ...rest] = options.isTerminal ? ['script', '-qfec', shown, '/dev/null'] : command;
  const child = spawn(program, rest, {
    cwd: options.cwd ?? tmpdir(),
    env: {
      PATH: path,
      HOME: dirname(data),
      TMPDIR: tmpdir(),
      TERM: 'xterm',
      TF_CLI_CONFIG_FILE: '/nowhere/terraformrc',
      ...options.env,
    },
    stdio: [options.isTerminal ? 'pipe' : 'ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  const lookers = new Set<() => void>();
  const look = () => {
    for (const one of lookers) one();
  };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => ((out += text), look()));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => ((err += text), look()));
  const done = new Promise<CliRun>((resolve) => {
    child.once('close', (code) => {
      const lines = out.split('\n').filter((line) => line.startsWith('{'));
      resolve({ code, out, err, events: args.includes('--json') ? lines.map((line) => JSON.parse(line)) : [] });
      look();
    });
  });
  return {
    child,
    done,
    type: (text) => void child.stdin?.write(text),
    interrupt: (signal = 'SIGINT') => void child.kill(signal),
    until: (text) =>
      new Promise((resolve, reject) => {
        const one = () => {
          if (out.includes(text)) resolve();
          else if (child.exitCode !== null || child.signalCode !== null)
            reject(new Error(`ended without "${text}":\n${out}\n${err}`));
          else return;
          lookers.delete(one);
        };
        lookers.add(one);
        one();
      }),
  };
};

export const cli = (args: readonly string[], options: CliOptions): Promise<CliRun> => startCli(args, options).done;
