import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LINK_FILE, readLinkFile, writeLinkFile } from '../../../src/cli/pack/link-file.ts';
import { listTree, makeTempDir } from '../../helpers/make-tree.ts';

test('what is linked is read back, and linking again replaces it', async () => {
  const dir = await makeTempDir();
  expect(await readLinkFile(dir)).toBe(null);
  await writeLinkFile(dir, 'web');
  await writeLinkFile(dir, 'shop');
  expect(await readLinkFile(dir)).toBe('shop');
  expect(await readFile(join(dir, LINK_FILE), 'utf8')).toBe('{\n  "version": 1,\n  "architecture": "shop"\n}\n');
  expect(await listTree(dir)).toEqual([LINK_FILE]);
});

test.each(['', '{', '[]', '{"version":2,"architecture":"web"}', '{"version":1}', '{"version":1,"architecture":""}'])(
  'a link file that holds %j is an error that names the file',
  async (text) => {
    const dir = await makeTempDir();
    await writeFile(join(dir, LINK_FILE), text);
    await expect(readLinkFile(dir)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      details: { file: join(dir, LINK_FILE) },
    });
  },
);

test('a link file that cannot be read is an error, not a first run', async () => {
  const dir = await makeTempDir();
  await mkdir(join(dir, LINK_FILE));
  await expect(readLinkFile(dir)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
});
