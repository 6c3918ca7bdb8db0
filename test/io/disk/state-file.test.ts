import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Clock, createClock } from '../../../src/io/clock.ts';
import { createStateFile, type StateFile } from '../../../src/io/disk/state-file.ts';
import { TOOLS } from '../../helpers/tools.ts';

const clock = createClock();
const impatient: Clock = { ...clock, wait: async () => {} };
/** Its polls (they can be aborted) never end by themselves; the pauses of a read do. */
const standing: Clock = {
  ...clock,
  wait: (ms, signal) =>
    signal
      ? new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
      : clock.wait(ms),
};
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

let folder: string;
let path: string;
let files: StateFile[];
const open = (by: Clock): StateFile => {
  const file = createStateFile(path, { clock: by });
  files.push(file);
  return file;
};
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-state-'));
  path = join(folder, 'terraform.tfstate');
  files = [];
});
afterEach(async () => {
  for (const file of files) file.close();
  await rm(folder, { recursive: true });
});

test('a whole file is read with its lineage, serial and digest', async () => {
  const text = '{"version":4,"lineage":"abc","serial":7}';
  await writeFile(path, text);
  const found = await open(clock).read();
  expect(found?.head).toEqual({ lineage: 'abc', serial: 7, sha256: sha256(text) });
  expect(Buffer.from(found?.bytes ?? []).toString()).toBe(text);
});

test('a missing file and an empty one are no state', async () => {
  expect(await open(clock).read()).toBeNull();
  await writeFile(path, '');
  expect(await open(clock).read()).toBeNull();
});

test.each([
  ['half a file', '{"version":4,"lineage":"abc","ser'],
  ['something else', '[1, 2]'],
  ['a file without a serial', '{"lineage":"abc"}'],
])('%s is unreadable and no state', async (_, text) => {
  await writeFile(path, text);
  await expect(open(impatient).read()).rejects.toMatchObject({ code: 'STATE_UNREADABLE', details: { path } });
});

test('a file met half-written is read again until it is whole', async () => {
  await writeFile(path, '{"lineage":"abc",');
  let waits = 0;
  const finishing: Clock = {
    ...clock,
    wait: async () => {
      if (++waits === 3) await writeFile(path, '{"lineage":"abc","serial":2}');
    },
  };
  expect((await open(finishing).read())?.head.serial).toBe(2);
});

test('a version is never the beginning of one and the end of another', async () => {
  const child = spawn(process.execPath, ['test/fixtures/bin/rewrites-state.mjs', path], { stdio: 'ignore' });
  try {
    const file = open(clock);
    const serials: number[] = [];
    let head = null;
    while (serials.length < 15) {
      await file.changed(head);
      const found = await file.read().catch(() => null);
      if (found === null) continue;
      const { serial, resources } = JSON.parse(Buffer.from(found.bytes).toString());
      expect(new Set(resources)).toEqual(new Set([serial]));
      serials.push(serial);
      head = found.head;
    }
    expect(serials).toEqual(serials.toSorted((a, b) => a - b));
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});

test('a change is told without a poll, also where the file is replaced', async () => {
  await writeFile(path, '{"lineage":"abc","serial":1}');
  const file = open(standing);
  const first = await file.read();
  const changed = file.changed(first?.head ?? null);
  await writeFile(join(folder, 'draft'), '{"lineage":"abc","serial":2}');
  await rename(join(folder, 'draft'), path);
  await changed;
  expect((await file.read())?.head.serial).toBe(2);
});

test('what is known already is no change, and a wait ends when it is aborted or closed', async () => {
  await writeFile(path, '{"lineage":"abc","serial":1}');
  const file = open(clock);
  const known = (await file.read())?.head ?? null;
  const controller = new AbortController();
  let isTold = false;
  const changed = file.changed(known, controller.signal).then(() => (isTold = true));
  await writeFile(path, '{"lineage":"abc","serial":1}');
  await file.changed(null);
  expect(isTold).toBe(false);
  controller.abort();
  await changed;
  const closing = file.changed(known);
  file.close();
  await closing;
});

describe.each(TOOLS)('$title', ({ name, tool }) => {
  test.skipIf(tool === null)(
    'a real apply is followed to its final version',
    async () => {
      const resource = (name: string, after: string) =>
        `resource "terraform_data" "${name}" {\n depends_on = [${after}]\n provisioner "local-exec" {\n command = "sleep 0.2"\n }\n}\n`;
      await writeFile(
        join(folder, 'main.tf'),
        resource('a', '') + resource('b', 'terraform_data.a') + resource('c', 'terraform_data.b'),
      );
      const run = (...args: string[]) =>
        promisify(execFile)(tool?.path ?? '', args, {
          cwd: folder,
          env: { PATH: process.env['PATH'], CHECKPOINT_DISABLE: '1' },
        });
      await run('init', '-input=false');
      const file = open(clock);
      const applied = new AbortController();
      const applying = run('apply', '-auto-approve', '-input=false').finally(() => applied.abort());
      const counts = new Set<number>();
      let head = null;
      while (!applied.signal.aborted) {
        await file.changed(head, applied.signal);
        const found = await file.read();
        if (found === null) continue;
        head = found.head;
        counts.add(JSON.parse(Buffer.from(found.bytes).toString()).resources.length);
      }
      await applying;
      // OpenTofu writes its local state every 20 s only, and at the end.
      expect([...counts]).toEqual(name === 'terraform' ? [1, 2, 3] : [3]);
      expect((await file.read())?.head.sha256).toBe(sha256(await readFile(path, 'utf8')));
    },
    30_000,
  );
});
