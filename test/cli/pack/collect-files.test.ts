import { execFileSync } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { collectFiles, type Collected } from '../../../src/cli/pack/collect-files.ts';
import { makeTempDir, makeTree } from '../../helpers/make-tree.ts';

const collect = async (boundary: string, trees: string[] = ['.'], root = '.'): Promise<string[]> => {
  const found = await collectFiles({
    trees: trees.map((tree) => join(boundary, tree)),
    root: join(boundary, root),
    boundary,
  });
  const show = (file: Collected) => {
    const path = relative(boundary, file.path);
    if (file.type === 'link') return `${path} -> ${file.to}`;
    if (file.type === 'directory') return `${path}/`;
    return file.source === file.path ? path : `${path} = ${relative(boundary, file.source)}`;
  };
  return found.map(show).sort();
};

test('everything is packed but version control, what init made, state, and our link file', async () => {
  const dir = await makeTree({
    'main.tf': '',
    '.terraform.lock.hcl': '',
    '.terraformrc': '',
    'terraform.tfvars': '',
    'override.tf': '',
    'hollow/': '',
    'templates/backend.tfstate.tf': '',
    '.gitignore': '',
    '.git/HEAD': '',
    '.terraform/providers/x': '',
    'modules/a/.terraform/x': '',
    'modules/a/.git': 'gitdir: elsewhere',
    'modules/a/main.tf': '',
    'terraform.tfstate': '',
    'terraform.tfstate.backup': '',
    'terraform.tfstate.1700000000.backup': '',
    'errored.tfstate': '',
    '.terraform.tfstate.lock.info': '',
    'terraform.tfstate.d/dev/terraform.tfstate': '',
    '.signalbox.json': '',
  });
  expect(await collect(dir)).toEqual([
    '.gitignore',
    '.terraform.lock.hcl',
    '.terraformrc',
    'hollow/',
    'main.tf',
    'modules/a/main.tf',
    'override.tf',
    'templates/backend.tfstate.tf',
    'terraform.tfvars',
  ]);
});

test('.gitignore is not obeyed and .terraformignore is', async () => {
  const dir = await makeTree({
    'main.tf': '',
    'prod.tfvars': '',
    'big.iso': '',
    'node_modules/x/index.js': '',
    'keep/a.txt': '',
    'keep/b.txt': '',
    '.gitignore': '*.tfvars\n*.tf\n',
    '.terraformignore': '*.iso\nnode_modules/\nkeep/\n!keep/b.txt\n!.terraform/\n',
    '.terraform/x': '',
  });
  expect(await collect(dir)).toEqual(['.gitignore', '.terraformignore', 'keep/b.txt', 'main.tf', 'prod.tfvars']);
});

test('only the trees that are needed come along, with the rules of the common directory too', async () => {
  const dir = await makeTree({
    'env/prod/main.tf': '',
    'env/prod/notes.log': '',
    'env/dev/main.tf': '',
    'modules/x/main.tf': '',
    'modules/x/notes.log': '',
    'modules/y/main.tf': '',
    '.terraformignore': '*.log\n',
  });
  expect(await collect(dir, ['env/prod', 'modules/x'])).toEqual(['env/prod/main.tf', 'modules/x/main.tf']);
});

test('the rules of one tree cannot take away a tree that is needed', async () => {
  const dir = await makeTree({
    'main.tf': '',
    'examples/full/main.tf': '',
    'examples/full/skipped.txt': '',
    'examples/full/.terraformignore': 'skipped.txt\n',
    'examples/other/main.tf': '',
    '.terraformignore': 'examples/\n',
  });
  expect(await collect(dir, ['examples/full', '.'])).toEqual([
    '.terraformignore',
    'examples/full/.terraformignore',
    'examples/full/main.tf',
    'main.tf',
  ]);
});

