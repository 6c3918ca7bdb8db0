import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TestPostgres {
  url: string;
  stop(): Promise<void>;
}

const INSTALLED = '/usr/lib/postgresql';
/** PostgreSQL refuses to run as root; this user owns nothing. */
const NOBODY = 65_534;
const START_MS = 60_000;

/** Debian's newest binaries. Null: it has none. */
export const findPostgresBinaries = (): string | null => {
  const versions = existsSync(INSTALLED) ? readdirSync(INSTALLED).toSorted((a, b) => Number(b) - Number(a)) : [];
  return (
    versions.map((version) => join(INSTALLED, version, 'bin')).find((bin) => existsSync(join(bin, 'initdb'))) ?? null
  );
};

const findFreePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

/** As an ordinary user, and ended by the kernel if this process dies. */
const asOrdinary = (command: string[]): [string, string[]] => {
  const isRoot = process.getuid?.() === 0;
  const user = isRoot ? [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'] : [];
  return ['setpriv', [...user, '--pdeathsig=QUIT', ...command]];
};

const waitUntilReady = (server: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    let said = '';
    const fail = () => reject(new Error(`PostgreSQL did not start: ${said.trim().split('\n').at(-1) ?? ''}`));
    const timer = setTimeout(fail, START_MS);
    server.once('error', reject).once('exit', fail);
    server.stderr?.on('data', (bytes: Buffer) => {
      said += bytes.toString();
      if (!said.includes('ready to accept connections')) return;
      clearTimeout(timer);
      server.off('exit', fail);
      resolve();
    });
  });

/** A server on loopback with nothing in it and a password of its own. It forgets everything when it is stopped. */
export const startPostgres = async (bin: string): Promise<TestPostgres> => {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-pg-'));
  const removeAll = () => rmSync(directory, { recursive: true, force: true });
  const env = { PATH: process.env['PATH'] ?? '', HOME: directory, LC_ALL: 'C.UTF-8' };
  const data = join(directory, 'data');
  const password = randomBytes(18).toString('base64url');
  const passwordFile = join(directory, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (process.getuid?.() === 0) for (const path of [directory, passwordFile]) chownSync(path, NOBODY, NOBODY);
  const kind = ['-U', 'postgres', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync', '--auth=scram-sha-256'];
  const initdb = asOrdinary([join(bin, 'initdb'), '-D', data, ...kind, `--pwfile=${passwordFile}`]);
  const made = spawnSync(...initdb, { env, cwd: '/', encoding: 'utf8' });
  if (made.status !== 0) {
    removeAll();
    throw new Error(`initdb failed: ${made.error?.message ?? made.stderr.trim()}`);
  }
  const port = await findFreePort();
  // Nothing of it is ever needed again, so it need not wait for the disk.
  const settings = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=200'];
  const address = ['listen_addresses=127.0.0.1', `port=${port}`, `unix_socket_directories=${directory}`];
  const options = [...settings, ...address].flatMap((setting) => ['-c', setting]);
  const command = asOrdinary([join(bin, 'postgres'), '-D', data, ...options]);
  const server = spawn(...command, { env, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise<void>((resolve) => server.once('close', () => resolve()));
  try {
    await waitUntilReady(server);
  } catch (error) {
    server.kill('SIGQUIT');
    removeAll();
    throw error;
  }
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    stop: async () => {
      server.kill('SIGQUIT');
      await ended;
      removeAll();
    },
  };
};
