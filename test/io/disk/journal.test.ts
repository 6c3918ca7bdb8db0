import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Clock, createClock } from '../../../src/io/clock.ts';
import { type Journal, openJournal } from '../../../src/io/disk/journal.ts';
import type { SignalboxError } from '../../../src/protocol/errors.ts';
import type { TraceEntry, TraceMark } from '../../../src/protocol/trace.ts';

const markOf = (at: number, data: TraceMark['data'] = null): TraceEntry => ({ kind: 'mark', at, mark: 'log', data });
const ats = async (file: string): Promise<number[]> => {
  const lines = (await readFile(file, 'utf8')).split('\n');
  expect(lines.pop()).toBe('');
  return lines.map((line) => JSON.parse(line).at);
};
const upTo = (count: number): number[] => Array.from({ length: count }, (_, at) => at);

let folder: string;
let path: string;
let errors: SignalboxError[];
let timers: (() => void)[];
/** Timers fire when the test says so. */
const manual: Clock = {
  ...createClock(),
  setTimeout: (callback) => timers.push(callback) - 1,
  clearTimeout: (id) => void (timers[id as number] = () => {}),
};
const open = (clock = manual): Promise<Journal> => openJournal(path, { clock, onError: (error) => errors.push(error) });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-journal-'));
  path = join(folder, 'trace.ndjson');
  errors = [];
  timers = [];
});
afterEach(() => rm(folder, { recursive: true }));

test('behind a barrier, everything appended before it is in the file, in order', async () => {
  const journal = await open();
  for (const at of upTo(50)) journal.append(markOf(at));
  await journal.barrier();
  expect(await ats(path)).toEqual(upTo(50));
  await journal.close();
});

test('a field may be filled in within the same turn', async () => {
  const journal = await open();
  const entry = markOf(1, null);
  journal.append(entry);
  const done = journal.barrier();
  if (entry.kind === 'mark') entry.data = 'filled in';
  await done;
  expect(await readFile(path, 'utf8')).toContain('filled in');
  await journal.close();
});

test('barriers of one turn share one write; one that comes later waits for its own entry', async () => {
  const journal = await open();
  journal.append(markOf(0));
  const first = journal.barrier();
  expect(journal.barrier()).toBe(first);
  await new Promise((resolve) => setImmediate(resolve));
  journal.append(markOf(1));
  await journal.barrier();
  expect(await ats(path)).toEqual([0, 1]);
  await journal.close();
});

test('without a barrier an entry is written when its time comes, not before', async () => {
  const journal = await open();
  journal.append(markOf(0));
  journal.append(markOf(1));
  expect((await stat(path)).size).toBe(0);
  expect(timers).toHaveLength(1);
  timers[0]?.();
  await journal.barrier();
  expect(await ats(path)).toEqual([0, 1]);
  await journal.close();
});

test('closing writes what is left', async () => {
  const journal = await open();
  journal.append(markOf(0));
  await journal.close();
  expect(await ats(path)).toEqual([0]);
});

test.each([
  ['a torn last line', '{"at":0}\n{"at":1}\n{"at":'],
  ['a torn line longer than a block', `{"at":0}\n{"at":1}\n"${'x'.repeat(200_000)}`],
])('%s is dropped when the journal is opened again', async (_, content) => {
  await writeFile(path, content);
  const journal = await open();
  journal.append(markOf(2));
  await journal.close();
  expect(await ats(path)).toEqual([0, 1, 2]);
});

test('a journal that holds nothing but a torn line begins anew', async () => {
  await writeFile(path, '{"kind":"li');
  await (await open()).close();
  expect((await stat(path)).size).toBe(0);
});

test('an entry that is no JSON fails its barrier, and not the entries beside it', async () => {
  const journal = await open();
  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;
  journal.append(markOf(0));
  journal.append({ ...markOf(1), data: cycle } as unknown as TraceEntry);
  journal.append(markOf(2));
  await expect(journal.barrier()).rejects.toMatchObject({ code: 'JOURNAL_FAILED' });
  journal.append(markOf(3));
  await journal.close();
  expect(await ats(path)).toEqual([0, 2, 3]);
});

test('a folder that is not there is a sentence', async () => {
  path = join(folder, 'missing', 'trace.ndjson');
  await expect(open()).rejects.toMatchObject({ code: 'JOURNAL_FAILED' });
});

test('what was acknowledged is there after kill -9', async () => {
  const child = spawn(process.execPath, ['test/fixtures/bin/journals.ts', path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    said += chunk;
    if (said.split('\n').length > 40) child.kill('SIGKILL');
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  await (await open()).close();
  const found = await ats(path);
  expect(found).toEqual(upTo(found.length));
  expect(found.length).toBeGreaterThanOrEqual(said.trim().split('\n').length);
});

const canMount = ((): boolean => {
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', '/mnt'], { stdio: 'ignore' });
    return process.getuid?.() === 0;
  } catch {
    return false;
  }
})();

describe(canMount ? 'on a full disk' : 'on a full disk (skipped: it takes root to mount a small one)', () => {
  const filler = () => join(folder, 'filler');
  const fill = () => writeFile(filler(), Buffer.alloc(1 << 20)).catch(() => undefined);

  beforeEach(() => {
    if (canMount) execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', folder]);
  });
  afterEach(() => {
    if (canMount) execFileSync('umount', [folder]);
  });

  test.skipIf(!canMount)(
    'a barrier fails, nothing written is lost, and all is there once there is room again',
    async () => {
      const journal = await open();
      journal.append(markOf(0, 'x'.repeat(1000)));
      await journal.barrier();
      await fill();
      for (const at of [1, 2, 3]) journal.append(markOf(at, 'y'.repeat(3000)));
      await expect(journal.barrier()).rejects.toMatchObject({ code: 'DISK_FULL', details: { path } });
      journal.append(markOf(4));
      await expect(journal.barrier()).rejects.toMatchObject({ code: 'DISK_FULL' });
      expect(errors.map(({ code }) => code)).toEqual(['DISK_FULL']);
      expect((await readFile(path, 'utf8')).startsWith(`${JSON.stringify(markOf(0, 'x'.repeat(1000)))}\n`)).toBe(true);
      await rm(filler());
      await journal.barrier();
      await journal.close();
      expect(await ats(path)).toEqual(upTo(5));
    },
  );

  test.skipIf(!canMount)('the entries are written by themselves once there is room', async () => {
    const journal = await open();
    await fill();
    journal.append(markOf(0, 'x'.repeat(9000)));
    await expect(journal.barrier()).rejects.toMatchObject({ code: 'DISK_FULL' });
    await rm(filler());
    timers.at(-1)?.();
    await journal.close();
    expect(await ats(path)).toEqual([0]);
  });

  test.skipIf(!canMount)('a journal that was torn by it is whole when opened again', async () => {
    await appendFile(path, `${JSON.stringify(markOf(0))}\n`);
    await fill();
    const journal = await open();
    journal.append(markOf(1, 'x'.repeat(9000)));
    await expect(journal.close()).rejects.toMatchObject({ code: 'DISK_FULL' });
    await rm(filler());
    await (await open()).close();
    expect(await ats(path)).toEqual([0]);
  });
});
