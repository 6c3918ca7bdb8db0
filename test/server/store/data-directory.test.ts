import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockDataDirectory } from '../../../src/server/store/data-directory.ts';

let folder: string;
let path: string;
let children: ChildProcess[];

const startHolder = async (): Promise<{ child: ChildProcess; said: string }> => {
  const child = spawn(process.execPath, ['test/fixtures/bin/holds-data-directory.ts', path], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  const [said] = await once(child.stdout, 'data');
  return { child, said: String(said).trim() };
};
const kill = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-data-'));
  path = join(folder, 'deep/data');
  children = [];
});
afterEach(async () => {
  await Promise.all(children.map(kill));
  await rm(folder, { recursive: true });
});

test('the directory is made for its owner alone', async () => {
  const data = await lockDataDirectory(path);
  expect(data.path).toBe(path);
  expect((await stat(path)).mode & 0o777).toBe(0o700);
  await data.release();
});

test('a second opener is refused naming the pid, however old the lock is', async () => {
  const { child, said } = await startHolder();
  expect(said).toBe('held');
  await utimes(path, 0, 0);
  await expect(lockDataDirectory(path)).rejects.toMatchObject({
    code: 'DATA_IN_USE',
    message: `The data directory ${path} is in use by process ${child.pid}.`,
  });
});

test('the lock of a dead holder is taken over', async () => {
  const { child } = await startHolder();
  await kill(child);
  await (await lockDataDirectory(path)).release();
});

test('a released directory may be taken by another process', async () => {
  await (await lockDataDirectory(path)).release();
  expect((await startHolder()).said).toBe('held');
});

test('of several that find a dead holder, one wins', async () => {
  const { child } = await startHolder();
  await kill(child);
  const said = await Promise.all([startHolder(), startHolder(), startHolder()]);
  expect(said.map((one) => one.said).toSorted()).toEqual(['DATA_IN_USE', 'DATA_IN_USE', 'held']);
});

test('a place where nothing can be made is a sentence', async () => {
  await writeFile(join(folder, 'file'), '');
  await expect(lockDataDirectory(join(folder, 'file/data'))).rejects.toMatchObject({ code: 'DATA_UNWRITABLE' });
});
