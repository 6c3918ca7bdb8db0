import { realpath, symlink } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { findRoot } from '../../../src/cli/pack/find-root.ts';
import { makeTree } from '../../helpers/make-tree.ts';

const call = (source: string): string => `module "x" {\n  source = "${source}"\n}\n`;

/** As `findRoot`, with paths relative to the tree. */
const find = async (files: Record<string, string>, dir: string, given: string | null = null) => {
  const top = await realpath(await makeTree(files));
  const found = await findRoot(join(top, dir), given === null ? null : join(top, given));
  const show = (path: string) => relative(top, path) || '.';
  return { boundary: show(found.boundary), root: show(found.root), trees: found.trees.map(show) };
};

test('code that names no module travels alone, also deep in a repository', async () => {
  const found = await find({ '.git/HEAD': '', 'env/prod/main.tf': '', 'env/dev/main.tf': '' }, 'env/prod');
  expect(found).toEqual({ boundary: '.', root: 'env/prod', trees: ['env/prod'] });
});

test('a module two levels up comes along, and what it names in turn', async () => {
  const files = {
    '.git/HEAD': '',
    'env/prod/main.tf': call('../../modules/a'),
    'modules/a/main.tf': call('../b'),
    'modules/b/main.tf': call('./inner'),
    'modules/b/inner/main.tf.json': '{"module": {"c": {"source": "../../c"}}}',
    'modules/c/main.tf': call('../a'),
    'modules/unused/main.tf': '',
  };
  const trees = ['env/prod', 'modules/a', 'modules/b', 'modules/b/inner', 'modules/c'];
  expect(await find(files, 'env/prod')).toEqual({ boundary: '.', root: '.', trees });
});

test('modules of a registry or a repository are not local', async () => {
  const files = {
    'a/main.tf': call('hashicorp/consul/aws') + call('git::https://example.com/x.git//sub'),
    '.git': 'gitdir: x',
  };
  expect((await find(files, 'a')).trees).toEqual(['a']);
});

test('a module above that holds the code makes its directory the root', async () => {
  const found = await find(
    { '.git/HEAD': '', 'repo/main.tf': '', 'repo/examples/full/main.tf': call('../..') },
    'repo/examples/full',
  );
  expect(found).toMatchObject({ root: 'repo', trees: ['repo/examples/full', 'repo'] });
});

test('outside a repository nothing above the directory is taken, and --root widens it', async () => {
  const files = { 'code/main.tf': call('../modules/a'), 'modules/a/main.tf': '' };
  const error = { code: 'MODULE_OUTSIDE', details: { module: '../modules/a', file: 'main.tf' } };
  await expect(find(files, 'code')).rejects.toMatchObject(error);
  expect(await find(files, 'code', '.')).toEqual({ boundary: '.', root: '.', trees: ['code', 'modules/a'] });
});

test('--root narrows a repository too', async () => {
  const files = { '.git/HEAD': '', 'app/code/main.tf': call('../../modules/a'), 'modules/a/main.tf': '' };
  await expect(find(files, 'app/code', 'app')).rejects.toMatchObject({ code: 'MODULE_OUTSIDE' });
});

test('--root that does not hold the code is refused', async () => {
  await expect(find({ 'a/main.tf': '', 'b/x': '' }, 'a', 'b')).rejects.toMatchObject({ code: 'USAGE' });
});

test('a module outside is refused even when a module inside names it', async () => {
  const files = {
    'repo/.git/HEAD': '',
    'repo/main.tf': call('./m'),
    'repo/m/main.tf': call('../../outside'),
    'outside/main.tf': '',
  };
  await expect(find(files, 'repo')).rejects.toMatchObject({ code: 'MODULE_OUTSIDE', details: { file: 'm/main.tf' } });
});

test('a module that is not there is left to the tool to report', async () => {
  expect((await find({ 'main.tf': call('./gone') }, '.')).trees).toEqual(['.']);
});

test('a module that is a link out is refused', async () => {
  const top = await realpath(await makeTree({ 'outside/main.tf': '', 'code/main.tf': call('./m') }));
  await symlink('../outside', join(top, 'code/m'));
  await expect(findRoot(join(top, 'code'), null)).rejects.toMatchObject({ code: 'LINK_OUTSIDE' });
});
