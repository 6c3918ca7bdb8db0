import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findOwnProcesses } from '../helpers/living-processes.ts';

const toPath = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const MAIN = toPath('src/cli/main.ts');
const TOKEN = 'sbx_runner_of-the-environment-0123456789';

let directory: string;
let server: Server;
let heard: Promise<string>;
let ended: Promise<unknown> = Promise.resolve();
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sbx-leave-'));
  server = createServer();
  // What the runner says first; it gets no answer.
  heard = new Promise((resolve) =>
    server.once('connection', (socket) => socket.on('error', () => {}).once('data', (data) => resolve(String(data)))),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  for (const { pid } of findOwnProcesses(directory)) process.kill(pid, 'SIGKILL');
  await ended;
  await new Promise((resolve) => server.close(resolve));
  rmSync(directory, { recursive: true, force: true });
});

const start = (command: string[]): number => {
  const { port } = server.address() as AddressInfo;
  const [program = '', ...args] = [...command, process.execPath, MAIN, 'runner', '--no-metrics'];
  const child = spawn(program, [...args, '--endpoint', `http://127.0.0.1:${port}`], {
    env: { PATH: process.env['PATH'], HOME: directory, RUNNER_TEMP_DIR: join(directory, 'work'), RUNNER_TOKEN: TOKEN },
    stdio: 'ignore',
  });
  ended = new Promise((resolve) => child.once('exit', resolve));
  return child.pid ?? 0;
};

/** Everything that `/proc` shows of the processes that were started here. */
const readShown = (): string[] =>
  findOwnProcesses(directory).map(({ pid }) =>
    ['environ', 'cmdline'].map((name) => readFileSync(`/proc/${pid}/${name}`, 'utf8')).join(),
  );

it('a runner that got its token in the environment uses it, and shows it to nobody', async () => {
  const pid = start([]);
  expect(await Promise.race([heard, ended])).toContain(`Bearer ${TOKEN}`);
  expect(findOwnProcesses(directory).map((found) => found.pid)).toEqual([pid]);
  for (const shown of readShown()) expect(shown).not.toContain(TOKEN);
});

it.runIf(existsSync('/usr/bin/tini'))('neither does PID 1 of its container', async () => {
  const pid = start(['sh', toPath('deploy/runner/entry')]);
  expect(await Promise.race([heard, ended])).toContain(`Bearer ${TOKEN}`);
  expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).toMatch(/^\/usr\/bin\/tini\0/);
  expect(readShown()).toHaveLength(2);
  for (const shown of readShown()) expect(shown).not.toContain(TOKEN);
});
