import { execFileSync } from 'node:child_process';
import { chmod, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { packSource, type PackOptions } from '../../../src/cli/pack/pack-source.ts';
import { unpack } from '../../../src/io/disk/archive.ts';
import { listTree, makeTempDir, makeTree } from '../../helpers/make-tree.ts';
import { findProgram } from '../../helpers/tools.ts';

const pack = async (dir: string, options: Partial<PackOptions> = {}) => {
  const out = join(await makeTempDir(), 'bundle.tgz');
  return packSource(dir, { root: null, varFiles: [], needsTerraform: true, out, ...options });
};

const packAndList = async (dir: string, options: Partial<PackOptions> = {}) => {
  const packed = await pack(dir, options);
  const tree = await makeTempDir();
  await unpack(packed.file, tree);
  return { ...packed, tree, files: await listTree(tree) };
};

const PROJECT = {
  '.git/HEAD': '',
  'env/prod/main.tf': 'module "x" {\n  source = "../../modules/x"\n}\n',
  'env/prod/prod.tfvars': '',
  'env/dev/main.tf': '',
  'modules/x/main.tf': '',
  'modules/x/run.sh': '#!/bin/sh\n',
};

test('the directory keeps its own name in the bundle', async () => {
  const dir = await makeTree({ 'main.tf': '', 'files/a.txt': 'a' });
  const { root, dir: inside, files } = await packAndList(dir);
  expect({ root, inside }).toEqual({ root: basename(dir), inside: '.' });
  expect(files).toEqual([`${basename(dir)}/files/a.txt`, `${basename(dir)}/main.tf`]);
});

test('modules above come along under the lowest common directory, and nothing else does', async () => {
  const top = await makeTree(PROJECT);
  const { root, dir, files, tree, sha256, size, file } = await packAndList(join(top, 'env/prod'));
  expect({ root, dir }).toEqual({ root: basename(top), dir: 'env/prod' });
  expect(files.map((path) => path.slice(root.length + 1))).toEqual([
    'env/prod/main.tf',
    'env/prod/prod.tfvars',
    'modules/x/main.tf',
    'modules/x/run.sh',
  ]);
  expect((await stat(join(tree, root, 'modules/x/run.sh'))).mode & 0o777).toBe(0o755);
  expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  expect((await stat(file)).size).toBe(size);
});

test('the same code packs to the same digest in every checkout', async () => {
  const [one, other] = [
    await makeTree({ 'web/main.tf': 'x' }),
    await makeTree({ 'web/main.tf': 'x', 'web/.terraform/x': 'y' }),
  ];
  expect((await pack(join(one, 'web'))).sha256).toBe((await pack(join(other, 'web'))).sha256);
});

test('variable files inside are named where they are, others are copied beside the code, in order', async () => {
  const top = await makeTree({
    ...PROJECT,
    'env/prod/.terraformignore': 'ignored.tfvars',
    'env/prod/ignored.tfvars': 'i',
  });
  const outside = await makeTree({ 'a/same.tfvars': 'a', 'b/same.tfvars': 'b' });
  const wanted = [
    join(outside, 'a/same.tfvars'),
    join(top, 'env/prod/prod.tfvars'),
    join(outside, 'b/same.tfvars'),
    join(top, 'env/prod/ignored.tfvars'),
  ];
  const { varFiles, root, dir, tree } = await packAndList(join(top, 'env/prod'), { varFiles: wanted });
  expect(varFiles).toEqual([
    '../../../.signalbox/var-files/0-same.tfvars',
    'prod.tfvars',
    '../../../.signalbox/var-files/2-same.tfvars',
    '../../../.signalbox/var-files/3-ignored.tfvars',
  ]);
  const read = (path: string) => readFile(join(tree, root, dir, path), 'utf8');
  expect(await Promise.all(varFiles.map(read))).toEqual(['a', '', 'b', 'i']);
});

test('a variable file that is not there, or is a directory, is an error that names it', async () => {
  const dir = await makeTree({ 'main.tf': '' });
  for (const [path, problem] of [
    [join(dir, 'gone.tfvars'), 'there is no such file'],
    [dir, 'it is not a file'],
  ] as const) {
    await expect(pack(dir, { varFiles: [path] })).rejects.toMatchObject({
      code: 'VARIABLE_FILE',
      details: { path, problem },
    });
  }
});

test('what is no directory, or holds no Terraform code, is refused; other kinds of jobs need none', async () => {
  const dir = await makeTree({ 'readme.md': '', '.hidden.tf': '', 'main.tf~': '' });
  for (const path of [join(dir, 'readme.md'), join(dir, 'gone')]) {
    await expect(pack(path)).rejects.toMatchObject({ code: 'NOT_A_DIRECTORY', details: { path } });
  }
  await expect(pack(dir)).rejects.toMatchObject({ code: 'NO_TERRAFORM_FILES' });
  expect((await packAndList(dir, { needsTerraform: false })).files).toHaveLength(3);
});

test.each(['main.tf', 'main.tf.json', 'main.tofu', 'main.tofu.json'])('%s is code', async (name) => {
  expect((await packAndList(await makeTree({ [name]: '{}' }))).files).toHaveLength(1);
});

test('a bundle that is too large names its largest files, and nothing of it stays', async () => {
  const noise = Array.from({ length: 20_000 }, (_, index) => Math.imul(index, 2_654_435_761)).join();
  const dir = await makeTree({ 'main.tf': '', 'data/large.bin': noise, 'data/small.bin': noise.slice(0, 5000) });
  const out = join(await makeTempDir(), 'bundle.tgz');
  const error = {
    code: 'BUNDLE_TOO_LARGE',
    hint: expect.stringContaining(`data/large.bin (${noise.length} bytes), data/small.bin (5000 bytes)`),
  };
  await expect(pack(dir, { out, maxBytes: 10_000 })).rejects.toMatchObject(error);
  await expect(stat(out)).rejects.toMatchObject({ code: 'ENOENT' });
});

test.skipIf(process.getuid?.() === 0)('a file that may not be read is an error that names it', async () => {
  const dir = await makeTree({ 'main.tf': '', 'locked.txt': '' });
  await chmod(join(dir, 'locked.txt'), 0);
  await expect(pack(dir)).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining('locked.txt') });
});

const REAL = findProgram('terraform');
test.skipIf(REAL === null)(
  'a real Terraform initialises and validates what was packed, modules above included',
  async () => {
    const top = await makeTree({
      '.git/HEAD': '',
      'env/prod/main.tf':
        'module "x" {\n  source = "../../modules/x"\n}\noutput "name" {\n  value = module.x.name\n}\n',
      'modules/x/main.tf': 'module "y" {\n  source = "../y"\n}\noutput "name" {\n  value = module.y.name\n}\n',
      'modules/y/main.tf': 'output "name" {\n  value = basename(abspath(path.root))\n}\n',
    });
    const { root, dir, tree } = await packAndList(join(top, 'env/prod'));
    const env = { PATH: process.env['PATH'], HOME: tree, CHECKPOINT_DISABLE: '1' };
    const terraform = (...args: string[]) =>
      execFileSync(REAL ?? '', args, { cwd: join(tree, root, dir), env, encoding: 'utf8' });
    terraform('init', '-backend=false');
    expect(JSON.parse(terraform('validate', '-json'))).toMatchObject({ valid: true });
    expect(terraform('plan', '-no-color')).toContain('name = "prod"');
  },
);
