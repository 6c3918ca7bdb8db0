import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createClock } from '../../../src/io/clock.ts';
import { createDiskWatch } from '../../../src/io/disk/disk-watch.ts';
import { SignalboxError } from '../../../src/protocol/errors.ts';
import { createTempDir } from '../../helpers/temp-dir.ts';

const clock = createClock();
const watchOf = (paths: string[], minFreeBytes: number) => createDiskWatch({ clock, paths, minFreeBytes });
const journalFull = new SignalboxError('DISK_FULL', { path: 'x/trace.ndjson' });

describe('the watch over the disk', () => {
  it('finds nothing wrong where there is room, also before a folder is made', async () => {
    const directory = createTempDir();
    expect(await watchOf([directory, join(directory, 'not', 'made', 'yet')], 1).look()).toBeNull();
  });
  it('says what journals say until each of them works again', async () => {
    const watch = watchOf([createTempDir()], 1);
    watch.journalFailed('a', journalFull);
    watch.journalFailed('b', journalFull);
    watch.journalWorks('a');
    expect(await watch.look()).toMatchObject({ code: 'DISK_FULL' });
    watch.journalWorks('b');
    expect(await watch.look()).toBeNull();
  });
  it('is woken by a journal that fails, and by one that works again', async () => {
    const watch = watchOf([createTempDir()], 1);
    const never = new AbortController();
    const failing = watch.changed(never.signal);
    watch.journalFailed('a', journalFull);
    await failing;
    const working = watch.changed(never.signal);
    watch.journalWorks('a');
    await working;
  });
  it('ends its wait when it is told to', async () => {
    const stop = new AbortController();
    const waiting = watchOf([createTempDir()], 1).changed(stop.signal);
    stop.abort();
    await waiting;
  });

  describe.runIf(process.getuid?.() === 0)('on a small disk (needs root, to mount one)', () => {
    it('finds it full below a tenth of it, and well again when there is clearly more', async () => {
      const disk = join(createTempDir(), 'disk');
      mkdirSync(disk);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'signalbox-test', disk]);
      try {
        const watch = watchOf([disk], 64 * 2 ** 20);
        expect(await watch.look()).toBeNull();
        writeFileSync(join(disk, 'fill'), Buffer.alloc(960 * 1024));
        expect(await watch.look()).toMatchObject({ code: 'DISK_LOW', message: expect.stringContaining(disk) });
        // A little above the limit: neither full by itself, nor well again.
        writeFileSync(join(disk, 'fill'), Buffer.alloc(916 * 1024));
        expect(await watch.look()).toMatchObject({ code: 'DISK_LOW' });
        expect(await watchOf([disk], 64 * 2 ** 20).look()).toBeNull();
        rmSync(join(disk, 'fill'));
        expect(await watch.look()).toBeNull();
      } finally {
        execFileSync('umount', [disk]);
      }
    });
  });
});