test('a link to something that is packed stays a link, an absolute one becomes relative', async () => {
  const dir = await makeTree({
    'main.tf': '',
    'a/link.tf': '-> ../main.tf',
    'files/x': '',
    'a/files': '-> ../files',
    self: '-> .',
  });
  await symlink(join(dir, 'main.tf'), join(dir, 'absolute.tf'));
  expect(await collect(dir)).toEqual([
    'a/files -> ../files',
    'a/link.tf -> ../main.tf',
    'absolute.tf -> main.tf',
    'files/x',
    'main.tf',
    'self -> .',
  ]);
});

test('a link to something that is not packed, but inside the boundary, becomes its contents', async () => {
  const dir = await makeTree({
    'env/prod/main.tf': '',
    'env/prod/common.tf': '-> ../../shared/common.tf',
    'env/prod/lib': '-> ../../shared/lib',
    'shared/common.tf': '',
    'shared/lib/a.tf': '',
    'shared/lib/b.tf': '-> a.tf',
    'shared/lib/loop': '-> ../lib',
    'shared/lib/.terraform/x': '',
  });
  expect(await collect(dir, ['env/prod'], 'env/prod')).toEqual([
    'env/prod/common.tf = shared/common.tf',
    'env/prod/lib/a.tf = shared/lib/a.tf',
    'env/prod/lib/b.tf -> a.tf',
    'env/prod/lib/loop -> .',
    'env/prod/main.tf',
  ]);
});

test('a loop of links to a directory above ends', async () => {
  const dir = await makeTree({ 'top/env/main.tf': '', 'top/env/up': '-> ..' });
  expect(await collect(dir, ['top/env'], 'top/env')).toEqual(
    ['top/env/main.tf', 'top/env/up/env/main.tf = top/env/main.tf', 'top/env/up/env/up -> ..'].sort(),
  );
});

test.each([
  ['a file', 'secret'],
  ['a directory', 'folder'],
  ['nothing', 'gone'],
])('a link to %s outside is refused: a link never leads out', async (_, target) => {
  const outer = await makeTree({ secret: '', 'folder/x': '', 'code/main.tf': '' });
  await symlink(`../${target}`, join(outer, 'code/link'));
  const error = { code: 'LINK_OUTSIDE', details: { path: join(outer, 'code/link'), root: join(outer, 'code') } };
  await expect(collect(join(outer, 'code'))).rejects.toMatchObject(error);
});

test('a link through another one out is refused', async () => {
  const outer = await makeTree({
    'folder/secret': '',
    'code/main.tf': '',
    'code/a': '-> b/secret',
    'code/b': '-> ../folder',
  });
  await expect(collect(join(outer, 'code'))).rejects.toMatchObject({ code: 'LINK_OUTSIDE' });
});

test('a link to state brings no state in', async () => {
  const dir = await makeTree({
    'main.tf': '',
    'terraform.tfstate': '',
    copy: '-> terraform.tfstate',
    '.terraform/modules/x/main.tf': '',
    x: '-> .terraform/modules/x',
  });
  expect(await collect(dir)).toEqual(['main.tf']);
});

test('a link to nothing inside stays as it is', async () => {
  const dir = await makeTree({ 'main.tf': '', '.#main.tf': '-> someone@host.123', a: '-> b', b: '-> a' });
  expect(await collect(dir)).toEqual(['.#main.tf -> someone@host.123', 'a -> b', 'b -> a', 'main.tf']);
});

test('a module that is reached through a link is packed where the code names it', async () => {
  const dir = await makeTree({
    'app/main.tf': '',
    'app/modules': '-> ../shared',
    'shared/x/main.tf': '',
    'shared/y/main.tf': '',
  });
  expect(await collect(dir, ['app', 'app/modules/x'], 'app')).toEqual(
    ['app/main.tf', 'app/modules/x/main.tf = shared/x/main.tf', 'app/modules/y/main.tf = shared/y/main.tf'].toSorted(),
  );
});

test('pipes are left out', async () => {
  const dir = await makeTempDir();
  execFileSync('mkfifo', [join(dir, 'pipe')]);
  expect(await collect(dir)).toEqual([]);
});
