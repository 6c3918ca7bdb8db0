import { appendFile, chmod, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findChanges, takeSnapshot } from '../../../src/io/disk/snapshot.ts';
import { makeTree, writeTree } from '../../helpers/make-tree.ts';

const sha256 = (letter: 'a' | 'ab'): string =>
  ({
    a: 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb',
    ab: 'fb8e20fc2e4c3f248c60c39bd652f3c1347298bb977b8b4d5903b85055620603',
  })[letter];

test('nothing has changed where nothing was done', async () => {
  const dir = await makeTree({ 'main.tf': '', 'a/b.txt': '' });
  expect(await findChanges(dir, await takeSnapshot(dir))).toEqual([]);
});

test('new, written and re-moded files are found with their digests, the rest is not', async () => {
  const dir = await makeTree({ 'main.tf': '', 'a/grown.txt': 'a', 'tool.sh': 'a', gone: '' });
  const before = await takeSnapshot(dir);
  await writeTree(dir, { 'deep/new.zip': 'a', link: '-> main.tf' });
  await appendFile(join(dir, 'a/grown.txt'), 'b');
  await chmod(join(dir, 'tool.sh'), 0o755);
  await rm(join(dir, 'gone'));
  expect(await findChanges(dir, before)).toEqual([
    { path: 'a/grown.txt', mode: 0o644, sha256: sha256('ab') },
    { path: 'deep/new.zip', mode: 0o644, sha256: sha256('a') },
    { path: 'tool.sh', mode: 0o755, sha256: sha256('a') },
  ]);
});

test('a file of the same size whose time was set back is found too', async () => {
  const dir = await makeTree({ 'data.bin': 'b' });
  const { atime, mtime } = await stat(join(dir, 'data.bin'));
  const before = await takeSnapshot(dir);
  await writeFile(join(dir, 'data.bin'), 'a');
  await utimes(join(dir, 'data.bin'), atime, mtime);
  expect(await findChanges(dir, before)).toEqual([{ path: 'data.bin', mode: 0o644, sha256: sha256('a') }]);
});

test("the tool's own files are nobody's changes: init, lock file, plan, state", async () => {
  const dir = await makeTree({ 'main.tf': '' });
  const before = await takeSnapshot(dir);
  await writeTree(dir, {
    '.terraform/providers/x': '',
    '.terraform.lock.hcl': '',
    tfplan: '',
    'terraform.tfstate': '',
    'terraform.tfstate.backup': '',
    '.terraform.tfstate.lock.info': '',
    'm/.terraform/x': '',
  });
  expect(await findChanges(dir, before)).toEqual([]);
});
