import { createWriteStream } from 'node:fs';
import { lstat, readFile, readlink, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { packTar, type TarEntry } from 'modern-tar';
import { expect, test } from 'vitest';
import { packDirectory, unpack, type ArchiveEntry } from '../../../src/io/disk/archive.ts';
import { listTree, makeTempDir, makeTree, writeTree } from '../../helpers/make-tree.ts';

const file = (dir: string, path: string, isExecutable = false): ArchiveEntry => ({
  type: 'file',
  path,
  source: join(dir, path),
  isExecutable,
});

const makeTar = async (entries: TarEntry[], out: string): Promise<string> => {
  await pipeline(Readable.from(Buffer.from(await packTar(entries))), createGzip(), createWriteStream(out));
  return out;
};

test('the same tree packs to the same digest, whatever its times, its order and its place', async () => {
  const files = { 'main.tf': 'a', 'modules/x/main.tf': 'b'.repeat(2_000_000), 'run.sh': '#!/bin/sh\n' };
  const [one, other, out] = [await makeTree(files), await makeTree(files), await makeTempDir()];
  await utimes(join(other, 'main.tf'), 1_000, 1_000);
  const paths = ['main.tf', 'modules/x/main.tf', 'run.sh'];
  const first = await packDirectory(
    paths.map((path) => file(one, path)),
    join(out, '1'),
  );
  const second = await packDirectory(
    paths.toReversed().map((path) => file(other, path)),
    join(out, '2'),
  );
  expect(second).toEqual(first);
  expect((await stat(join(out, '1'))).size).toBe(first.size);

  await writeTree(other, { 'main.tf': 'A' });
  const third = await packDirectory(
    paths.map((path) => file(other, path)),
    join(out, '3'),
  );
  expect(third.sha256).not.toBe(first.sha256);
});

test('what was packed comes out again: contents, executable bits, links, empty directories, long names', async () => {
  const long = `${'deep/'.repeat(30)}${'n'.repeat(120)}.tf`;
  const dir = await makeTree({ 'run.sh': '#!/bin/sh\n', 'empty.txt': '', 'größe.tf': 'ä', [long]: 'long' });
  const out = await makeTempDir();
  const entries: ArchiveEntry[] = [
    file(dir, 'run.sh', true),
    file(dir, 'empty.txt'),
    file(dir, 'größe.tf'),
    file(dir, long),
    { type: 'link', path: 'deep/link', to: '../run.sh' },
    { type: 'directory', path: 'hollow' },
  ];
  const packed = await packDirectory(entries, join(out, 'a.tgz'));
  const unpacked = await unpack(join(out, 'a.tgz'), join(out, 'tree'));
  expect(unpacked).toEqual(packed);
  expect(await readFile(join(out, 'tree', long), 'utf8')).toBe('long');
  expect(await readFile(join(out, 'tree/größe.tf'), 'utf8')).toBe('ä');
  expect(await readlink(join(out, 'tree/deep/link'))).toBe('../run.sh');
  expect((await stat(join(out, 'tree/run.sh'))).mode & 0o777).toBe(0o755);
  expect((await stat(join(out, 'tree/empty.txt'))).mode & 0o777).toBe(0o644);
  expect((await stat(join(out, 'tree/hollow'))).isDirectory()).toBe(true);
});

test('unpacked files carry no time from before 1980, which zip programs refuse', async () => {
  const dir = await makeTree({ 'main.tf': 'a' });
  const out = await makeTempDir();
  await packDirectory([file(dir, 'main.tf')], join(out, 'a.tgz'));
  await unpack(join(out, 'a.tgz'), join(out, 'tree'));
  expect((await stat(join(out, 'tree/main.tf'))).mtime.getUTCFullYear()).toBeGreaterThan(2000);
});

test('an archive past its limit is given up, and nothing of it stays', async () => {
  const dir = await makeTree({
    big: Array.from({ length: 50_000 }, (_, index) => Math.imul(index, 2_654_435_761)).join(),
  });
  const out = await makeTempDir();
  const packing = packDirectory([file(dir, 'big')], join(out, 'a.tgz'), { maxBytes: 10_000 });
  await expect(packing).rejects.toMatchObject({ code: 'TOO_LARGE' });
  expect(await listTree(out)).toEqual([]);
});

test('a missing file ends packing with its own error, and nothing stays', async () => {
  const out = await makeTempDir();
  await expect(packDirectory([file(out, 'gone')], join(out, 'a.tgz'))).rejects.toMatchObject({ code: 'ENOENT' });
  expect(await listTree(out)).toEqual([]);
});

test.each([['../../etc/passwd'], ['/etc/passwd']])('a link to %s is not packed', async (to) => {
  const out = await makeTempDir();
  const packing = packDirectory([{ type: 'link', path: 'a/link', to }], join(out, 'a.tgz'));
  await expect(packing).rejects.toMatchObject({ code: 'LINK_OUTSIDE' });
});

const REFUSED: Record<string, TarEntry[]> = {
  'a name with ..': [{ header: { name: '../evil', size: 1, type: 'file' }, body: 'x' }],
  'an absolute name': [{ header: { name: '/tmp/evil', size: 1, type: 'file' }, body: 'x' }],
  'a link that leads out': [{ header: { name: 'a/link', size: 0, type: 'symlink', linkname: '../../evil' } }],
  'an absolute link': [{ header: { name: 'link', size: 0, type: 'symlink', linkname: '/etc' } }],
  'a hard link that leads out': [{ header: { name: 'link', size: 0, type: 'link', linkname: '../evil' } }],
  'a device': [{ header: { name: 'null', size: 0, type: 'character-device' } }],
  'a pipe': [{ header: { name: 'pipe', size: 0, type: 'fifo' } }],
  'a link through a link that leads out': [
    { header: { name: 'a/b/', size: 0, type: 'directory' } },
    { header: { name: 'up', size: 0, type: 'symlink', linkname: 'a/b' } },
    { header: { name: 'out', size: 0, type: 'symlink', linkname: 'up/../../../evil' } },
  ],
};
test.each(Object.entries(REFUSED))('%s is refused', async (_, entries) => {
  const out = await makeTempDir();
  const tar = await makeTar(entries, join(out, 'bad.tgz'));
  await expect(unpack(tar, join(out, 'jail/tree'))).rejects.toMatchObject({ code: 'ARCHIVE_REFUSED' });
  await expect(lstat(join(out, 'jail/evil'))).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a truncated archive and a file that is none are refused', async () => {
  const dir = await makeTree({ 'main.tf': 'a'.repeat(10_000) });
  const out = await makeTempDir();
  await packDirectory([file(dir, 'main.tf')], join(out, 'a.tgz'));
  const whole = await readFile(join(out, 'a.tgz'));
  for (const bytes of [whole.subarray(0, -20), Buffer.from('no archive'), Buffer.alloc(0)]) {
    const unpacking = unpack(Readable.from([bytes]), join(out, 'tree'));
    await expect(unpacking).rejects.toMatchObject({ code: 'ARCHIVE_REFUSED' });
  }
});

test('a bomb is refused before it fills the disk', async () => {
  const dir = await makeTree({ zeros: '0'.repeat(5_000_000) });
  const out = await makeTempDir();
  const { size } = await packDirectory([file(dir, 'zeros')], join(out, 'a.tgz'));
  expect(size).toBeLessThan(50_000);
  const unpacking = unpack(join(out, 'a.tgz'), join(out, 'tree'), { maxBytes: 1_000_000 });
  await expect(unpacking).rejects.toThrow('more than 1000000 bytes');
});
