import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createIds } from '../../../src/io/ids.ts';
import { lockStateDirectory } from '../../../src/io/disk/state-dir.ts';

let folder: string;
let path: string;
let children: ChildProcess[];
const lock = () => lockStateDirectory(path, { ids: createIds() });

/** A runner process of its own, and what it says about the lock. */
const startHolder = async (): Promise<{ child: ChildProcess; said: string }> => {
  const child = spawn(process.execPath, ['test/fixtures/bin/holds-state-dir.ts', path], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  const [said] = await once(child.stdout, 'data');
  return { child, said: String(said).trim() };
};
const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-state-dir-'));
  path = join(folder, 'state');
  children = [];
});
afterEach(async () => {
  await Promise.all(children.map(end));
  await rm(folder, { recursive: true });
});

test('the directory is made for its owner alone, and keeps its instance id for ever', async () => {
  const first = await lock();
  expect((await stat(path)).mode & 0o777).toBe(0o700);
  await first.release();
  const second = await lock();
  expect(second.instanceId).toBe(first.instanceId);
  expect(JSON.parse(await readFile(join(path, 'runner.json'), 'utf8'))).toMatchObject({ instanceId: first.instanceId });
  await second.release();
});

test('a second runner is refused with the pid of the first', async () => {
  const { child, said } = await startHolder();
  expect(said).toBe('held');
  await expect(lock()).rejects.toMatchObject({ code: 'STATE_DIR_IN_USE', details: { path, pid: child.pid } });
});

test('the same process is refused, too', async () => {
  const first = await lock();
  await expect(lock()).rejects.toMatchObject({ code: 'STATE_DIR_IN_USE', details: { pid: process.pid } });
  await first.release();
});

test('the lock of a killed runner passes on', async () => {
  const { child } = await startHolder();
  await end(child);
  const next = await lock();
  await next.release();
});

test('a pid that now belongs to another process holds nothing, nor does one from before the boot', async () => {
  const first = await lock();
  const [name = ''] = (await readdir(path)).filter((entry) => /^lock\.\d+$/.test(entry));
  const mine = JSON.parse(await readFile(join(path, name), 'utf8'));
  await first.release();
  for (const holder of [{ ...mine, startTime: '1' }, { ...mine, bootId: 'another' }, 'nonsense']) {
    const [last = ''] = (await readdir(path)).filter((entry) => /^lock\.\d+$/.test(entry));
    await writeFile(join(path, last), JSON.stringify(holder));
    await (await lock()).release();
  }
});

test('of many that find a dead holder, one wins', async () => {
  const { child } = await startHolder();
  await end(child);
  const results = await Promise.all(Array.from({ length: 20 }, () => lock().catch((error: unknown) => error)));
  const others = await Promise.all([startHolder(), startHolder()]);
  const held = results.filter((result) => !(result instanceof Error));
  expect(held).toHaveLength(1);
  expect(others.map(({ said }) => said)).toEqual(Array(2).fill(`STATE_DIR_IN_USE ${process.pid}`));
  expect((await readdir(path)).filter((entry) => entry.startsWith('lock.'))).toHaveLength(1);
});

test('each attempt has a folder, each step one in it', async () => {
  const directory = await lock();
  expect(directory.jobDirectory('job_0123456789abcdef.2')).toBe(join(path, 'jobs/job_0123456789abcdef.2'));
  expect(directory.stepDirectory('job_0123456789abcdef.2', 3)).toBe(join(path, 'jobs/job_0123456789abcdef.2/steps/3'));
  await directory.release();
});

test('a damaged runner.json is a sentence, and leaves the directory free', async () => {
  await (await lock()).release();
  await writeFile(join(path, 'runner.json'), '{"instanceId":');
  await expect(lock()).rejects.toMatchObject({ code: 'DATA_DAMAGED' });
  await rm(join(path, 'runner.json'));
  await (await lock()).release();
});

test('a path where no directory can be is a sentence', async () => {
  await writeFile(join(folder, 'file'), '');
  path = join(folder, 'file', 'state');
  await expect(lock()).rejects.toMatchObject({ code: 'DATA_UNWRITABLE', details: { path } });
});
