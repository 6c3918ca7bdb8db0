import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runnerCommand } from '../../../src/cli/commands/runner.ts';
import { startBox, writeModule, type Box } from '../../helpers/signalbox.ts';
import { runCommand, type Running } from './run-command.ts';

let box: Box;
let folder: string;
let directory: string;
let port: number;
let count = 0;
const runners: Running[] = [];

const findPort = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const free = (server.address() as AddressInfo).port;
  await new Promise((resolve) => server.close(resolve));
  return free;
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sbx-runner-'));
  box = await startBox(folder);
});
beforeEach(async () => {
  directory = join(folder, String(++count));
  mkdirSync(directory);
  port = await findPort();
});
afterEach(async () => {
  for (const runner of runners.splice(0)) {
    runner.interrupt();
    await runner.catch(() => undefined);
  }
});
afterAll(async () => {
  await box.close();
  rmSync(folder, { recursive: true, force: true });
});

const write = (name: string, text: string): string => {
  const path = join(directory, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
};

const configure = (token: string, more: { grace?: string; scripts?: boolean } = {}): string =>
  write(
    'config.yaml',
    `
log: { level: error }
runner:
  name: the-runner
  token: ${token}
  temporary_dir: ${join(directory, 'work')}
  state_dir: ${join(directory, 'state')}
  stop_grace: ${more.grace ?? '60s'}
api: { endpoint: "${box.controlPlane.url}" }
policy: { scripts: ${more.scripts ?? true} }
metrics: { hostname: 127.0.0.1, port: ${port} }
`,
  );

const run = (argv: readonly string[], env: NodeJS.ProcessEnv = { PATH: process.env['PATH'] }): Running => {
  const running = runCommand(runnerCommand, argv, { data: join(directory, 'user'), env });
  runners.push(running);
  return running;
};

const startScript = async (script: string) => {
  const architecture = await box.createArchitecture('script');
  const dir = writeModule(join(directory, 'code'), { 'README.md': 'x' });
  return box.start(architecture, dir, [[{ key: 'one', options: { script } }]]);
};
const read = async (path: string): Promise<{ status: number; text: string }> => {
  const reply = await fetch(`http://127.0.0.1:${port}${path}`);
  return { status: reply.status, text: await reply.text() };
};

describe('a runner', () => {
  it('takes jobs, tells its numbers, and drains at the first signal', async () => {
    const { token } = await box.createToken();
    const runner = run(['--config', configure(token)]);
    await runner.until('runner');
    const gate = join(directory, 'gate');
    const pipeline = await startScript(`echo begun; while [ ! -e ${gate} ]; do sleep 0.05; done; echo ended`);
    await box.until(pipeline, (view) => view.jobs[0]?.steps.length === 1);

    expect(await read('/livez')).toEqual({ status: 200, text: 'ok\n' });
    expect(await read('/readyz')).toEqual({ status: 200, text: 'ok\n' });
    const { text } = await read('/metrics');
    for (const line of ['runner_jobs 1', 'runner_online 1', 'runner_slots 4']) expect(text).toContain(`\n${line}\n`);
    expect(text).toContain('process_resident_memory_bytes');
    expect((await read('/')).status).toBe(404);

    runner.interrupt();
    expect(await read('/readyz')).toEqual({ status: 503, text: 'no session\n' });
    expect(runner.said()).toContain('Draining: 1 job to finish, for at most 1m.');
    writeFileSync(gate, '');
    const { code, error } = await runner;
    expect({ code, error }).toEqual({ code: 0, error: null });
    const { jobs, status } = await box.finish(pipeline);
    expect(status).toBe('succeeded');
    expect(jobs[0]?.runner?.name).toBe('the-runner');
    await expect(read('/livez')).rejects.toThrow();
  });

  it('leaves what outlasts its grace to itself, and its next start takes that over', async () => {
    const { token } = await box.createToken();
    const config = configure(token, { grace: '0s' });
    const first = run(['--config', config]);
    await first.until('runner');
    const gate = join(directory, 'gate');
    const pipeline = await startScript(`while [ ! -e ${gate} ]; do sleep 0.05; done; echo ended`);
    await box.until(pipeline, (view) => view.jobs[0]?.steps.length === 1);
    first.interrupt();
    const { code, text } = await first;
    expect(code).toBe(0);
    expect(text).toContain('1 job left running; the next start of this runner takes over.');

    run(['--config', config]);
    writeFileSync(gate, '');
    const { status, jobs } = await box.finish(pipeline);
    expect(status).toBe('succeeded');
    expect(jobs[0]?.attempt).toMatch(/\.1$/);
  });

  it('refuses scripts unless its own configuration allows them', async () => {
    const { token } = await box.createToken();
    run(['--config', configure(token, { scripts: false })]);
    const { jobs } = await box.finish(await startScript('echo hello'));
    expect(jobs[0]?.reason?.code).toBe('SCRIPT_REFUSED');
  });

  it('needs no file: an address and a token are enough, and its state lies in the data directory', async () => {
    const { token } = await box.createToken();
    const file = write('token', `${token}\n`);
    const argv = [
      '--endpoint',
      box.controlPlane.url,
      '--token-file',
      file,
      '--name',
      'a b',
      '--no-metrics',
      '-l',
      'error',
    ];
    const runner = run(argv, { PATH: process.env['PATH'], RUNNER_TEMP_DIR: join(directory, 'temp') });
    await runner.until('runner');
    expect(readdirSync(join(directory, 'user', 'private', 'runners'))).toEqual([
      expect.stringMatching(/^a-b-[0-9a-f]{8}$/),
    ]);
    runner.interrupt();
    expect((await runner).code).toBe(0);
  });

  it('hides its token, its configuration and its state from steps, where the cage can', async () => {
    const { token } = await box.createToken();
    const config = configure(token);
    const runner = run(['--config', config]);
    const { cage } = await runner.until('runner');
    const pipeline = await startScript(`cat ${config}; ls ${join(directory, 'state')}; env`);
    const { jobs } = await box.finish(pipeline);
    const log = await box.log(jobs[0] ?? { id: '' });
    if (String(cage).includes('namespaces')) {
      expect(log).not.toContain('the-runner\n  token');
      expect(log).not.toContain('runner.json');
    }
    expect(log).not.toContain(token);
  });
});

describe('a runner that cannot work', () => {
  it.each([
    ['an unknown token', 'sbx_runner_unknown', 'RUNNER_TOKEN_UNKNOWN', 'The runner token is not known here.'],
    ['a revoked token', null, 'RUNNER_TOKEN_REVOKED', 'The runner token was revoked.'],
  ])('ends with 2 and the sentence: %s', async (_, given, code, message) => {
    const { token, id } = await box.createToken();
    await box.callRaw('DELETE', `/api/runners/${id}`);
    const { error } = await run(['--config', configure(given ?? token)]);
    expect(error).toMatchObject({ code, message, exitCode: 2 });
    expect(error?.hint).toContain('signalbox token create');
  });

  it('names the holder of a token that is in use', async () => {
    const { token } = await box.createToken();
    const first = run(['--config', configure(token)]);
    await first.until('runner');
    await box.finish(await startScript('true'));
    const argv = ['--endpoint', box.controlPlane.url, '--name', 'second', '--no-metrics', '-l', 'error'];
    const env = { PATH: process.env['PATH'], RUNNER_TOKEN: token, RUNNER_TEMP_DIR: join(directory, 'temp') };
    const { error } = await run(argv, env);
    expect(error).toMatchObject({ code: 'RUNNER_TOKEN_IN_USE', exitCode: 2 });
    expect(error?.message).toMatch(/^The runner token is in use by another live runner, .+, since 2.* UTC\.$/);
  });

  it('says so where its state directory is in use', async () => {
    const { token } = await box.createToken();
    const config = configure(token);
    await run(['--config', config]).until('runner');
    const { error } = await run(['--config', config, '--no-metrics']);
    expect(error).toMatchObject({ code: 'STATE_DIR_IN_USE', exitCode: 2 });
  });

  it('says so where the port of its metrics is taken, and keeps no session', async () => {
    const { token } = await box.createToken();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const { error } = await run(['--config', configure(token)]);
    await new Promise((resolve) => server.close(resolve));
    expect(error?.message).toBe(`The runner cannot serve its metrics on 127.0.0.1, port ${port}: EADDRINUSE.`);
    expect(error?.exitCode).toBe(2);
  });

  it.each([
    [['--config', '/nonexistent/config.yaml'], 'CONFIG_INVALID', 'there is no such file'],
    [
      ['--endpoint', 'http://127.0.0.1:1', '--token-file', '/nonexistent/token'],
      'CONFIG_INVALID',
      'the token cannot be read',
    ],
    [['--endpoint', 'http://127.0.0.1:1'], 'CONFIG_INVALID', 'there is no token'],
    [['--endpoint', 'https://api.us1.brainboard.co'], 'CONFIG_FOREIGN_ENDPOINT', 'belongs to another vendor'],
    [['--level', 'loud', '--endpoint', 'http://127.0.0.1:1'], 'CONFIG_INVALID', '`loud` is none of'],
    [['extra'], 'USAGE', '`runner` takes no arguments'],
  ])('%j ends with 2', async (argv, code, part) => {
    const { error } = await run(argv);
    expect(error).toMatchObject({ code, exitCode: 2 });
    expect(error?.message).toContain(part);
  });

  it('says so where a directory cannot be used, and makes nothing', async () => {
    const { token } = await box.createToken();
    const file = write('file', '');
    const env = { PATH: process.env['PATH'], RUNNER_TOKEN: token, RUNNER_TEMP_DIR: join(file, 'work') };
    const { error } = await run(['--endpoint', box.controlPlane.url], env);
    expect(error).toMatchObject({ code: 'DATA_UNWRITABLE', exitCode: 2 });
    expect(error?.message).toContain('is a file');
    expect(existsSync(join(directory, 'user'))).toBe(false);
  });
});
