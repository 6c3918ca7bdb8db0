import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLogs } from '../../../src/server/store/logs.ts';

let directory: string;
let logs: ReturnType<typeof createLogs>;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'signalbox-logs-'));
  logs = createLogs(directory);
});
afterEach(async () => {
  await logs.close();
  await rm(directory, { recursive: true });
});

const append = (offset: number, text: string, attempt = 'job_1.1') =>
  logs.append('org_1', attempt, offset, Buffer.from(text));
const read = async (offset: number, maxBytes: number, attempt = 'job_1.1') =>
  Buffer.from(await logs.read('org_1', attempt, offset, maxBytes)).toString();
const countOpen = async () => {
  const links = await Promise.all(
    (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
  );
  return links.filter((path) => path.startsWith(directory)).length;
};

test('what was appended is read back from any offset', async () => {
  await append(0, 'hello ');
  await append(6, 'world');
  expect(await read(0, 100)).toBe('hello world');
  expect(await read(4, 3)).toBe('o w');
  expect(await read(11, 10)).toBe('');
  expect(await read(50, 10)).toBe('');
});

test('a repeated append changes nothing', async () => {
  await append(0, 'hello ');
  await append(6, 'world');
  await append(0, 'hello ');
  expect(await read(0, 100)).toBe('hello world');
});

test('the file holds the bytes as they are', async () => {
  await append(0, 'plain\n');
  expect(await readFile(join(directory, 'org_1/job_1.1.log'), 'utf8')).toBe('plain\n');
});

test('a log that nobody wrote is empty, and reading makes no file', async () => {
  expect(await read(0, 10)).toBe('');
  expect(await logs.digest('org_1', 'job_1.1', 0)).toBe(createHash('sha256').digest('hex'));
  expect(await readdir(directory)).toEqual([]);
});

test('the digest is that of the first bytes only', async () => {
  const text = 'x'.repeat(3_000_000);
  await append(0, `${text}tail`);
  expect(await logs.digest('org_1', 'job_1.1', text.length)).toBe(createHash('sha256').update(text).digest('hex'));
});

test('attempts and organisations do not see each other', async () => {
  await append(0, 'one', 'job_1.1');
  await append(0, 'two', 'job_1.2');
  expect(await read(0, 10, 'job_1.2')).toBe('two');
  expect(await logs.read('org_2', 'job_1.1', 0, 10)).toHaveLength(0);
});

test('of many logs only some stay open, and all are whole', async () => {
  const attempts = Array.from({ length: 200 }, (_, index) => `job_${index}.1`);
  for (const round of [0, 1, 2]) await Promise.all(attempts.map((attempt) => append(round * 3, `${round}ab`, attempt)));
  expect(await countOpen()).toBeLessThanOrEqual(64);
  for (const attempt of attempts) expect(await read(0, 100, attempt)).toBe('0ab1ab2ab');
  await logs.close();
  expect(await countOpen()).toBe(0);
});

test.each(['../x', 'a/b', ''])('the name %j is no log', async (name) => {
  await expect(logs.append('org_1', name, 0, Buffer.from('x'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
