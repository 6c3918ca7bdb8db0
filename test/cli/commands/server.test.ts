import { createServer, type AddressInfo } from 'node:net';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { serverCommand } from '../../../src/cli/commands/server.ts';
import { tokenCommand } from '../../../src/cli/commands/token.ts';
import { readLiveFile } from '../../../src/cli/compose/live-file.ts';
import { runCommand, type Running } from './run-command.ts';

let directory: string;
let data: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'sbx-server-'));
  data = join(directory, 'data');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const servers: Running[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.interrupt();
    await server;
  }
});
const run = (argv: string[], env: NodeJS.ProcessEnv = {}): Running => {
  const server = runCommand(serverCommand, argv, { data, env });
  servers.push(server);
  return server;
};

describe('a control plane', () => {
  it('serves until the first signal, is found by other commands, and refuses a second one on its data', async () => {
    const server = run(['--port', '0']);
    const { url } = (await server.until('server')) as unknown as { url: string };
    expect(server.said()).toContain(`The control plane listens on ${url}. Data: ${data}\n`);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect((await fetch(`${url}/api/pipelines`)).status).toBe(401);
    expect(statSync(join(data, 'private', 'control', 'operator.token')).mode & 0o777).toBe(0o600);
    expect((await readLiveFile(data))?.url).toBe(url);
    expect((await runCommand(tokenCommand, ['create'], { data })).code).toBe(0);

    const { error } = await run(['--port', '0']);
    expect(error).toMatchObject({ code: 'DATA_IN_USE', exitCode: 2 });
    expect(error?.message).toContain(`is in use by process ${process.pid}`);

    server.interrupt();
    expect(await server).toMatchObject({ code: 0, error: null });
    await expect(fetch(`${url}/livez`)).rejects.toThrow();
    expect(await readLiveFile(data)).toBeNull();
  });

  it('prints a link that signs a browser in, once', async () => {
    const server = run(['--port', '0']);
    const { browserLink } = (await server.until('server')) as unknown as { browserLink: string };
    const open = async () =>
      (await fetch(browserLink, { redirect: 'manual' }).catch(() => null))?.headers.get('set-cookie');
    const cookies = [await open(), await open()];
    server.interrupt();
    await server;
    expect(browserLink).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/link\/[\w-]+$/);
    expect(cookies).toEqual([expect.stringContaining('HttpOnly'), null]);
  });

  it('answers under its public names, and says where it does not', async () => {
    const server = run(['--port', '0', '--host', '0.0.0.0']);
    await server.until('note');
    expect(server.said()).toContain('are answered only under a name given with `--public-url`.');
    server.interrupt();
    await server;
    const named = run([
      '--port',
      '0',
      '--public-url',
      'https://ci.example.org',
      '--public-url',
      'http://other.example.org',
    ]);
    const { port } = await named.until('server');
    const answered = await Promise.all(
      ['ci.example.org', 'other.example.org', 'evil.example.org'].map((host) => readAs(Number(port), host)),
    );
    expect(answered).toEqual([401, 401, 403]);
  });
});

describe('a control plane that cannot be', () => {
  it('says that its port is taken', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    const { error } = await run(['--port', String(port)]);
    await new Promise((resolve) => taken.close(resolve));
    expect(error).toMatchObject({ code: 'PORT_TAKEN', message: `Port ${port} is taken.`, exitCode: 2 });
  });

  it('says that it cannot listen there', async () => {
    const { error } = await run(['--port', '0', '--host', '192.0.2.1']);
    expect(error).toMatchObject({ code: 'LISTEN_FAILED', exitCode: 2 });
  });

  it('says that its data directory cannot be written', async () => {
    const file = join(directory, 'file');
    mkdirSync(directory, { recursive: true });
    writeFileSync(file, '');
    const { error } = await runCommand(serverCommand, ['--port', '0'], { data: join(file, 'data') });
    expect(error).toMatchObject({ code: 'DATA_UNWRITABLE', exitCode: 2 });
  });

  it('says that its database cannot be reached, without its password', async () => {
    const { error } = await run(['--port', '0'], { SIGNALBOX_DATABASE_URL: 'postgres://me:hunter22@127.0.0.1:1/none' });
    expect(error).toMatchObject({ code: 'DATABASE_UNREACHABLE', exitCode: 2 });
    expect(`${error?.message} ${error?.hint}`).not.toContain('hunter22');
  });

  it.each([
    [['extra'], '`server` takes no arguments.'],
    [['--port', '70000'], '`--port` takes a number from 0 to 65535, not `70000`.'],
    [['--port', 'http'], '`--port` takes a number from 0 to 65535, not `http`.'],
    [
      ['--database', 'mysql://h/db'],
      '`--database` takes an address that begins with `postgres://` or `postgresql://`.',
    ],
    [['--public-url', 'ci.example.org'], '`--public-url` takes an address that begins with `http://` or `https://`.'],
  ])('%j is refused in a sentence', async (argv, message) => {
    expect((await run(argv)).error).toMatchObject({ code: 'USAGE', message, exitCode: 2 });
  });
});

/** The `Host` header is not fetch's to set. */
async function readAs(port: number, host: string): Promise<number> {
  const { request } = await import('node:http');
  return new Promise((resolve, reject) => {
    const call = request(
      { host: '127.0.0.1', port, path: '/api/overview', headers: { host }, agent: false },
      (reply) => {
        reply.resume();
        reply.once('end', () => resolve(reply.statusCode ?? 0));
      },
    );
    call.once('error', reject);
    call.end();
  });
}
