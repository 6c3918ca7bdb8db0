import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Clock, createClock } from '../../../src/io/clock.ts';
import { createTail, type Tail } from '../../../src/io/disk/tail.ts';

const clock = createClock();
/** Its waits only end when they are aborted: whatever happens under it, no poll has done. */
const standing: Clock = {
  ...clock,
  wait: (_, signal) => new Promise((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true })),
};

let folder: string;
let tails: Tail[];
const tailOf = (name: string, by: Clock): Tail => {
  const tail = createTail(join(folder, name), { clock: by });
  tails.push(tail);
  return tail;
};
const textOf = async (tail: Tail, offset: number, maxBytes = 1 << 20) =>
  Buffer.from(await tail.read(offset, maxBytes)).toString();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-tail-'));
  tails = [];
});
afterEach(async () => {
  await Promise.all(tails.map((tail) => tail.close()));
  await rm(folder, { recursive: true });
});

test('a file that does not exist yet is empty, and its first byte is told without a poll', async () => {
  const tail = tailOf('output', standing);
  expect(await textOf(tail, 0)).toBe('');
  const grown = tail.grown(0);
  await appendFile(join(folder, 'output'), 'a');
  await grown;
  expect(await textOf(tail, 0)).toBe('a');
});

test('every growth is told without a poll, and none that was there before the wait is missed', async () => {
  const tail = tailOf('output', standing);
  for (let length = 0; length < 200; length++) {
    const written = appendFile(join(folder, 'output'), 'x');
    if (length % 2 === 0) await written;
    await tail.grown(length);
    await written;
  }
  expect(await textOf(tail, 0)).toBe('x'.repeat(200));
});

test('where the folder comes later, the poll finds the file', async () => {
  const tail = tailOf('steps/0/output', clock);
  const grown = tail.grown(0);
  await mkdir(join(folder, 'steps/0'), { recursive: true });
  await appendFile(join(folder, 'steps/0/output'), 'late');
  await grown;
  expect(await textOf(tail, 0)).toBe('late');
});

test('a write to another file wakes nobody', async () => {
  const tail = tailOf('output', standing);
  const controller = new AbortController();
  let isTold = false;
  const grown = tail.grown(0, controller.signal).then(() => (isTold = true));
  const other = tailOf('other', standing);
  const otherGrown = other.grown(0);
  await appendFile(join(folder, 'other'), 'x');
  await otherGrown;
  expect(isTold).toBe(false);
  controller.abort();
  await grown;
});

test('a wait ends when it is aborted, and when the tail is closed', async () => {
  const tail = tailOf('output', standing);
  const controller = new AbortController();
  const first = tail.grown(0, controller.signal);
  controller.abort();
  await first;
  const second = tail.grown(0);
  await tail.close();
  await second;
  await tail.grown(0);
  expect(await textOf(tail, 0)).toBe('');
});

test('what a process writes is read to the last byte while it writes', async () => {
  const path = join(folder, 'output');
  const child = spawn('sh', ['-c', `exec seq 1 400000 > "$0"`, path], { stdio: 'ignore' });
  const ended = new AbortController();
  const exited = once(child, 'exit').then(() => ended.abort());
  const tail = tailOf('output', clock);
  const parts: Buffer[] = [];
  let offset = 0;
  for (;;) {
    const wasEnded = ended.signal.aborted;
    const bytes = await tail.read(offset, 1 << 20);
    parts.push(Buffer.from(bytes));
    offset += bytes.length;
    if (bytes.length > 0) continue;
    if (wasEnded) break;
    await tail.grown(offset, ended.signal);
  }
  await exited;
  expect(Buffer.concat(parts).equals(await readFile(path))).toBe(true);
});

test('a read never gives more than was asked for, and goes on from any offset', async () => {
  await appendFile(join(folder, 'output'), 'abcdefghij');
  const tail = tailOf('output', clock);
  expect(await textOf(tail, 0, 3)).toBe('abc');
  expect(await textOf(tail, 3, 4)).toBe('defg');
  expect(await textOf(tail, 9, 4)).toBe('j');
  expect(await textOf(tail, 99, 4)).toBe('');
});
