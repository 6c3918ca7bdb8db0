import { appendFile, chmod, copyFile, mkdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { packDirectory } from '../../../src/io/disk/archive.ts';
import { createWorkspaces } from '../../../src/io/disk/workspace.ts';
import { listTree, makeTempDir, makeTree } from '../../helpers/make-tree.ts';

const ATTEMPT = 'job_0123456789abcdef.1';

const makeBundle = async (): Promise<string> => {
  const dir = await makeTree({ 'main.tf': 'a' });
  const file = join(dir, 'bundle.tgz');
  await packDirectory([{ type: 'file', path: 'web/main.tf', source: join(dir, 'main.tf'), isExecutable: false }], file);
  return file;
};

test('a workspace is of this user only, and holds the bundle', async () => {
  const temporaryDir = join(await makeTempDir(), 'not/there/yet');
  const workspaces = createWorkspaces({ temporaryDir });
  const { dir, sha256 } = await workspaces.prepare(ATTEMPT, await makeBundle());
  expect(dir).toBe(join(temporaryDir, ATTEMPT));
  expect(dir).toBe(workspaces.pathOf(ATTEMPT));
  expect((await stat(dir)).mode & 0o777).toBe(0o700);
  expect(await listTree(dir)).toEqual(['web/main.tf']);
  expect(sha256).toMatch(/^[0-9a-f]{64}$/);
});

test('preparing again starts afresh', async () => {
  const workspaces = createWorkspaces({ temporaryDir: await makeTempDir() });
  const bundle = await makeBundle();
  const { dir } = await workspaces.prepare(ATTEMPT, bundle);
  await appendFile(join(dir, 'leftover'), 'x');
  await workspaces.prepare(ATTEMPT, bundle);
  expect(await listTree(dir)).toEqual(['web/main.tf']);
});

test('a refused bundle leaves nothing behind', async () => {
  const temporaryDir = await makeTempDir();
  const workspaces = createWorkspaces({ temporaryDir });
  await expect(workspaces.prepare(ATTEMPT, Readable.from([Buffer.from('no archive')]))).rejects.toMatchObject({
    code: 'ARCHIVE_REFUSED',
  });
  await expect(stat(join(temporaryDir, ATTEMPT))).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a removed workspace is gone, read-only directories included, and removing again is no error', async () => {
  const workspaces = createWorkspaces({ temporaryDir: await makeTempDir() });
  const { dir } = await workspaces.prepare(ATTEMPT, await makeBundle());
  await mkdir(join(dir, 'locked/inner'), { recursive: true });
  await writeFile(join(dir, 'locked/inner/file'), '');
  await chmod(join(dir, 'locked/inner'), 0o555);
  await chmod(join(dir, 'locked'), 0o555);
  await workspaces.remove(ATTEMPT);
  await workspaces.remove(ATTEMPT);
  await expect(stat(dir)).rejects.toMatchObject({ code: 'ENOENT' });
});

test.each(['../evil', 'job_0123456789abcdef.1/..', ''])('%j names no workspace', async (attempt) => {
  expect(() => createWorkspaces({ temporaryDir: '/tmp' }).pathOf(attempt)).toThrow('not an attempt');
});

test('a copy of the bundle elsewhere unpacks alike', async () => {
  const workspaces = createWorkspaces({ temporaryDir: await makeTempDir() });
  const bundle = await makeBundle();
  await copyFile(bundle, `${bundle}.2`);
  await utimes(`${bundle}.2`, 1_000, 1_000);
  const one = await workspaces.prepare(ATTEMPT, bundle);
  const two = await workspaces.prepare('job_0123456789abcdef.2', `${bundle}.2`);
  expect(two.sha256).toBe(one.sha256);
});
