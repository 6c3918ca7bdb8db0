import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startBox, type Box } from '../../helpers/signalbox.ts';

const MAIN = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));

let directory: string;
let box: Box | null = null;
let child: ChildProcess | null = null;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sbx-runner-process-'));
});
afterEach(async () => {
  if (child?.exitCode === null) child.kill('SIGKILL');
  await box?.close();
  box = null;
  rmSync(directory, { recursive: true, force: true });
});

const findPort = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
};

/** `signalbox runner` in a process of its own; `until` resolves when its log holds a line like this. */
const start = (argv: readonly string[], env: NodeJS.ProcessEnv) => {
  const home = { PATH: process.env['PATH'], HOME: directory, RUNNER_TEMP_DIR: join(directory, 'work') };
  const started = spawn(process.execPath, [MAIN, 'runner', '--no-metrics', ...argv], {
    env: { ...home, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child = started;
  let log = '';
  let look = () => {};
  started.stderr.on('data', (bytes: Buffer) => {
    log += bytes.toString();
    look();
  });
  const ended = new Promise<number | null>((resolve) => started.once('close', resolve));
  return {
    ended,
    stop: (signal: NodeJS.Signals) => started.kill(signal),
    log: () => log,
    until: (pattern: RegExp) =>
      new Promise<void>((resolve, reject) => {
        look = () => {
          if (pattern.test(log)) resolve();
        };
        look();
        void ended.then(() => reject(new Error(`It ended: ${log}`)));
      }),
  };
};

it('a control plane that cannot be reached is said once, and taken up when it is there', async () => {
  // Its data first: the token must be known before the runner asks.
  const port = await findPort();
  box = await startBox(directory, { port });
  const { token } = await box.createToken();
  await box.close();
  box = null;

  const runner = start(['--endpoint', `http://127.0.0.1:${port}`], { RUNNER_TOKEN: token });
  await runner.until(/cannot be reached/);
  box = await startBox(directory, { port });
  await runner.until(/connected again/);
  expect(runner.log().match(/"msg":"[^"]*cannot be reached/g)).toHaveLength(1);
  runner.stop('SIGTERM');
  expect(await runner.ended).toBe(0);
});

it('a token that is not known ends the process with 2, the sentence and the hint', async () => {
  box = await startBox(directory);
  const runner = start(['--endpoint', box.controlPlane.url, '-l', 'error'], { RUNNER_TOKEN: 'sbx_runner_nobody' });
  expect(await runner.ended).toBe(2);
  expect(runner.log()).toContain('The runner token is not known here.\n');
  expect(runner.log()).toContain('Make one with `signalbox token create` and give it to this runner.\n');
});

it('a pretty log is lines for people, and holds no token', async () => {
  box = await startBox(directory);
  const { token } = await box.createToken();
  const config = join(directory, 'config.yaml');
  const text = `log: { format: pretty, level: debug }\nrunner: { token: "${token}" }\napi: { endpoint: "${box.controlPlane.url}" }\n`;
  writeFileSync(config, text, { mode: 0o600 });
  const runner = start([], { RUNNER_CONFIG_FILE: config });
  await runner.until(/^\d\d:\d\d:\d\d\.\d{3} INFO {2}connected session=ses_\w+ runner=rnr_\w+$/m);
  runner.stop('SIGINT');
  expect(await runner.ended).toBe(0);
  expect(runner.log()).not.toContain(token);
});
